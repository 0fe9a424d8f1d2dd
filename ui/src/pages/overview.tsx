// Is everything fine? What is late or failing, and why? What runs next?
import { type ReactNode, useMemo } from "react";

import { useGet, useGetKept } from "../api/cache";
import { query } from "../api/http";
import type { ExecutionLogPage } from "../api/log";
import type { DashboardStatsDto, ExecutionDto, JobDto, NodeDto, TimelinePointDto } from "../api/types.gen";
import { go, Link, useSearch } from "../app/router";
import { useMay } from "../app/session";
import { Page } from "../app/shell";
import { useZone, zoneName } from "../app/zone";
import { useActions } from "../parts/actions";
import { bucketed } from "../parts/buckets";
import { capital, counted, duration, inWords, number, relative } from "../parts/format";
import { type DueHour, Hours } from "../parts/hours";
import { Mark, type MarkName, type Tone } from "../parts/mark";
import { Choice, Panel } from "../parts/panel";
import { Series } from "../parts/series";
import { Empty, Outcome } from "../parts/states";
import { Time, useNow } from "../parts/time";

const RANGES = [["24", "24 h"], ["48", "48 h"], ["168", "7 d"]] as const;
/** Due and not started for so long is late. */
const LATE_MS = 2_000;
/** A run is stuck when it takes so many times what the longest of its last ones took, and this at least. */
const STUCK_TIMES = 3;
const STUCK_MS_MIN = 10 * 60_000;
const REFRESH_MS = 5_000;
const SLOW_REFRESH_MS = 30_000;

const LOG = "/api/v1/scheduler/executions";

export function Overview() {
  const now = useNow();
  const may = useMay();
  const stats = useGet<DashboardStatsDto>("/api/v1/scheduler/dashboard/stats", REFRESH_MS);
  const failing = useGet<JobDto[]>("/api/v1/scheduler/jobs/failed?threshold=2", REFRESH_MS);
  const nodes = useGet<NodeDto[]>("/api/v1/scheduler/nodes", REFRESH_MS);
  const pending = useGet<ExecutionLogPage>(`${LOG}${query({ status: "Pending", pageSize: 100 })}`, REFRESH_MS);
  const running = useGet<ExecutionLogPage>(`${LOG}${query({ status: "Running", pageSize: 100 })}`, REFRESH_MS);
  const late = useMemo(() => (pending.data?.items ?? []).filter((one) => isLate(one, now)), [pending.data, now]);
  const stuck = useMemo(() => (running.data?.items ?? []).filter((one) => now.getTime() - Date.parse(one.startedAt) > STUCK_MS_MIN), [running.data, now]);
  const verdict = stats.data && judge({ stats: stats.data, failing: failing.data ?? [], late, stuck, nodes: nodes.data ?? [] }, now);
  return (
    <Page title={verdict ? `${verdict.short} · Overview` : "Overview"} crumbs={[{ text: "Overview" }]}>
      <div className="head">
        <div className="verdict" aria-live="polite">
          {verdict ? <Mark name={verdict.mark} tone={verdict.tone} label={verdict.short} /> : <Mark name="pending" tone="mute" />}
          <div>
            <h1>{verdict?.line ?? "Looking…"}</h1>
            <p>{verdict?.about ?? " "}</p>
          </div>
        </div>
        {may.edit && (
          <div className="acts">
            <Link to="/jobs/new" className="btn">
              New job
            </Link>
          </div>
        )}
      </div>
      <HoursPanel />
      <div className="cols">
        <div className="c8 stack">
          <Attention late={late} failing={failing} stuck={stuck} />
        </div>
        <div className="c4 stack">
          <RunsNext stats={stats} failing={failing.data ?? []} />
        </div>
      </div>
      <div className="cols fill">
        <LatenessPanel />
        <ThroughputPanel />
        <NodesPanel nodes={nodes} pending={pending.data} late={late} />
      </div>
    </Page>
  );
}

function isLate(execution: ExecutionDto, now: Date): boolean {
  const eligible = Date.parse(execution.eligibleAt ?? execution.dueAt ?? execution.createdAt);
  return now.getTime() - eligible > LATE_MS;
}

interface Facts {
  stats: DashboardStatsDto;
  failing: JobDto[];
  late: ExecutionDto[];
  stuck: ExecutionDto[];
  nodes: NodeDto[];
}

