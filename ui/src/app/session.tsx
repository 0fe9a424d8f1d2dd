// Who uses the page, and what they may do.
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";

import { forgetAll, refresh } from "../api/cache";
import { ApiError, call, get, onSessionLost, post } from "../api/http";
import type { MeDto, Role, SetupStateDto } from "../api/types.gen";

export type Access =
  | { state: "asking" }
  | { state: "unreachable"; error: ApiError }
  | { state: "setup" }
  | { state: "out" }
  | { state: "in"; me: MeDto; isLost: boolean };

interface Session {
  access: Access;
  signIn: (email: string, password: string) => Promise<void>;
  signOut: () => Promise<void>;
  ask: () => Promise<void>;
}

const Context = createContext<Session | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const [access, setAccess] = useState<Access>({ state: "asking" });

  const ask = useCallback(async () => {
    try {
      const me = await get<MeDto>("/api/v1/auth/me");
      setAccess({ state: "in", me, isLost: false });
    } catch (cause) {
      const error = cause as ApiError;
      if (error.status !== 401) {
        setAccess({ state: "unreachable", error });
        return;
      }
      const setup = await get<SetupStateDto>("/api/v1/setup").catch(() => ({ isNeeded: false }));
      setAccess({ state: setup.isNeeded ? "setup" : "out" });
    }
  }, []);

  useEffect(() => {
    void ask();
  }, [ask]);

  // What was typed stays: the page remains behind the dialog that asks for the password again.
  useEffect(() => onSessionLost(() => setAccess((now) => (now.state === "in" ? { ...now, isLost: true } : now))), []);

  const signIn = useCallback(async (email: string, password: string) => {
    await post("/api/v1/auth/login", { email, password, useCookies: true });
    const me = await get<MeDto>("/api/v1/auth/me").catch(() => {
      throw new ApiError({
        title: "The browser did not keep the login",
        status: 0,
        detail: "This browser refuses secure cookies on this address. Use https, or http://localhost in Chrome, Edge or Firefox.",
      });
    });
    setAccess({ state: "in", me, isLost: false });
    refresh(() => true);
  }, []);

  const signOut = useCallback(async () => {
    await call("POST", "/api/v1/auth/logout").catch(() => undefined);
    forgetAll();
    setAccess({ state: "out" });
  }, []);

  const session = useMemo(() => ({ access, signIn, signOut, ask }), [access, signIn, signOut, ask]);
  return <Context value={session}>{children}</Context>;
}

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error("no session around");
  return session;
}

/** The role; Viewer while nobody is known. */
export function useRole(): Role {
  const { access } = useSession();
  return access.state === "in" ? (access.me.roles[0] ?? "Viewer") : "Viewer";
}

export function useMay(): { operate: boolean; edit: boolean; administer: boolean } {
  const role = useRole();
  const works = role === "Operator" || role === "Administrator";
  return { operate: works, edit: works, administer: role === "Administrator" };
}
