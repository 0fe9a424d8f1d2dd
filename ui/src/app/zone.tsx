// In whose time the page speaks.
import { createContext, type ReactNode, useContext, useMemo } from "react";

import { useKept } from "./kept";

export type ZoneChoice = "viewer" | "job" | "utc";
const CHOICES = ["viewer", "job", "utc"] as const;

export const VIEWER_ZONE: string = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

interface Zones {
  choice: ZoneChoice;
  choose: (choice: ZoneChoice) => void;
  next: () => void;
}

const Context = createContext<Zones>({ choice: "viewer", choose: () => undefined, next: () => undefined });

export function ZoneProvider({ children }: { children: ReactNode }) {
  const [choice, choose] = useKept<ZoneChoice>("zone", "viewer", CHOICES);
  const zones = useMemo(() => {
    const next = () => choose(CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length] ?? "viewer");
    return { choice, choose, next };
  }, [choice, choose]);
  return <Context value={zones}>{children}</Context>;
}

export function useZones(): Zones {
  return useContext(Context);
}

/** The IANA name to show times in; `jobZone` where the times are about one job. */
export function useZone(jobZone?: string): string {
  const { choice } = useZones();
  if (choice === "utc") return "UTC";
  return choice === "job" && jobZone ? jobZone : VIEWER_ZONE;
}

/** `Europe/Berlin` as people say it. */
export function zoneName(zone: string): string {
  return zone.split("/").pop()?.replaceAll("_", " ") ?? zone;
}
