// Pictures of places and tools; each stands beside a word or has a name.
import type { ReactNode } from "react";

export type IconName = "hour" | "overview" | "jobs" | "executions" | "workflows" | "schedules" | "admin" | "find" | "more" | "person";

const SHAPES: Record<IconName, ReactNode> = {
  hour: (
    <g transform="scale(.8)" strokeWidth="1.8">
      <path d="M2 14.5a8 8 0 0 1 16 0M10 14.5L6.2 7.6M1 17.6h18M10 2.6v1.2M15.9 5l-.8.9M18.6 10" />
    </g>
  ),
  overview: <path d="M2 12.5V9m4 3.5V3.5m4 9V6.5m4 6V5" />,
  jobs: <path d="M2.5 4h11M2.5 8h11M2.5 12h7" />,
  executions: <path d="M5 3.2v9.6L12.4 8z" />,
  workflows: (
    <>
      <circle cx="3.5" cy="8" r="1.8" />
      <circle cx="12.5" cy="3.8" r="1.8" />
      <circle cx="12.5" cy="12.2" r="1.8" />
      <path d="M5.3 7.4l5.4-2.8M5.3 8.6l5.4 2.8" />
    </>
  ),
  schedules: (
    <>
      <path d="M4 2.5v11M8 4h5.5M8 8h5.5M8 12h3.5" />
      <g fill="currentColor" stroke="none">
        <circle cx="4" cy="4" r="1.7" />
        <circle cx="4" cy="8" r="1.7" />
        <circle cx="4" cy="12" r="1.7" />
      </g>
    </>
  ),
  admin: (
    <>
      <path d="M2.5 5h5m4 0h2M2.5 11h2m4 0h5" />
      <circle cx="9.5" cy="5" r="1.8" />
      <circle cx="6.5" cy="11" r="1.8" />
    </>
  ),
  find: (
    <>
      <circle cx="7" cy="7" r="4.3" />
      <path d="M10.4 10.4L14 14" />
    </>
  ),
  more: (
    <g fill="currentColor" stroke="none">
      <circle cx="3" cy="8" r="1.3" />
      <circle cx="8" cy="8" r="1.3" />
      <circle cx="13" cy="8" r="1.3" />
    </g>
  ),
  person: (
    <>
      <circle cx="8" cy="5.4" r="2.6" />
      <path d="M2.8 13.4a5.2 5.2 0 0 1 10.4 0" />
    </>
  ),
};

export function Icon({ name, className = "m" }: { name: IconName; className?: string }) {
  return (
    <svg className={className} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}
