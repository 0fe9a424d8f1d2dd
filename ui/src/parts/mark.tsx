// The vocabulary of states: shape and word carry it, colour repeats it.
import type { ReactNode } from "react";

export type MarkName =
  | "pending" | "queued" | "running" | "ok" | "failed" | "cancelled" | "skipped" | "missed" | "late" | "warn" | "paused" | "unknown";

export type Tone = "ok" | "run" | "fail" | "late" | "miss" | "mute";

const DEFINITIONS: Record<MarkName, ReactNode> = {
  pending: <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.4 2" />,
  queued: (
    <>
      <circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M5.2 8h5.6" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
    </>
  ),
  running: (
    <>
      <circle cx="8" cy="8" r="5.8" fill="none" stroke="currentColor" strokeOpacity=".3" strokeWidth="2" />
      <path d="M8 2.2A5.8 5.8 0 0 1 13.8 8" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      <circle cx="8" cy="8" r="2" fill="currentColor" />
    </>
  ),
  ok: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M4.9 8.3l2.1 2.1 4.1-4.6" fill="none" stroke="var(--surface)" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" />
    </>
  ),
  failed: (
    <>
      <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" fill="currentColor" />
      <path d="M5.6 5.6l4.8 4.8m0-4.8l-4.8 4.8" stroke="var(--surface)" strokeWidth="1.7" strokeLinecap="round" />
    </>
  ),
  cancelled: (
    <>
      <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M3.8 12.2l8.4-8.4" stroke="currentColor" strokeWidth="1.5" />
    </>
  ),
  skipped: <path d="M3 4l4.2 4L3 12M8.4 4l4.2 4-4.2 4" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" />,
  missed: (
    <>
      <path d="M8 1.4L14.6 8 8 14.6 1.4 8z" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" />
      <path d="M8 5v3.6" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" />
      <circle cx="8" cy="11" r=".95" fill="currentColor" />
    </>
  ),
  late: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M8 4.3V8l2.6 1.9" fill="none" stroke="var(--surface)" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" />
    </>
  ),
  warn: (
    <>
      <path d="M8 1.3l7 12.9H1z" fill="currentColor" stroke="currentColor" strokeLinejoin="round" />
      <path d="M8 6v3.6" stroke="var(--surface)" strokeWidth="1.6" strokeLinecap="round" />
      <circle cx="8" cy="11.9" r=".95" fill="var(--surface)" />
    </>
  ),
  paused: (
    <>
      <rect x="1.75" y="1.75" width="12.5" height="12.5" rx="3" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M6.4 5.4v5.2M9.6 5.4v5.2" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
  unknown: (
    <>
      <rect x="1.75" y="1.75" width="12.5" height="12.5" rx="3" fill="none" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2.4 2" />
      <path d="M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8c-.6.3-.8.6-.8 1.2" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" />
      <circle cx="8" cy="11.4" r=".85" fill="currentColor" />
    </>
  ),
};

/** Drawn once a page; every mark refers to it. */
export function MarkSprite() {
  return (
    <svg className="sprite" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>
        {Object.entries(DEFINITIONS).map(([name, shape]) => (
          <symbol key={name} id={`m-${name}`} viewBox="0 0 16 16">
            {shape}
          </symbol>
        ))}
        <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="5" height="5" fill="var(--run-tint)" />
          <path d="M0 0V5" stroke="var(--run-fill)" strokeWidth="1.4" />
        </pattern>
        <marker id="arr" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 .8L7 4 0 7.2z" fill="var(--line-strong)" />
        </marker>
        <marker id="arrf" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 .8L7 4 0 7.2z" fill="var(--fail-fill)" />
        </marker>
      </defs>
    </svg>
  );
}

interface MarkProps {
  name: MarkName;
  tone: Tone;
  /** Its accessible name; without one a word must stand beside it. */
  label?: string;
  small?: boolean;
}

export function Mark({ name, tone, label, small }: MarkProps) {
  const what = label === undefined ? { "aria-hidden": true as const } : { role: "img", "aria-label": label };
  return (
    <svg className={`${small ? "m12" : "m"} ${tone}`} {...what}>
      <use href={`#m-${name}`} className={name === "running" ? "spin" : undefined} />
    </svg>
  );
}

export interface Look {
  mark: MarkName;
  tone: Tone;
  word: string;
}

const LOOKS: Record<string, Look> = {
  Pending: { mark: "pending", tone: "mute", word: "Pending" },
  Waiting: { mark: "queued", tone: "mute", word: "Waiting" },
  Queued: { mark: "queued", tone: "mute", word: "Queued" },
  Running: { mark: "running", tone: "run", word: "Running" },
  InProgress: { mark: "running", tone: "run", word: "In progress" },
  Processing: { mark: "running", tone: "run", word: "Processing" },
  Succeeded: { mark: "ok", tone: "ok", word: "Succeeded" },
  Completed: { mark: "ok", tone: "ok", word: "Completed" },
  Complete: { mark: "ok", tone: "ok", word: "Complete" },
  "Completed with Warning": { mark: "warn", tone: "late", word: "Completed with Warning" },
  "Completed with Error": { mark: "warn", tone: "fail", word: "Completed with Error" },
  Failed: { mark: "failed", tone: "fail", word: "Failed" },
  Cancelling: { mark: "cancelled", tone: "mute", word: "Cancelling" },
  Cancelled: { mark: "cancelled", tone: "mute", word: "Cancelled" },
  Skipped: { mark: "skipped", tone: "mute", word: "Skipped" },
  Missed: { mark: "missed", tone: "miss", word: "Missed" },
  Late: { mark: "late", tone: "late", word: "Late" },
  Paused: { mark: "paused", tone: "mute", word: "Paused" },
  Disabled: { mark: "cancelled", tone: "mute", word: "Disabled" },
  Fired: { mark: "ok", tone: "ok", word: "Fired" },
  FiredLate: { mark: "late", tone: "late", word: "Fired late" },
  Coalesced: { mark: "late", tone: "late", word: "Coalesced" },
};

/** How a state looks and reads; unknown words are shown as they are. */
export function lookOf(state: string | null | undefined): Look {
  return LOOKS[state ?? ""] ?? { mark: "unknown", tone: "mute", word: state ?? "Unknown" };
}

export function Badge({ look, text }: { look: Look; text?: string }) {
  return (
    <span className={`badge ${look.tone}`}>
      <Mark name={look.mark} tone={look.tone} small />
      {text ?? look.word}
    </span>
  );
}

export function State({ state }: { state: string }) {
  const look = lookOf(state);
  return (
    <span className={`st ${look.tone}`}>
      <Mark name={look.mark} tone={look.tone} />
      {look.word}
    </span>
  );
}