interface Verdict {
  mark: MarkName;
  tone: Tone;
  line: string;
  short: string;
  about: ReactNode;
}

function judge({ stats, failing, late, stuck, nodes }: Facts, now: Date): Verdict {
  const parts: string[] = [];
  const lateJobs = new Set(late.map((one) => one.jobId)).size;
  const gone = nodes.filter((node) => !node.isAlive).length;
  if (lateJobs > 0) parts.push(`${jobs(lateJobs)} ${lateJobs === 1 ? "is" : "are"} late`);
  if (failing.length > 0) parts.push(`${parts.length === 0 ? jobs(failing.length) : inWords(failing.length)} ${failing.length === 1 ? "keeps" : "keep"} failing`);
  if (stuck.length > 0) parts.push(`${inWords(stuck.length)} ${stuck.length === 1 ? "runs" : "run"} unusually long`);
  if (gone > 0) parts.push(`${counted(gone, "node")} ${gone === 1 ? "is" : "are"} missing`);
  const next = stats.upcomingExecutionDetails[0];
  const ended = `${stats.successRate} % of the executions that ended in the last 24 h succeeded.`;
  const paused = stats.pausedJobs > 0 ? `, ${number(stats.pausedJobs)} paused` : "";
  const count = `${counted(stats.enabledJobs, "job")} enabled${paused}. ${ended}`;
  if (stats.totalJobs === 0) {
    return { mark: "pending", tone: "mute", short: "No jobs yet", line: "Nothing to run yet.", about: "A job is what to run and when. Bring your crontab, or start with one." };
  }
  if (stats.enabledJobs === 0 && stats.pausedJobs > 0) {
    return { mark: "paused", tone: "mute", short: "Everything is paused", line: "Everything is paused.", about: `${counted(stats.pausedJobs, "job")} will not fire until resumed.` };
  }
  if (parts.length === 0) {
    return {
      mark: "ok",
      tone: "ok",
      short: "On time",
      line: "Everything is on time.",
      about: (
        <>
          {next && (
            <>
              Next: <Link to={`/jobs/${next.jobId}`} className="link">{next.jobName}</Link> {relative(new Date(next.nextRun), now)}.{" "}
            </>
          )}
          {count}
        </>
      ),
    };
  }
  const line = `${capital(joined(parts))}.`;
  const isFailing = failing.length > 0 || gone > 0;
  return { mark: lateJobs > 0 ? "late" : isFailing ? "failed" : "running", tone: lateJobs > 0 ? "late" : isFailing ? "fail" : "run", short: line.replace(/\.$/, ""), line, about: count };
}

function jobs(n: number): string {
  return `${inWords(n)} ${n === 1 ? "job" : "jobs"}`;
}

function joined(parts: string[]): string {
  return parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")}, ${parts.at(-1)}`;
}

function HoursPanel() {
  const [search, change] = useSearch();
  const range = RANGES.find(([key]) => key === search.get("hours"))?.[0] ?? "24";
  const timeline = useGetKept<TimelinePointDto[]>(`/api/v1/scheduler/executions/timeline?hours=${range}`, SLOW_REFRESH_MS);
  const due = useGetKept<{ timestamp: string; due: number }[]>("/api/v1/scheduler/forecast?hours=12", SLOW_REFRESH_MS);
  const now = useNow();
  const hours: DueHour[] = (due.data ?? []).map((one) => ({ at: Date.parse(one.timestamp), due: one.due }));
  return (
    <Panel
      title="The hours"
      about={<Legend />}
      end={<Choice label="Range" value={range} options={RANGES} onChange={(next) => change({ hours: next === "24" ? null : next })} />}
    >
      <Outcome asked={timeline} what="the hours">
        {(points) => (
          <Hours
            points={points}
            due={range === "24" ? hours : hours.slice(0, 6)}
            now={now}
            onPick={(from, to) => go(`/executions${query({ from: from.toISOString(), to: to.toISOString() })}`)}
          />
        )}
      </Outcome>
    </Panel>
  );
}

