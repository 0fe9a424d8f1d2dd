// Answers to GETs: kept by path, shared by whoever shows them, asked again when they may have changed.
import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";

import { ApiError, get } from "./http";

const ENTRIES_MAX = 200;
/** What nobody shows is forgotten later than this. */
const KEPT_MS = 5 * 60_000;

interface Entry {
  data: unknown;
  error: ApiError | null;
  /** When the data came; 0 before. */
  at: number;
  isLoading: boolean;
  isOld: boolean;
  listeners: Set<() => void>;
  state: Snapshot<unknown>;
}

export interface Snapshot<T> {
  data: T | undefined;
  error: ApiError | null;
  isLoading: boolean;
  at: number;
}

const NOTHING: Snapshot<never> = { data: undefined, error: null, isLoading: false, at: 0 };
const entries = new Map<string, Entry>();

function entryOf(path: string): Entry {
  const found = entries.get(path);
  if (found) return found;
  makeRoom();
  const entry: Entry = { data: undefined, error: null, at: 0, isLoading: false, isOld: true, listeners: new Set(), state: NOTHING };
  entries.set(path, entry);
  return entry;
}

function makeRoom(): void {
  if (entries.size < ENTRIES_MAX) return;
  const now = Date.now();
  for (const [path, entry] of entries) {
    if (entry.listeners.size === 0 && (now - entry.at > KEPT_MS || entries.size >= ENTRIES_MAX)) entries.delete(path);
  }
}

function tell(entry: Entry): void {
  entry.state = { data: entry.data, error: entry.error, isLoading: entry.isLoading, at: entry.at };
  entry.listeners.forEach((listener) => listener());
}

async function load(path: string): Promise<void> {
  const entry = entryOf(path);
  if (entry.isLoading) {
    entry.isOld = true;
    return;
  }
  entry.isLoading = true;
  entry.isOld = false;
  tell(entry);
  try {
    entry.data = await get<unknown>(path);
    entry.error = null;
    entry.at = Date.now();
  } catch (cause) {
    entry.error = cause instanceof ApiError ? cause : new ApiError({ title: "The page failed", status: -1, detail: String(cause) });
  }
  entry.isLoading = false;
  tell(entry);
  if (entry.isOld && entry.listeners.size > 0 && !entry.error) void load(path);
}

/** Asks again for every path that `matches` and that somebody shows; the others when they are shown. */
export function refresh(matches: (path: string) => boolean): void {
  for (const [path, entry] of entries) {
    if (!matches(path)) continue;
    entry.isOld = true;
    if (entry.listeners.size > 0) void load(path);
  }
}

export function refreshBelow(...prefixes: string[]): void {
  refresh((path) => prefixes.some((prefix) => path.startsWith(prefix)));
}

/** What a logout must leave nothing of. */
export function forgetAll(): void {
  entries.clear();
}

/** Replaces what is known of a path, as after a change that the server answered with the new state. */
export function put(path: string, data: unknown): void {
  const entry = entryOf(path);
  Object.assign(entry, { data, error: null, at: Date.now(), isOld: false });
  tell(entry);
}

export interface Asked<T> extends Snapshot<T> {
  reload: () => void;
}

/** The answer to a GET, asked again every `everyMs` while the page is seen. `null` asks nothing. */
export function useGet<T>(path: string | null, everyMs?: number): Asked<T> {
  const subscribe = useCallback(
    (listener: () => void) => {
      if (path === null) return () => undefined;
      const entry = entryOf(path);
      entry.listeners.add(listener);
      if (entry.isOld && !entry.isLoading) void load(path);
      return () => entry.listeners.delete(listener);
    },
    [path],
  );
  const state = useSyncExternalStore(subscribe, () => (path === null ? NOTHING : entryOf(path).state)) as Snapshot<T>;
  useEffect(() => {
    if (path === null || everyMs === undefined) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void load(path);
    }, everyMs);
    return () => clearInterval(timer);
  }, [path, everyMs]);
  const reload = useCallback(() => {
    if (path !== null) void load(path);
  }, [path]);
  return { ...state, reload };
}

/** The same, showing the last answer of another path until this one's comes: lists do not blink. */
export function useGetKept<T>(path: string | null, everyMs?: number): Asked<T> & { isKept: boolean } {
  const asked = useGet<T>(path, everyMs);
  const last = useRef<T | undefined>(undefined);
  useEffect(() => {
    if (asked.data !== undefined) last.current = asked.data;
  }, [asked.data]);
  const isKept = asked.data === undefined && asked.error === null && last.current !== undefined;
  return { ...asked, data: asked.data ?? (asked.error ? undefined : last.current), isKept };
}
