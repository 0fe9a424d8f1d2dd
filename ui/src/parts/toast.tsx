// What became of what the user just did; news of others are no toasts.
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";

import { Mark } from "./mark";

const SHOWN_MS = 6_000;

interface Toast {
  id: number;
  text: ReactNode;
  isFailure: boolean;
  action: ReactNode;
}

type Say = (text: ReactNode, options?: { isFailure?: boolean; action?: ReactNode }) => void;

const Context = createContext<Say>(() => undefined);
let nextId = 1;

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const say = useCallback<Say>((text, options = {}) => {
    const id = nextId++;
    setToasts((shown) => [...shown.slice(-3), { id, text, isFailure: options.isFailure ?? false, action: options.action ?? null }]);
    setTimeout(() => setToasts((shown) => shown.filter((toast) => toast.id !== id)), SHOWN_MS);
  }, []);
  return (
    <Context value={say}>
      {children}
      <div className="toasts">
        <div role="status">{toasts.filter((toast) => !toast.isFailure).map(show)}</div>
        <div role="alert">{toasts.filter((toast) => toast.isFailure).map(show)}</div>
      </div>
    </Context>
  );
}

function show(toast: Toast) {
  return (
    <div className="toast" key={toast.id}>
      <Mark name={toast.isFailure ? "failed" : "ok"} tone={toast.isFailure ? "fail" : "ok"} />
      <span>{toast.text}</span>
      {toast.action}
    </div>
  );
}

export function useSay(): Say {
  return useContext(Context);
}
