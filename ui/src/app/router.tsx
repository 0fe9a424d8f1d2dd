// Addresses: a path below /dashboard and a query string say all that a page shows.
import { type AnchorHTMLAttributes, type MouseEvent, type ReactNode, useSyncExternalStore } from "react";

export const BASE = "/dashboard";

const listeners = new Set<() => void>();
let current = read();

export interface Place {
  /** Below `/dashboard`, `/` at least. */
  path: string;
  search: string;
  hash: string;
}

function read(): Place {
  const { pathname, search, hash } = window.location;
  const path = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : pathname;
  return { path: path.replace(/\/+$/, "") || "/", search, hash };
}

function moved(): void {
  current = read();
  listeners.forEach((listener) => listener());
}

window.addEventListener("popstate", moved);

export function usePlace(): Place {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

export function go(to: string, how: "push" | "replace" = "push"): void {
  const url = BASE + (to === "/" ? "" : to);
  if (how === "push") {
    window.history.pushState(null, "", url || "/");
  } else {
    window.history.replaceState(null, "", url || "/");
  }
  const before = current.path;
  moved();
  if (before !== current.path && current.hash === "") window.scrollTo(0, 0);
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { to: string; children: ReactNode };

/** A link within the dashboard: a real one, so that it can be opened in a new tab. */
export function Link({ to, children, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a {...rest} href={BASE + (to === "/" ? "" : to)} onClick={follow}>
      {children}
    </a>
  );
}

/** `/jobs/:id` against `/jobs/7`: `{id: "7"}`, or null. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const found = path.split("/");
  if (wanted.length !== found.length) return null;
  const values: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const text = found[index] ?? "";
    if (segment.startsWith(":")) {
      if (text === "") return null;
      values[segment.slice(1)] = decoded(text);
    } else if (segment !== text) {
      return null;
    }
  }
  return values;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** One value of the query string, and how to change it; null takes it out. */
export function useSearch(): [URLSearchParams, (changes: Record<string, string | null>) => void] {
  const place = usePlace();
  const search = new URLSearchParams(place.search);
  const change = (changes: Record<string, string | null>) => {
    const next = new URLSearchParams(current.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === "") next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    go(current.path + (text === "" ? "" : `?${text}`), "replace");
  };
  return [search, change];
}
