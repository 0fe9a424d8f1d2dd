// The hours: what happened and what is coming, one bar an hour.
import { type KeyboardEvent, useState } from "react";

import type { TimelinePointDto } from "../api/types.gen";
import { useZone } from "../app/zone";
import { clock, counted, day, number } from "./format";
import { useWidth } from "./size";

const HEIGHT = 134;
const BASE = 112;
const LEFT = 40;
const HOUR_MS = 3_600_000;

export interface DueHour {
  at: number;
  due: number;
}

interface Hour {
  at: number;
  ok: number;
  failed: number;
  due: number;
}

/** Round numbers for two lines above zero. */
export function ticks(most: number): number[] {
  if (most <= 0) return [1];
  const raw = most / 2;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * size).find((it) => it >= raw) ?? raw;
  const whole = Math.max(1, step);
  return [whole, whole * 2].filter((tick) => tick <= most * 1.15 || tick === whole);
}

export function merge(points: TimelinePointDto[], due: DueHour[]): Hour[] {
  const hours = points.map((point) => ({ at: Date.parse(point.timestamp), ok: point.succeeded, failed: point.failed, due: 0 }));
  const last = hours.at(-1)?.at ?? 0;
  for (const { at, due: n } of due) {
    const found = hours.find((hour) => hour.at === at);
    if (found) found.due = n;
    else if (at > last) hours.push({ at, ok: 0, failed: 0, due: n });
  }
  return hours;
}

interface HoursProps {
  points: TimelinePointDto[];
  due: DueHour[];
  now: Date;
  /** Opens the log at one hour. */
  onPick: (from: Date, to: Date) => void;
}

export function Hours({ points, due, now, onPick }: HoursProps) {
  const zone = useZone();
  const [box, wide] = useWidth<HTMLDivElement>(1_100);
  const [picked, setPicked] = useState<number | null>(null);
  const hours = merge(points, due);
  const width = Math.max(wide, hours.length > 60 ? 860 : 560);
  const most = Math.max(1, ...hours.map((hour) => hour.ok + hour.failed + hour.due));
  const lines = ticks(most);
  const scale = (BASE - 20) / Math.max(most, lines.at(-1) ?? 1);
  const step = (width - LEFT) / Math.max(1, hours.length);
  const gap = step > 10 ? 3 : step > 4 ? 1 : 0.5;
  const x = (index: number) => LEFT + index * step;
  const first = hours[0]?.at ?? now.getTime();
  const nowX = LEFT + ((now.getTime() - first) / HOUR_MS) * step;
  const labelEvery = Math.max(1, Math.ceil(58 / step));
  const failed = points.reduce((n, point) => n + point.failed, 0);
  const ended = points.reduce((n, point) => n + point.succeeded + point.failed, 0);
  const about = `Executions by hour: ${counted(ended, "execution")} ended in ${points.length} hours, ${number(failed)} failed. Arrow keys move, Enter opens the hour in the log.`;
  const at = picked === null ? null : (hours[picked] ?? null);

  const press = (event: KeyboardEvent) => {
    const current = picked ?? points.length - 1;
    const next: Record<string, number> = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: hours.length - 1 };
    const wanted = next[event.key];
    if (wanted !== undefined) setPicked(Math.max(0, Math.min(hours.length - 1, wanted)));
    else if (event.key === "Enter" && at) onPick(new Date(at.at), new Date(at.at + HOUR_MS));
    else if (event.key === "Escape") setPicked(null);
    else return;
    event.preventDefault();
  };
  return (
    <div className="body hscroll chartbox hours" ref={box} tabIndex={0} role="group" aria-label={about} onKeyDown={press} onMouseLeave={() => setPicked(null)} onBlur={() => setPicked(null)}>
      <svg className="chart" width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
        {lines.map((line) => (
          <g key={line}>
            <path className="grid" d={`M${LEFT} ${BASE - line * scale}H${width}`} />
            <text x={LEFT - 6} y={BASE - line * scale + 4} textAnchor="end">
              {number(line)}
            </text>
          </g>
        ))}
        {hours.map((hour, index) => {
          const okH = hour.ok * scale;
          const failH = hour.failed > 0 ? Math.max(3, hour.failed * scale) : 0;
          const dueH = hour.due * scale;
          const left = x(index) + gap / 2;
          const bar = Math.max(1, step - gap);
          return (
            <g key={hour.at} className={`hourbar${picked === index ? " on" : ""}`} onMouseMove={() => setPicked(index)} onClick={() => onPick(new Date(hour.at), new Date(hour.at + HOUR_MS))}>
              <rect className="hit" x={x(index)} y={0} width={step} height={BASE} />
              {okH > 0 && <rect className="f-soft" x={left} y={BASE - okH} width={bar} height={okH} />}
              {okH > 0 && <rect className="f-ok" x={left} y={BASE - okH} width={bar} height={Math.min(2, okH)} />}
              {failH > 0 && <rect className="f-fail" x={left} y={BASE - okH - failH - (okH > 0 ? 1 : 0)} width={bar} height={failH} />}
              {dueH > 0 && <rect className="due" x={left + 0.5} y={BASE - okH - failH - dueH} width={Math.max(1, bar - 1)} height={dueH} />}
              {hour.failed > 0 && step > 16 && (
                <text className="b" x={left + bar / 2} y={BASE - okH - failH - dueH - 5} textAnchor="middle">
                  {number(hour.failed)}✕
                </text>
              )}
            </g>
          );
        })}
        <path className="axis" d={`M${LEFT} ${BASE + 0.5}H${width}`} />
        {hours.map((hour, index) => {
          if (index % labelEvery !== 0 || Math.abs(x(index) - nowX) < 52) return null;
          const date = new Date(hour.at);
          const text = labelEvery >= 24 || (points.length > 48 && clock(date, zone) === "00:00") ? day(date, zone, now) : clock(date, zone);
          return (
            <text key={hour.at} x={x(index)} y={BASE + 17}>
              {text}
            </text>
          );
        })}
        <path className="now" d={`M${nowX} 6V${BASE + 6}`} />
        <text className="nowt" x={Math.min(nowX, width - 62)} y={BASE + 17}>
          now {clock(now, zone)}
        </text>
      </svg>
      {at && (
        <div className="tip" role="status">
          <b>
            {day(new Date(at.at), zone, now)} {clock(new Date(at.at), zone)} to {clock(new Date(at.at + HOUR_MS), zone)}
          </b>
          <br />
          {number(at.ok)} succeeded, {number(at.failed)} failed{at.due > 0 && `, ${number(at.due)} due`}
        </div>
      )}
    </div>
  );
}
