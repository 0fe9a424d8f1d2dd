// One execution: what happened, why it took as long, what it wrote.
import { useGet } from "../api/cache";
import { query } from "../api/http";
import type { ExecutionLogPage } from "../api/log";
import type { ExecutionDto, JobDto, NodeDto } from "../api/types.gen";
import { useLetters } from "../app/keys";
import { go, Link } from "../app/router";
import { useMay } from "../app/session";
import { Page } from "../app/shell";
import { useZone, zoneName } from "../app/zone";
import { Cancel, Retry } from "../parts/actions";
import { capital, duration, instant, lateness } from "../parts/format";
import { Lanes } from "../parts/lanes";
import { Badge, lookOf, Mark, type MarkName, type Tone } from "../parts/mark";
import { Output } from "../parts/output";
import { Panel } from "../parts/panel";
import { Failed, Loading } from "../parts/states";
import { Time, useNow } from "../parts/time";
import { pressButton } from "./job";
import { waitText } from "./overview";

const EXECUTIONS = "/api/v1/scheduler/executions";
const LIVE_MS = 1_000;

export default function Execution({ id }: { id: string }) {
  const path = `${EXECUTIONS}/${id}`;
  const first = useGet<ExecutionDto>(path);
  const isOver = first.data !== undefined && first.data.endedAt !== null;
  // While it runs its output grows: asked every second, and no more once it has ended.
  const asked = useGet<ExecutionDto>(path, isOver ? undefined : LIVE_MS);
  const execution = asked.data;
  const job = useGet<JobDto>(execution ? `/api/v1/scheduler/jobs/${execution.jobId}` : null);
  const zone = useZone(job.data?.timezone);
  const now = useNow();
  const may = useMay();
  const around = useGet<ExecutionLogPage>(execution ? `${EXECUTIONS}${query({ jobId: execution.jobId, pageSize: 50 })}` : null);
  const step = (by: number) => {
    const ids = around.data?.items.map((one) => one.id) ?? [];
    const next = ids[ids.indexOf(id) + by];
    if (ids.includes(id) && next) go(`/executions/${next}`);
  };
  useLetters({ c: () => pressButton("c"), "[": () => step(1), "]": () => step(-1) });
  if (!execution) {
    return (
      <Page title="Execution" crumbs={[{ text: "Executions", to: "/executions" }, { text: "Execution" }]}>
        <h1>Execution</h1>
        {asked.error ? <Failed error={asked.error} retry={asked.reload} /> : <Loading what="the execution" rows={6} />}
      </Page>
    );
  }
  const look = lookOf(execution.status);
  const name = execution.jobName ?? "A deleted job";
  const due = execution.dueAt ?? execution.createdAt;
  const late = execution.dueAt && execution.status !== "Pending" ? Date.parse(execution.startedAt) - Date.parse(execution.dueAt) : null;
  const badge = execution.status === "Running" ? `Running, attempt ${execution.attempt}` : look.word;
  return (
    <Page title={`${look.word} · ${name}`} crumbs={[{ text: "Jobs", to: "/jobs" }, { text: name, to: `/jobs/${execution.jobId}` }, { text: instant(new Date(due), zone, now) }]}>
      <div className="head">
        <div>
          <h1>
            {name} <Badge look={look} text={badge} />
          </h1>
          <p className="meta">
            <span>
              {execution.dueAt ? "due" : "queued"} <Time at={due} zone={job.data?.timezone ?? "UTC"} precision="milli" full named />
            </span>
            {late !== null && (
              <span className={late > 1_000 ? "late" : "ok"}>
                <Mark name={late > 1_000 ? "late" : "ok"} tone={late > 1_000 ? "late" : "ok"} /> started {late > 1_000 ? `${duration(late)} late` : `on time, ${lateness(late)}`}
              </span>
            )}
            <span>{originText(execution)}</span>
            <span className="mono">{execution.id}</span>
          </p>
        </div>
        <div className="acts">
          {may.operate && <Cancel execution={execution} />}
          {may.operate && <Retry execution={execution} />}
          {job.data && (
            <Link to={`/jobs/${execution.jobId}`} className="btn">
              Open job
            </Link>
          )}
        </div>
      </div>
      {execution.errorMessage && (
        <div className="note fail">
          <Mark name="failed" tone="fail" />
          <div>
            <b>{execution.errorMessage}</b>
          </div>
        </div>
      )}
      <Panel title="What happened" end={spentText(execution, now)}>
        <Lanes execution={execution} zone={zone} now={now} />
        <Phases execution={execution} zone={job.data?.timezone} />
      </Panel>
      <div className="cols">
        <div className="c8 stack">
          <Output text={execution.output} nBytes={execution.outputBytes} isCut={execution.outputTruncated} isRunning={execution.endedAt === null} fileName={`execution-${execution.id}.txt`} />
        </div>
        <div className="c4 stack">
          {job.data?.jobType === "HttpCall" && <Request job={job.data} execution={execution} />}
          <Belongs execution={execution} job={job.data} />
        </div>
      </div>
    </Page>
  );
}

