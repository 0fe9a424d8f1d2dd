// Where the time of an execution went: a lane of waits, then one a try, on one axis from due to now or the end.
import type { ExecutionDto } from "../api/types.gen";
import { clock, duration } from "./format";
import { useWidth } from "./size";

const LEFT = 92;
const LANE = 26;
const TOP = 24;
const TEXT_PX = 6.2;

export interface Bar {
  lane: string;
  from: number;
  to: number;
  kind: "wait" | "ok" | "fail" | "run" | "mute";
  text: string;
}

/** Pure: the bars, in order, from what the API says of an execution. */
export function barsOf(execution: ExecutionDto, now: number): Bar[] {
  const bars: Bar[] = [];
  const origin = Date.parse(execution.dueAt ?? execution.createdAt);
  const attempts = execution.attempts ?? [];
  const firstStart = attempts[0] ? Date.parse(attempts[0].startedAt) : execution.endedAt ? Date.parse(execution.endedAt) : now;
  if (firstStart - origin >= 1) bars.push({ lane: "Waits", from: origin, to: firstStart, kind: "wait", text: `${duration(firstStart - origin)} until it started` });
  attempts.forEach((attempt, index) => {
    const from = Date.parse(attempt.startedAt);
    const to = attempt.endedAt ? Date.parse(attempt.endedAt) : now;
    const before = attempts[index - 1];
    if (before?.endedAt) {
      const rest = from - Date.parse(before.endedAt);
      if (rest >= 1) bars.push({ lane: "Waits", from: Date.parse(before.endedAt), to: from, kind: "wait", text: "" });
    }
    const kind = attempt.endedAt === null ? "run" : attempt.outcome === "Succeeded" ? "ok" : attempt.outcome === "Cancelled" ? "mute" : "fail";
    const took = duration(to - from);
    const text = kind === "run" ? `running ${took}` : kind === "ok" ? took : `${attempt.outcome ?? "ended"} after ${took}`;
    bars.push({ lane: `Attempt ${attempt.number}`, from, to, kind, text });
  });
  return bars;
}

const FILL = { wait: "due", ok: "f-ok", fail: "f-fail", run: "f-run", mute: "f-mute" } as const;

export function Lanes({ execution, zone, now }: { execution: ExecutionDto; zone: string; now: Date }) {
  const [box, width] = useWidth<HTMLDivElement>(900);
  const end = execution.endedAt ? Date.parse(execution.endedAt) : now.getTime();
  const origin = Date.parse(execution.dueAt ?? execution.createdAt);
  const bars = barsOf(execution, now.getTime());
  const total = Math.max(1, end - origin);
  const lanes = [...new Set(bars.map((bar) => bar.lane))].slice(0, 24);
  const wide = Math.max(560, width);
  const scale = (wide - LEFT - 90) / total;
  const x = (at: number) => LEFT + (at - origin) * scale;
  const height = TOP + lanes.length * LANE + 10;
  const steps = wide > 800 ? 5 : 3;
  const summary = `${duration(total)} from due to ${execution.endedAt ? "the end" : "now"}: ${bars.filter((bar) => bar.text).map((bar) => `${bar.lane.toLowerCase()} ${bar.text}`).join("; ")}`;
  return (
    <div className="body hscroll" ref={box} tabIndex={0} role="img" aria-label={summary}>
      <svg className="chart" width={wide} height={height} viewBox={`0 0 ${wide} ${height}`} aria-hidden="true">
        {Array.from({ length: steps + 1 }, (_, index) => {
          const at = origin + (total * index) / steps;
          return (
            <g key={index}>
              <path className="grid" d={`M${x(at)} ${TOP - 6}V${height - 4}`} />
              <text x={x(at)} y={12} textAnchor={index === 0 ? "start" : "middle"}>
                {index === 0 ? clock(new Date(origin), zone, "second") : `+${duration((total * index) / steps)}`}
              </text>
            </g>
          );
        })}
        {lanes.map((lane, index) => (
          <text key={lane} className="t13" x={0} y={TOP + index * LANE + 15}>
            {lane}
          </text>
        ))}
        {bars.map((bar, index) => {
          const lane = lanes.indexOf(bar.lane);
          if (lane < 0) return null;
          const y = TOP + lane * LANE + 3;
          const long = Math.max(2, (bar.to - bar.from) * scale);
          const isRoomRight = x(bar.to) + bar.text.length * TEXT_PX + 12 < wide;
          return (
            <g key={index}>
              <rect className={FILL[bar.kind]} x={x(bar.from)} y={y} width={long} height={15} rx={2} />
              {bar.text && (
                <text className="t13" x={isRoomRight ? x(bar.from) + long + 7 : x(bar.from) - 7} y={y + 12} textAnchor={isRoomRight ? "start" : "end"}>
                  {bar.text}
                </text>
              )}
            </g>
          );
        })}
        {!execution.endedAt && <path className="now" d={`M${x(now.getTime())} ${TOP - 8}V${height - 4}`} />}
      </svg>
    </div>
  );
}