function Legend() {
  return (
    <span className="legend">
      <span>
        <svg viewBox="0 0 12 12" aria-hidden="true">
          <rect className="f-soft" y="2" width="12" height="10" />
          <rect className="f-ok" y="2" width="12" height="2" />
        </svg>
        Succeeded
      </span>
      <span>
        <svg viewBox="0 0 12 12" aria-hidden="true">
          <rect className="f-fail" y="2" width="12" height="10" />
        </svg>
        Failed, counted ✕
      </span>
      <span>
        <svg viewBox="0 0 12 12" aria-hidden="true">
          <rect className="due" x=".5" y="2.5" width="11" height="9" />
        </svg>
        Due
      </span>
    </span>
  );
}

const SHOWN_MAX = 5;

function Attention({ late, failing, stuck }: { late: ExecutionDto[]; failing: ReturnType<typeof useGet<JobDto[]>>; stuck: ExecutionDto[] }) {
  const lateByJob = [...new Map(late.map((one) => [one.jobId, one])).values()];
  const total = lateByJob.length + (failing.data?.length ?? 0) + stuck.length;
  return (
    <Panel title="Needs attention" end={total > 0 ? `${counted(total, "entry", "entries")}, worst first` : undefined}>
      <Outcome asked={failing} what="what needs attention">
        {(jobs) =>
          total === 0 ? (
            <Empty title="Nothing needs you">No job is late, none failed twice in a row, none runs unusually long.</Empty>
          ) : (
            <ul>
              {lateByJob.length > 0 && <Section title="Late now" about="due, not started" />}
              {lateByJob.slice(0, SHOWN_MAX).map((one) => (
                <LateItem key={one.id} execution={one} />
              ))}
              <Rest n={lateByJob.length} to="/executions?status=Pending" />
              {jobs.length > 0 && <Section title="Failing repeatedly" about="two or more in a row" />}
              {jobs.slice(0, SHOWN_MAX).map((job) => (
                <FailingItem key={job.id} job={job} />
              ))}
              <Rest n={jobs.length} to="/jobs?status=Failed" />
              {stuck.length > 0 && <Section title="Running long" about="ten minutes and more" />}
              {stuck.slice(0, SHOWN_MAX).map((one) => (
                <StuckItem key={one.id} execution={one} />
              ))}
              <Rest n={stuck.length} to="/executions?status=Running" />
            </ul>
          )
        }
      </Outcome>
    </Panel>
  );
}

function Section({ title, about }: { title: string; about: string }) {
  return (
    <li className="sect">
      <b>{title}</b> {about}
    </li>
  );
}

function Rest({ n, to }: { n: number; to: string }) {
  if (n <= SHOWN_MAX) return null;
  return (
    <li className="item">
      <span />
      <Link to={to} className="link">
        {number(n - SHOWN_MAX)} more
      </Link>
    </li>
  );
}

function LateItem({ execution }: { execution: ExecutionDto }) {
  const now = useNow();
  const actions = useActions();
  const since = Date.parse(execution.eligibleAt ?? execution.createdAt);
  return (
    <li className="item">
      <Mark name="late" tone="late" label="Late" />
      <div>
        <div className="line1">
          <Link className="strong" to={`/executions/${execution.id}`}>
            {execution.jobName ?? "A deleted job"}
          </Link>
          <span className="late">{duration(Math.floor((now.getTime() - since) / 1_000) * 1_000)} late</span>
        </div>
        <p className="why">{execution.waitReason ? waitText(execution.waitReason) : "Waits for a free worker."}</p>
      </div>
      <div className="side">
        <div className="right">
          due <Time at={execution.dueAt ?? execution.eligibleAt} precision="second" />
        </div>
        <div className="acts">{actions.cancelButton(execution)}</div>
      </div>
    </li>
  );
}

/** `WaitingForDependencies` as a sentence. */
export function waitText(reason: string): string {
  const known: Record<string, string> = {
    WaitingForDependencies: "Waits until the jobs that it depends on have succeeded.",
    WaitingForOverlap: "Waits until the execution before it has ended.",
    WaitingForConcurrency: "Waits for a slot: as many as allowed are running.",
    Parked: "Parked: it took several nodes down. Retry it when the cause is mended.",
  };
  return known[reason] ?? `Waits: ${reason.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()}.`;
}

