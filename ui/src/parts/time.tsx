// Instants on the page: absolute first, in the chosen zone, the whole of it on hover and focus.
import { useSyncExternalStore } from "react";

import { serverNow } from "../api/http";
import { useZone, zoneName } from "../app/zone";
import { fullInstant, instant, type Precision, relative, rfc3339 } from "./format";

const listeners = new Set<() => void>();
let second = Math.floor(Date.now() / 1_000);
setInterval(() => {
  // Counting that nobody sees costs nothing.
  if (document.visibilityState === "hidden") return;
  second = Math.floor(serverNow() / 1_000);
  listeners.forEach((listener) => listener());
}, 1_000);

/** Now, by the server's clock, once a second. */
export function useNow(): Date {
  const at = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => second,
  );
  return new Date(at * 1_000);
}

/** Now, once a minute: enough to know what is today. */
function useMinute(): Date {
  const at = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => Math.floor(second / 60),
  );
  return new Date(at * 60_000);
}

interface TimeProps {
  at: string | null | undefined;
  zone?: string;
  precision?: Precision;
  /** Always with its day. */
  full?: boolean;
  /** A lone instant names its zone. */
  named?: boolean;
}

export function Time({ at, zone, precision = "minute", full = false, named = false }: TimeProps) {
  const usual = useZone(zone);
  const now = useMinute();
  if (!at) return <span className="t3">–</span>;
  const date = new Date(at);
  const text = full ? fullInstant(date, usual, now, precision) : instant(date, usual, now, precision);
  return (
    <time dateTime={at} title={rfc3339(date, usual)} className="nowrap">
      {text}
      {named && <span className="t3"> {zoneName(usual)}</span>}
    </time>
  );
}

export function Relative({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (!at) return null;
  return <>{relative(new Date(at), now)}</>;
}