function originText(execution: ExecutionDto): string {
  const words: Record<string, string> = { Schedule: "from its schedule", Manual: "started by a person", Retry: "retry of another execution", Workflow: "from a workflow" };
  return words[execution.origin] ?? execution.origin;
}

function spentText(execution: ExecutionDto, now: Date): string {
  const from = Date.parse(execution.dueAt ?? execution.createdAt);
  const to = execution.endedAt ? Date.parse(execution.endedAt) : now.getTime();
  const ran = (execution.attempts ?? []).reduce((n, attempt) => n + (attempt.endedAt ? Date.parse(attempt.endedAt) : now.getTime()) - Date.parse(attempt.startedAt), 0);
  return `${duration(Math.max(0, to - from))} since due, of which ${duration(Math.max(0, ran))} running`;
}

interface Phase {
  mark: MarkName;
  tone: Tone;
  name: string;
  at: string | null;
  long: string;
  isLate?: boolean;
  held: string;
}

/** Pure: what happened, in order, with what held it at each wait. */
export function phasesOf(execution: ExecutionDto, nodes: Record<string, string> = {}): Phase[] {
  const origin = execution.dueAt ?? execution.createdAt;
  const ms = (from: string, to: string) => Date.parse(to) - Date.parse(from);
  const phases: Phase[] = [
    execution.dueAt
      ? { mark: "ok", tone: "ok", name: "Due", at: execution.dueAt, long: "", held: "The instant of its schedule." }
      : { mark: "ok", tone: "ok", name: "Queued", at: execution.createdAt, long: "", held: capital(originText(execution)) + "." },
  ];
  const attempts = execution.attempts ?? [];
  const first = attempts[0];
  const eligible = attempts.length > 1 || !execution.eligibleAt ? null : execution.eligibleAt;
  if (eligible && ms(origin, eligible) > 0) {
    const wait = ms(origin, eligible);
    phases.push({ mark: "ok", tone: "ok", name: "Eligible", at: eligible, long: lateness(wait), held: wait > 1_000 ? "Held back by jitter, or by a policy of the job." : "Nothing stood against it." });
  }
  if (first) {
    const wait = ms(origin, first.startedAt);
    const isLate = wait > 1_000;
    phases.push({ mark: isLate ? "late" : "ok", tone: isLate ? "late" : "ok", name: "Started", at: first.startedAt, long: lateness(wait), isLate, held: first.nodeId ? `On node ${nodes[first.nodeId] ?? first.nodeId}.` : "" });
  }
  attempts.forEach((attempt, index) => {
    const isRunning = attempt.endedAt === null;
    const isGood = attempt.outcome === "Succeeded";
    const next = attempts[index + 1];
    const again = next && attempt.endedAt ? `. Next try after ${duration(ms(attempt.endedAt, next.startedAt))}.` : "";
    phases.push({
      mark: isRunning ? "running" : isGood ? "ok" : attempt.outcome === "Cancelled" ? "cancelled" : "failed",
      tone: isRunning ? "run" : isGood ? "ok" : attempt.outcome === "Cancelled" ? "mute" : "fail",
      name: `Attempt ${attempt.number}`,
      at: attempt.startedAt,
      long: attempt.endedAt ? duration(ms(attempt.startedAt, attempt.endedAt)) : "",
      held: isRunning ? "Running." : `${attempt.error ?? (isGood ? "Succeeded." : (attempt.outcome ?? ""))}${again}`,
    });
  });
  if (execution.endedAt) {
    const look = lookOf(execution.status);
    phases.push({ mark: look.mark, tone: look.tone, name: "Ended", at: execution.endedAt, long: "", held: `${look.word}.` });
  } else if (execution.status === "Pending") {
    phases.push({ mark: "pending", tone: "mute", name: attempts.length === 0 ? "Starts" : "Next try", at: execution.eligibleAt, long: "", held: execution.waitReason ? waitText(execution.waitReason) : "" });
  }
  return phases;
}

