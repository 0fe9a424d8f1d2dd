// The next instants of a rule as typed, and what saving it changes; counted by the server.
import type { JobDto, PreviewDto } from "../api/types.gen";
import { zoneName } from "../app/zone";
import { capital, clock, day, relative } from "./format";
import { usePost } from "./posted";
import { Panel } from "./panel";
import { Empty, Loading } from "./states";
import { useNow } from "./time";

const PREVIEW = "/api/v1/scheduler/preview";
const COMPARED = 200;

/** The rule as the preview takes it: the server says it in words. */
export function previewOf(job: JobDto, count: number): Record<string, unknown> {
  return {
    scheduleType: job.scheduleType,
    scheduleExpression: job.scheduleExpression,
    intervalSeconds: job.intervalSeconds,
    runAt: job.runAt,
    timezone: job.timezone,
    cronDialect: job.cronDialect,
    startAt: job.startAt,
    endAt: job.endAt,
    exclusions: job.exclusions,
    count,
  };
}

interface ImpactProps {
  rule: Record<string, unknown>;
  zone: string;
  original: JobDto | null;
}

export function Impact({ rule, zone: typed, original }: ImpactProps) {
  const now = useNow();
  const zone = typed || "UTC";
  const base = original ? previewOf(original, COMPARED) : {};
  const next = usePost<PreviewDto>(PREVIEW, { ...(original ? { cronDialect: base["cronDialect"], startAt: base["startAt"], endAt: base["endAt"], exclusions: base["exclusions"] } : {}), ...rule, count: COMPARED });
  const before = usePost<PreviewDto>(PREVIEW, original ? base : null);
  const wrong = Object.values(next.error?.fields ?? {}).flat();
  const known = new Set(before.data?.occurrences.map((one) => one.dueAt));
  const shown = next.data?.occurrences ?? [];
  const changes = original && before.data && next.data ? differences(before.data, next.data) : null;
  return (
    <Panel title={original ? "What saving changes" : "When it will run"} end={zoneName(zone)} footer="Counted by the server with the rule as typed">
      {next.error ? (
        <Empty title="Not a rule yet">{wrong[0] ?? next.error.problem.detail}</Empty>
      ) : !next.data ? (
        <Loading what="the preview" />
      ) : (
        <>
          <div className="body">
            <p className="rule">{capital(next.data.description.replace(` (${zone})`, ""))}</p>
            {changes && (
              <ul className="delta">
                <li>
                  <b className="ok">+ {changes.added}</b> of the next {changes.n} due instants
                </li>
                <li>
                  <b className="fail">− {changes.removed}</b> due instants
                </li>
                <li>
                  <b>{changes.excluded}</b> excluded
                </li>
              </ul>
            )}
          </div>
          <table aria-busy={next.isLoading}>
            <caption className="vh">Next due instants</caption>
            <thead className="vh">
              <tr>
                <th scope="col">Day</th>
                <th scope="col">Time</th>
                <th scope="col">In</th>
              </tr>
            </thead>
            <tbody>
              {shown.slice(0, 10).map((one) => {
                const at = new Date(one.dueAt);
                const isNew = original !== null && before.data !== undefined && !known.has(one.dueAt);
                return (
                  <tr key={one.dueAt} className={one.exclusion ? "t3" : ""}>
                    <td className="strong">{day(at, zone, now)}</td>
                    <td>{clock(at, zone, at.getSeconds() === 0 ? "minute" : "second")}</td>
                    <td className={`num sm ${isNew ? "ok" : "t3"}`}>{one.exclusion ?? one.note ?? (isNew ? "+ new" : relative(at, now))}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          {shown.length === 0 && <Empty title="It will not run">The rule has no instant to come.</Empty>}
        </>
      )}
    </Panel>
  );
}

/** Compared as far as both lists reach. */
export function differences(before: PreviewDto, after: PreviewDto): { added: number; removed: number; excluded: number; n: number } {
  const last = (of: PreviewDto) => (of.occurrences.length < COMPARED ? Infinity : Date.parse(of.occurrences.at(-1)?.dueAt ?? ""));
  const until = Math.min(last(before), last(after));
  const within = (of: PreviewDto) => of.occurrences.filter((one) => Date.parse(one.dueAt) <= until);
  const old = new Set(within(before).map((one) => one.dueAt));
  const now = within(after);
  const kept = new Set(now.map((one) => one.dueAt));
  return {
    added: now.filter((one) => !old.has(one.dueAt)).length,
    removed: [...old].filter((at) => !kept.has(at)).length,
    excluded: now.filter((one) => one.exclusion).length,
    n: now.length,
  };
}
