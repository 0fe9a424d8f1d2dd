// What became of every due instant: weeks by days, or hours by days for what is due often.
import { type KeyboardEvent, useMemo, useState } from "react";

import type { OccurrenceDto } from "../api/types.gen";
import { Link } from "../app/router";
import { clock, counted, dayKey, fullInstant } from "./format";
import { lookOf, Mark, type MarkName, type Tone } from "./mark";

const CELL = 17;
const LEFT = 40;
const TOP = 18;
/** The worst of a square is what it shows. */
const WORST: readonly string[] = ["Missed", "FiredLate", "Coalesced", "Skipped", "Fired"];

interface Square {
  column: number;
  row: number;
  /** Newest last. */
  occurrences: OccurrenceDto[];
  worst: string;
  n: number;
}

interface Grid {
  squares: Square[];
  columns: string[];
  rows: string[];
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

function noon(key: string): number {
  return Date.parse(`${key}T12:00:00Z`);
}

/** Pure: which square each occurrence lies in. */
export function layOut(occurrences: OccurrenceDto[], zone: string, now: Date, isHourly: boolean): Grid {
  const today = dayKey(now, zone);
  const squares = new Map<string, Square>();
  const place = (at: Date): [number, number] => {
    const key = dayKey(at, zone);
    const ago = Math.round((noon(today) - noon(key)) / 86_400_000);
    if (isHourly) return [Number(clock(at, zone).slice(0, 2)), 6 - ago];
    const weekday = (new Date(noon(key)).getUTCDay() + 6) % 7;
    const thisWeek = (new Date(noon(today)).getUTCDay() + 6) % 7;
    return [25 - Math.floor((ago + (6 - thisWeek)) / 7), weekday];
  };
  for (const occurrence of occurrences) {
    for (const at of spread(occurrence)) {
      const [column, row] = place(at);
      if (column < 0 || row < 0) continue;
      const id = `${column}:${row}`;
      const square = squares.get(id) ?? { column, row, occurrences: [], worst: "Fired", n: 0 };
      square.occurrences.push(occurrence);
      square.n += 1;
      if (WORST.indexOf(occurrence.decision ?? "") < WORST.indexOf(square.worst)) square.worst = occurrence.decision ?? "Fired";
      squares.set(id, square);
    }
  }
  const rows = isHourly ? Array.from({ length: 7 }, (_, index) => DAYS[(new Date(noon(today) - (6 - index) * 86_400_000).getUTCDay() + 6) % 7] ?? "") : DAYS;
  const columns = isHourly ? Array.from({ length: 24 }, (_, hour) => (hour % 3 === 0 ? `${String(hour).padStart(2, "0")}:00` : "")) : months(now, zone);
  return { squares: [...squares.values()].sort((a, b) => a.column - b.column || a.row - b.row), columns, rows };
}

/** A run of equal skips is shown at its ends; what lies between has no instants of its own here. */
function spread(occurrence: OccurrenceDto): Date[] {
  const first = new Date(occurrence.dueAt);
  return occurrence.dueUntil ? [first, new Date(occurrence.dueUntil)] : [first];
}

function months(now: Date, zone: string): string[] {
  const today = noon(dayKey(now, zone));
  const thisWeek = (new Date(today).getUTCDay() + 6) % 7;
  let before = "";
  return Array.from({ length: 26 }, (_, column) => {
    const monday = new Date(today - (thisWeek + (25 - column) * 7) * 86_400_000);
    const name = new Intl.DateTimeFormat("en-GB", { month: "short", timeZone: "UTC" }).format(monday);
    const text = name === before ? "" : name;
    before = name;
    return text;
  });
}

const FILL: Record<string, { fill: string; mark?: MarkName; tone: Tone }> = {
  Fired: { fill: "f-soft", tone: "ok" },
  FiredLate: { fill: "f-late", mark: "late", tone: "late" },
  Coalesced: { fill: "hollow s-late", tone: "late" },
  Skipped: { fill: "f-sunk", mark: "skipped", tone: "mute" },
  Missed: { fill: "hollow s-miss", mark: "missed", tone: "miss" },
};

interface CalendarProps {
  occurrences: OccurrenceDto[];
  zone: string;
  now: Date;
  isHourly: boolean;
  jobId: string;
}

export function Calendar({ occurrences, zone, now, isHourly, jobId }: CalendarProps) {
  const minute = Math.floor(now.getTime() / 60_000);
  const grid = useMemo(() => layOut(occurrences, zone, now, isHourly), [occurrences, zone, minute, isHourly]);
  const [at, setAt] = useState<number | null>(null);
  const shown = at === null ? (grid.squares.length > 0 ? grid.squares.length - 1 : null) : at;
  const picked = shown === null ? null : (grid.squares[shown] ?? null);
  const tally = new Map<string, number>();
  for (const one of occurrences) tally.set(one.decision ?? "", (tally.get(one.decision ?? "") ?? 0) + one.count);
  const width = LEFT + grid.columns.length * CELL;
  const height = TOP + 7 * CELL;
  const press = (event: KeyboardEvent) => {
    const now = shown ?? 0;
    const rows = (by: number) => {
      const square = grid.squares[now];
      if (!square) return now;
      const found = grid.squares.findIndex((it) => it.column === square.column + by && it.row === square.row);
      return found >= 0 ? found : Math.max(0, Math.min(grid.squares.length - 1, now + by));
    };
    const next: Record<string, number> = { ArrowDown: now + 1, ArrowUp: now - 1, ArrowRight: rows(1), ArrowLeft: rows(-1), Home: 0, End: grid.squares.length - 1 };
    const wanted = next[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    setAt(Math.max(0, Math.min(grid.squares.length - 1, wanted)));
  };
  return (
    <div className="body">
      <div className="calwrap">
        <div className="hscroll" tabIndex={0} role="group" aria-label={`Calendar of ${counted(occurrences.length, "occurrence")}. Arrow keys move, the text beside tells.`} onKeyDown={press}>
          <svg className="chart cal" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
            {grid.columns.map((text, column) => text && <text key={column} x={LEFT + column * CELL} y={12}>{text}</text>)}
            {grid.rows.map((text, row) => (isHourly || row % 2 === 0) && <text key={row} x={0} y={TOP + row * CELL + 12}>{text}</text>)}
            {grid.squares.map((square, index) => {
              const look = FILL[square.worst] ?? { fill: "f-soft", tone: "ok" as const };
              const x = LEFT + square.column * CELL;
              const y = TOP + square.row * CELL;
              const inner = square.worst === "FiredLate" ? "f-surf" : look.tone;
              return (
                <g key={index} className={shown === index ? "picked" : undefined} onMouseMove={() => setAt(index)}>
                  <rect className={`cell ${look.fill}`} x={x + 0.5} y={y + 0.5} width={CELL - 3} height={CELL - 3} />
                  {square.worst === "Fired" && <rect className="f-ok" x={x + 0.5} y={y + CELL - 4.5} width={CELL - 3} height={2} />}
                  {look.mark && (
                    <svg x={x + 2} y={y + 2} width={CELL - 6} height={CELL - 6} className={inner}>
                      <use href={`#m-${look.mark}`} />
                    </svg>
                  )}
                  <rect className="ring" x={x - 0.5} y={y - 0.5} width={CELL - 1} height={CELL - 1} rx={3} />
                </g>
              );
            })}
          </svg>
        </div>
        <div className="tip side-tip" role="status">
          {picked && <Told square={picked} zone={zone} now={now} jobId={jobId} />}
        </div>
      </div>
      <div className="legend">
        {[...tally].map(([decision, n]) => {
          const look = lookOf(decision);
          return (
            <span key={decision}>
              <Mark name={look.mark} tone={look.tone} small />
              {look.word} {n}
            </span>
          );
        })}
      </div>
    </div>
  );
}

function Told({ square, zone, now, jobId }: { square: Square; zone: string; now: Date; jobId: string }) {
  const worst = square.occurrences.find((one) => one.decision === square.worst) ?? square.occurrences[0];
  if (!worst) return null;
  const look = lookOf(worst.decision);
  return (
    <>
      <span className={`st ${look.tone}`}>
        <Mark name={look.mark} tone={look.tone} />
        {look.word}
      </span>{" "}
      <b>{fullInstant(new Date(worst.dueAt), zone, now)}</b>
      {square.n > 1 && <p className="t2">{counted(square.n, "instant")} in this square.</p>}
      {worst.reason && <p>{worst.reason}</p>}
      <p>
        <Link className="link" to={`/jobs/${jobId}/explain?at=${encodeURIComponent(worst.dueAt)}`}>
          Explain
        </Link>{" "}
        {worst.executionId && (
          <Link className="link" to={`/executions/${worst.executionId}`}>
            Execution
          </Link>
        )}
      </p>
    </>
  );
}
