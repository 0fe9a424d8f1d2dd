// One stream of events for the page, and whether what is shown is live.
import { type ReactNode, useSyncExternalStore } from "react";

import { refresh, refreshBelow } from "../api/cache";
import { serverNow } from "../api/http";

/** A short gap is nobody's business. */
const STALE_AFTER_MS = 5_000;
const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 30_000;
/** However many events come, lists are asked again no oftener. */
const REFRESH_EVERY_MS = 2_000;

export interface Liveness {
  isLive: boolean;
  /** Since when nothing came, by the server's clock. */
  since: number;
  retryAt: number;
}

let state: Liveness = { isLive: true, since: 0, retryAt: 0 };
let source: EventSource | null = null;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let staleTimer: ReturnType<typeof setTimeout> | undefined;
let refreshTimer: ReturnType<typeof setTimeout> | undefined;
let waitMs = RETRY_MS_MIN;
let lostAt = 0;
const changed = new Set<string>();
const listeners = new Set<() => void>();

/** What an event makes old, by the start of the paths that show it. */
const SHOWN_AT: readonly (readonly [string, readonly string[]])[] = [
  ["executions", ["/api/v1/scheduler/executions", "/api/v1/scheduler/dashboard", "/api/v1/scheduler/jobs"]],
  ["jobs", ["/api/v1/scheduler/jobs", "/api/v1/scheduler/dashboard", "/api/v1/scheduler/forecast"]],
  ["node", ["/api/v1/scheduler/nodes"]],
  ["runs", ["/api/v1/scheduler/workflows", "/api/v1/scheduler/workflow-runs", "/api/v1/schedules", "/api/v1/schedule-executions"]],
];

function set(next: Liveness): void {
  state = next;
  listeners.forEach((listener) => listener());
}

export function connect(): void {
  disconnect();
  source = new EventSource("/api/v1/events");
  source.onopen = () => {
    clearTimeout(staleTimer);
    staleTimer = undefined;
    lostAt = 0;
    waitMs = RETRY_MS_MIN;
    if (!state.isLive) {
      set({ isLive: true, since: 0, retryAt: 0 });
      // What was missed meanwhile.
      refresh(() => true);
    }
  };
  source.onerror = () => {
    source?.close();
    source = null;
    if (lostAt === 0) lostAt = serverNow();
    const retryAt = serverNow() + waitMs;
    if (state.isLive) {
      staleTimer ??= setTimeout(() => set({ isLive: false, since: lostAt, retryAt }), STALE_AFTER_MS);
    } else {
      set({ ...state, retryAt });
    }
    clearTimeout(retryTimer);
    retryTimer = setTimeout(connect, waitMs);
    waitMs = Math.min(waitMs * 2, RETRY_MS_MAX);
  };
  source.addEventListener("reset", () => refresh(() => true));
  for (const [noun] of SHOWN_AT) source.addEventListener(noun, () => take(noun));
}

export function disconnect(): void {
  clearTimeout(retryTimer);
  source?.close();
  source = null;
}

function take(name: string): void {
  for (const [noun, paths] of SHOWN_AT) {
    if (name === noun) paths.forEach((path) => changed.add(path));
  }
  refreshTimer ??= setTimeout(() => {
    refreshTimer = undefined;
    const paths = [...changed];
    changed.clear();
    if (document.visibilityState === "visible") refreshBelow(...paths);
  }, REFRESH_EVERY_MS);
}

export function useLive(): Liveness {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

export function LiveMark(): ReactNode {
  const { isLive } = useLive();
  return (
    <span className={`live${isLive ? "" : " off"}`} role="status">
      {isLive ? "Live" : "Not live"}
    </span>
  );
}