function FailingItem({ job }: { job: JobDto }) {
  const actions = useActions();
  const last = useGet<ExecutionLogPage>(`${LOG}${query({ jobId: job.id, status: "Failed", pageSize: 1 })}`);
  const error = last.data?.items[0]?.errorMessage;
  return (
    <li className="item">
      <Mark name="failed" tone="fail" label="Failing" />
      <div>
        <div className="line1">
          <Link className="strong" to={`/jobs/${job.id}`}>
            {job.name}
          </Link>
          <span className="fail">{job.consecutiveFailures} in a row</span>
        </div>
        <p className="why">{error ?? "The last execution failed."}</p>
      </div>
      <div className="side">
        {job.lastExecutedAt && (
          <div className="right">
            last <Time at={job.lastExecutedAt} />
          </div>
        )}
        <div className="acts">
          {actions.runButton(job)}
          {actions.pauseButton(job)}
        </div>
      </div>
    </li>
  );
}

function StuckItem({ execution }: { execution: ExecutionDto }) {
  const now = useNow();
  const actions = useActions();
  const recent = useGet<ExecutionLogPage>(`${LOG}${query({ jobId: execution.jobId, status: "Succeeded", pageSize: 20 })}`);
  const longest = Math.max(0, ...(recent.data?.items ?? []).map((one) => one.durationMs ?? 0));
  const ran = now.getTime() - Date.parse(execution.startedAt);
  const about =
    longest === 0
      ? "It has not succeeded before, so nothing says how long it should take."
      : `The longest of its last ${counted(recent.data?.items.length ?? 0, "success", "successes")} took ${duration(longest)}${ran > STUCK_TIMES * longest ? ": this one is stuck, or has more to do." : "."}`;
  return (
    <li className="item">
      <Mark name="running" tone="run" label="Running" />
      <div>
        <div className="line1">
          <Link className="strong" to={`/executions/${execution.id}`}>
            {execution.jobName ?? "A deleted job"}
          </Link>
          <span className="run">running {duration(Math.floor(ran / 1_000) * 1_000)}</span>
        </div>
        <p className="why">{about}</p>
      </div>
      <div className="side">
        <div className="acts">{actions.cancelButton(execution)}</div>
      </div>
    </li>
  );
}

