// Around every page: places to the left, where am I above, the page in the middle.
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from "react";

import { useGet } from "../api/cache";
import { serverNow } from "../api/http";
import type { DashboardStatsDto, NodeDto } from "../api/types.gen";
import { counted, duration, number } from "../parts/format";
import { Icon, type IconName } from "../parts/icon";
import { Mark } from "../parts/mark";
import { Menu } from "../parts/menu";
import { Time, useNow } from "../parts/time";
import { connect, LiveMark, useLive } from "./live";
import { go, Link, usePlace } from "./router";
import { useSession } from "./session";
import { nextTheme } from "./theme";
import { useZones, VIEWER_ZONE, zoneName } from "./zone";

interface PlaceEntry {
  to: string;
  icon: IconName;
  text: string;
}

export const PLACES: readonly PlaceEntry[] = [
  { to: "/", icon: "overview", text: "Overview" },
  { to: "/jobs", icon: "jobs", text: "Jobs" },
  { to: "/executions", icon: "executions", text: "Executions" },
  { to: "/schedules", icon: "schedules", text: "Schedules" },
];

function isWithin(path: string, to: string): boolean {
  return to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`);
}

export function Shell({ onFind, children }: { onFind: () => void; children: ReactNode }) {
  const { path } = usePlace();
  const stats = useGet<DashboardStatsDto>("/api/v1/scheduler/dashboard/stats", 30_000);
  const counts: Record<string, string> = { "/jobs": stats.data ? number(stats.data.totalJobs) : "" };
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <div className="app">
        <nav className="nav" aria-label="Main">
          <div className="brand">
            <Icon name="hour" className="" />
            Horarium
          </div>
          {PLACES.map((place) => (
            <PlaceLink key={place.to} place={place} path={path} count={counts[place.to] ?? ""} />
          ))}
          <div className="sep" />
          <PlaceLink place={{ to: "/admin", icon: "admin", text: "Administration" }} path={path} count="" />
          <Foot />
        </nav>
        <div className="main">
          <Bar onFind={onFind} />
          <StaleBanner />
          {children}
        </div>
      </div>
      <nav className="tabbar" aria-label="Places">
        {PLACES.map((place) => (
          <Link key={place.to} to={place.to} aria-current={isWithin(path, place.to) ? "page" : undefined}>
            <Icon name={place.icon} />
            {place.text}
          </Link>
        ))}
      </nav>
    </>
  );
}

function PlaceLink({ place, path, count }: { place: PlaceEntry; path: string; count: string }) {
  return (
    <Link to={place.to} aria-current={isWithin(path, place.to) ? "page" : undefined}>
      <Icon name={place.icon} />
      {place.text}
      <span className="n">{count}</span>
    </Link>
  );
}

function Foot() {
  const { access } = useSession();
  const nodes = useGet<NodeDto[]>("/api/v1/scheduler/nodes", 10_000);
  const alive = nodes.data?.filter((node) => node.isAlive).length ?? 0;
  const all = nodes.data?.length ?? 0;
  if (access.state !== "in") return null;
  return (
    <div className="foot">
      {nodes.data && (
        <div>
          <Mark name={alive === all ? "ok" : "failed"} tone={alive === all ? "ok" : "fail"} small />
          {alive} of {counted(all, "node")}
        </div>
      )}
      <div>
        <Link to="/account" className="who">
          <b>{access.me.email ?? "API key"}</b> {access.me.roles[0]}
        </Link>
      </div>
    </div>
  );
}

function Bar({ onFind }: { onFind: () => void }) {
  const zones = useZones();
  const { signOut } = useSession();
  return (
    <header className="bar">
      <svg className="topbrand" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeLinecap="round" strokeWidth="1.8" aria-hidden="true">
        <path d="M2 14.5a8 8 0 0 1 16 0M10 14.5L6.2 7.6M1 17.6h18" />
      </svg>
      <Crumbs />
      <div className="end">
        <LiveMark />
        <span className="seg" role="group" aria-label="Show times in">
          <ZoneButton choice="viewer" text={zoneName(VIEWER_ZONE)} />
          <ZoneButton choice="job" text="Job’s zone" />
          <ZoneButton choice="utc" text="UTC" />
        </span>
        <button type="button" className="find" onClick={onFind}>
          <Icon name="find" />
          Find or do anything<kbd>Ctrl K</kbd>
        </button>
        <Menu
          label="More"
          entries={[
            { text: "Find or do anything", act: onFind },
            { text: `Times: ${zones.choice === "viewer" ? zoneName(VIEWER_ZONE) : zones.choice === "job" ? "job’s zone" : "UTC"}; change`, act: zones.next },
            { text: "Change theme", act: () => nextTheme() },
            { text: "Your account", act: () => go("/account") },
            { text: "Administration", act: () => go("/admin") },
            { text: "API reference", act: () => window.location.assign("/api/docs") },
            { text: "Sign out", act: () => void signOut() },
          ]}
        />
      </div>
    </header>
  );
}

function ZoneButton({ choice, text }: { choice: "viewer" | "job" | "utc"; text: string }) {
  const zones = useZones();
  return (
    <button type="button" aria-pressed={zones.choice === choice} onClick={() => zones.choose(choice)}>
      {text}
    </button>
  );
}

function StaleBanner() {
  const { isLive, since, retryAt } = useLive();
  const now = useNow();
  if (isLive) return null;
  const age = Math.max(0, serverNow() - since);
  const wait = Math.max(0, Math.ceil((retryAt - now.getTime()) / 1_000));
  return (
    <div className="stale" role="status">
      <Mark name="late" tone="late" />
      <span>
        <b>
          Not live since <Time at={new Date(since).toISOString()} precision="second" />.
        </b>{" "}
        What you see is {duration(Math.floor(age / 1_000) * 1_000)} old. Trying again {wait > 0 ? `in ${wait} s` : "now"}.
      </span>
      <button type="button" className="btn small" onClick={connect}>
        Try now
      </button>
    </div>
  );
}

export interface Crumb {
  text: string;
  to?: string;
}

/** One page: its title, where it stands, and its content below the heading that takes the focus. */
export function Page({ title, crumbs, children }: { title: string; crumbs: Crumb[]; children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const { path } = usePlace();
  const trail = JSON.stringify(crumbs);
  useEffect(() => {
    document.title = `${title} · Horarium`;
  }, [title]);
  useEffect(() => setTrail(trail), [trail]);
  useEffect(() => {
    // After a move within the dashboard reading goes on at the heading; not at the first load.
    const isFirst = shownPath === null;
    const isSame = shownPath === path;
    shownPath = path;
    if (isFirst || isSame) return;
    const heading = main.current?.querySelector<HTMLElement>("h1");
    if (heading && !main.current?.contains(document.activeElement)) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
  }, [path]);
  return (
    <main className="content" id="main" ref={main} tabIndex={-1}>
      {children}
    </main>
  );
}

let shownPath: string | null = null;
let shownTrail = "[]";
const trailListeners = new Set<() => void>();

function setTrail(trail: string): void {
  shownTrail = trail;
  trailListeners.forEach((listener) => listener());
}

function Crumbs() {
  const trail = useSyncExternalStore(
    (listener) => {
      trailListeners.add(listener);
      return () => trailListeners.delete(listener);
    },
    () => shownTrail,
  );
  const crumbs = JSON.parse(trail) as Crumb[];
  return (
    <nav className="crumbs" aria-label="Where you are">
      {crumbs.map((crumb, index) =>
        crumb.to === undefined ? (
          <b key={index}>{crumb.text}</b>
        ) : (
          <span key={index}>
            <Link to={crumb.to}>{crumb.text}</Link> /{" "}
          </span>
        ),
      )}
    </nav>
  );
}