function Phases({ execution, zone }: { execution: ExecutionDto; zone: string | undefined }) {
  const list = useGet<NodeDto[]>("/api/v1/scheduler/nodes");
  const nodes = Object.fromEntries((list.data ?? []).map((node) => [node.id, node.name]));
  return (
    <ol aria-label="What happened, in order">
      {phasesOf(execution, nodes).map((phase, index) => (
        <li className="phase" key={index}>
          <Mark name={phase.mark} tone={phase.tone} />
          <b>{phase.name}</b>
          <span className="at">
            <Time at={phase.at} {...(zone ? { zone } : {})} precision="milli" />
          </span>
          <span className={`num ${phase.isLate ? "late" : "t3"}`}>{phase.long}</span>
          <span className="t2 held">{phase.held}</span>
        </li>
      ))}
    </ol>
  );
}

function Request({ job, execution }: { job: JobDto; execution: ExecutionDto }) {
  const set = job.jobConfiguration;
  const status = /HTTP (\d{3})/.exec(execution.errorMessage ?? execution.output ?? "")?.[1];
  return (
    <Panel title="Request" about="as the job is defined now">
      <dl className="kv body">
        <dt>Method</dt>
        <dd className="mono">{set.method ?? "GET"}</dd>
        <dt>URL</dt>
        <dd className="mono">{set.url}</dd>
        {Object.entries(set.headers ?? {}).map(([name, value]) => (
          <Pair key={name} name={name} value={value} />
        ))}
        {set.body && (
          <>
            <dt>Body</dt>
            <dd className="mono">{set.body}</dd>
          </>
        )}
        {status && (
          <>
            <dt>Response</dt>
            <dd>
              <b className={status.startsWith("2") ? "ok" : "fail"}>{status}</b>
            </dd>
          </>
        )}
      </dl>
    </Panel>
  );
}

function Pair({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="mono">{String(value)}</dd>
    </>
  );
}

function Belongs({ execution, job }: { execution: ExecutionDto; job: JobDto | undefined }) {
  return (
    <Panel title="Belongs to">
      <dl className="kv body">
        <dt>Job</dt>
        <dd>
          {job ? (
            <Link to={`/jobs/${job.id}`} className="link">
              {job.name}
            </Link>
          ) : (
            (execution.jobName ?? "deleted")
          )}
        </dd>
        {execution.dueAt && (
          <>
            <dt>Decision</dt>
            <dd>
              <Link to={`/jobs/${execution.jobId}/explain?at=${encodeURIComponent(execution.dueAt)}`} className="link">
                Why it ran
              </Link>
            </dd>
          </>
        )}
        <dt>Retry of</dt>
        <dd>
          {execution.retryParentId ? (
            <Link to={`/executions/${execution.retryParentId}`} className="link">
              {execution.retryParentId.slice(0, 8)}
            </Link>
          ) : (
            <span className="t2">none</span>
          )}
        </dd>
        <dt>Node</dt>
        <dd className="mono">{execution.nodeId ?? "–"}</dd>
        <dt>Zone</dt>
        <dd>{zoneName(job?.timezone ?? "UTC")}</dd>
      </dl>
    </Panel>
  );
}