function RunsNext({ stats, failing }: { stats: ReturnType<typeof useGet<DashboardStatsDto>>; failing: JobDto[] }) {
  const zone = useZone();
  const now = useNow();
  const bad = new Set(failing.map((job) => job.id));
  return (
    <Panel title="Runs next" end={zoneName(zone)} footer={stats.data && <>{dueText(stats.data.upcomingExecutions)}</>}>
      <Outcome asked={stats} what="what runs next" rows={6}>
        {({ upcomingExecutionDetails: next }) =>
          next.length === 0 ? (
            <Empty title="Nothing is due">No enabled job has a next instant.</Empty>
          ) : (
            <table>
              <caption className="vh">What is due next</caption>
              <thead className="vh">
                <tr>
                  <th scope="col">Due</th>
                  <th scope="col">In</th>
                  <th scope="col">Job</th>
                  <th scope="col">State</th>
                </tr>
              </thead>
              <tbody>
                {next.map((one) => (
                  <tr key={one.jobId + one.nextRun}>
                    <td className="strong when">
                      <Time at={one.nextRun} precision="second" />
                    </td>
                    <td className="t3 sm in">{Date.parse(one.nextRun) <= now.getTime() ? "now" : relative(new Date(one.nextRun), now)}</td>
                    <td className="clip">
                      <Link to={`/jobs/${one.jobId}`}>{one.jobName}</Link>
                    </td>
                    <td className="num state">{bad.has(one.jobId) && <Mark name="failed" tone="fail" label="Failing" />}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Outcome>
    </Panel>
  );
}

function dueText(n: number): string {
  return n >= 100_000 ? "More than 100,000 due in the next 24 h" : `${number(n)} due in the next 24 h`;
}

function LatenessPanel() {
  const zone = useZone();
  const log = useGetKept<ExecutionLogPage>(`${LOG}${query({ origin: "Schedule", pageSize: 500 })}`, SLOW_REFRESH_MS);
  const data = useMemo(() => bucketed(log.data?.items ?? []), [log.data]);
  const lines = useMemo(
    () => [
      { label: "half", values: data.half, colour: "--run-fill" as const },
      { label: "99 in 100", values: data.most, colour: "--text-2" as const, isDashed: true },
    ],
    [data],
  );
  const last = data.most.at(-1);
  return (
    <Panel title="Lateness" about="due to started, last 500, log" className="c4" end={last === undefined ? undefined : `now ${duration(last)}`}>
      <Outcome asked={log} what="lateness">
        {() =>
          data.times.length < 2 ? (
            <Empty title="Nothing to draw yet">Two executions of schedules make a line.</Empty>
          ) : (
            <Series
              times={data.times}
              lines={lines}
              unit={duration}
              isLog
              zone={zone}
              summary={`Lateness of the last ${data.n} scheduled executions: half within ${duration(data.half.at(-1) ?? 0)}, 99 in 100 within ${duration(last ?? 0)}.`}
            />
          )
        }
      </Outcome>
    </Panel>
  );
}

function ThroughputPanel() {
  const zone = useZone();
  const timeline = useGetKept<TimelinePointDto[]>("/api/v1/scheduler/executions/timeline?hours=24", SLOW_REFRESH_MS);
  const points = timeline.data ?? [];
  const data = useMemo(() => {
    const times = points.map((point) => Date.parse(point.timestamp) / 1_000);
    return { times, lines: [{ label: "ended an hour", values: points.map((point) => point.succeeded + point.failed), colour: "--run-fill" as const, isFilled: true }] };
  }, [timeline.data]);
  const total = points.reduce((n, point) => n + point.succeeded + point.failed, 0);
  const peak = Math.max(0, ...points.map((point) => point.succeeded + point.failed));
  return (
    <Panel title="Throughput" about="ended per hour" className="c4" end={`${number(total)} in 24 h, peak ${number(peak)}`}>
      <Outcome asked={timeline} what="throughput">
        {() => <Series times={data.times} lines={data.lines} unit={(value) => number(Math.round(value))} zone={zone} summary={`Executions ended per hour in the last 24 hours: ${number(total)} in all, at most ${number(peak)}.`} />}
      </Outcome>
    </Panel>
  );
}

function NodesPanel({ nodes, pending, late }: { nodes: ReturnType<typeof useGet<NodeDto[]>>; pending: ExecutionLogPage | undefined; late: ExecutionDto[] }) {
  const now = useNow();
  const busy = (nodes.data ?? []).reduce((n, node) => n + (node.isAlive ? node.running : 0), 0);
  const room = (nodes.data ?? []).reduce((n, node) => n + (node.isAlive ? node.capacity : 0), 0);
  const oldest = Math.max(0, ...late.map((one) => now.getTime() - Date.parse(one.eligibleAt ?? one.createdAt)));
  return (
    <Panel
      title="Nodes and queue"
      className="c4"
      end={`${number(busy)} of ${counted(room, "worker")} busy`}
      footer={
        <>
          Queue: {number(pending?.totalCount ?? 0)} Pending{oldest > 0 && `, oldest late ${duration(oldest)}`}
          <Link className="link end" to="/executions?status=Pending">
            Show
          </Link>
        </>
      }
    >
      <Outcome asked={nodes} what="nodes">
        {(list) => (
          <table>
            <caption className="vh">Nodes</caption>
            <thead>
              <tr>
                <th scope="col">Node</th>
                <th scope="col">Workers</th>
                <th scope="col" className="num">
                  Busy
                </th>
                <th scope="col" className="num">
                  Beat
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map((node) => (
                <tr key={node.id}>
                  <td>
                    <Mark name={node.isAlive ? "ok" : "failed"} tone={node.isAlive ? "ok" : "fail"} label={node.isAlive ? "Alive" : "Gone"} small /> {node.name}
                  </td>
                  <td>
                    <Meter part={node.running} whole={node.capacity} />
                  </td>
                  <td className="num">
                    {node.running} / {node.capacity}
                  </td>
                  <td className="num t3">{duration(Math.max(0, now.getTime() - Date.parse(node.lastHeartbeatAt)))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Outcome>
    </Panel>
  );
}

export function Meter({ part, whole }: { part: number; whole: number }) {
  return (
    <svg className="meter" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect className="f-none" width="100" height="6" />
      <rect className="f-run" width={whole === 0 ? 0 : (100 * part) / whole} height="6" />
    </svg>
  );
}
