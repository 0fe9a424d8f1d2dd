// One job: its state, its rule in words, what became of every due instant, what comes next.
import { useMemo, useState } from "react";

import { useGet, useGetKept } from "../api/cache";
import { call, query } from "../api/http";
import type { ExecutionDto, JobDto, OccurrenceDto, OccurrencePage, PagedOfExecutionDto, PreviewDto } from "../api/types.gen";
import { useLetters } from "../app/keys";
import { go, Link, useSearch } from "../app/router";
import { useMay } from "../app/session";
import { Page } from "../app/shell";
import { useZone, VIEWER_ZONE, zoneName } from "../app/zone";
import { PauseOrResume, refreshScheduler, RunNow } from "../parts/actions";
import { quantile } from "../parts/buckets";
import { Calendar } from "../parts/calendar";
import { Confirm } from "../parts/dialog";
import { clock, counted, day, duration, fullInstant, lateness, number, relative, spaced } from "../parts/format";
import { previewOf } from "../parts/impact";
import { jobLook } from "../parts/job-look";
import { Badge, lookOf, Mark } from "../parts/mark";
import { Menu, type MenuEntry } from "../parts/menu";
import { usePost } from "../parts/posted";
import { Panel, TableBox } from "../parts/panel";
import { Series } from "../parts/series";
import { Empty, Failed, Loading, Outcome } from "../parts/states";
import { Relative, Time, useNow } from "../parts/time";
import { useSay } from "../parts/toast";

const JOBS = "/api/v1/scheduler/jobs";
const REFRESH_MS = 5_000;
const TABS = [["", "Overview"], ["executions", "Executions"], ["explain", "Explain"], ["definition", "Definition"]] as const;

export default function Job({ id, tab }: { id: string; tab: string }) {
  const job = useGet<JobDto>(`${JOBS}/${id}`, REFRESH_MS);
  const known = job.data;
  useLetters({ r: () => pressButton("r"), p: () => pressButton("p") });
  if (!known) {
    return (
      <Page title="Job" crumbs={[{ text: "Jobs", to: "/jobs" }, { text: "Job" }]}>
        <h1>Job</h1>
        {job.error ? <Failed error={job.error} retry={job.reload} /> : <Loading what="the job" rows={6} />}
      </Page>
    );
  }
  const look = jobLook(known);
  return (
    <Page title={`${look.word} · ${known.name}`} crumbs={[{ text: "Jobs", to: "/jobs" }, { text: known.name }]}>
      <Head job={known} />
      <nav className="tabs" aria-label="About this job">
        {TABS.map(([key, text]) => (
          <Link key={key} to={`/jobs/${id}${key && `/${key}`}`} aria-current={tab === key ? "page" : undefined}>
            {text}
          </Link>
        ))}
      </nav>
      {tab === "" && <Summary job={known} />}
      {tab === "executions" && <AllExecutions job={known} />}
      {tab === "explain" && <Explain job={known} />}
      {tab === "definition" && <Definition job={known} />}
    </Page>
  );
}

export function pressButton(key: string): void {
  document.querySelector<HTMLButtonElement>(`.head [data-key="${key}"]:not(:disabled)`)?.click();
}

function target(job: JobDto): string {
  const set = job.jobConfiguration;
  switch (job.jobType) {
    case "HttpCall":
      return `${set.method ?? "GET"} ${set.url ?? ""}`;
    case "StoredProcedure":
      return set.storedProcedureName ?? "";
    case "CodeExecution":
      return set.handlerType ?? "";
    case "FileOperation":
      return `${set.operation ?? ""} ${set.sourcePath ?? ""}`;
    default:
      return "";
  }
}

function Head({ job }: { job: JobDto }) {
  const look = jobLook(job);
  const may = useMay();
  const [asked, setAsked] = useState<"delete" | "disable" | "enable" | null>(null);
  const say = useSay();
  const entries: MenuEntry[] = may.edit
    ? [
        { text: "Copy…", act: () => go(`/jobs/new?from=${job.id}`) },
        job.isEnabled ? { text: "Disable…", act: () => setAsked("disable") } : { text: "Enable…", act: () => setAsked("enable") },
        { text: "Delete…", act: () => setAsked("delete"), isDangerous: true },
      ]
    : [];
  const change = async (isEnabled: boolean) => {
    await call("PUT", `${JOBS}/${job.id}`, { isEnabled });
    refreshScheduler();
    say(`${job.name} is ${isEnabled ? "enabled" : "disabled"}.`);
  };
  return (
    <div className="head">
      <div>
        <h1>
          {job.name} <Badge look={look} />
        </h1>
        <p className="meta">
          <span>{spaced(job.jobType)}</span>
          <span className="mono cut">{target(job)}</span>
          {job.tags.map((tag) => (
            <Link key={tag} to={`/jobs${query({ tag })}`} className="tag">
              {tag}
            </Link>
          ))}
          <span>
            changed <Time at={job.updatedAt} /> by {job.lastModifiedBy || job.createdBy}
          </span>
        </p>
      </div>
      <div className="acts">
        {may.operate && <RunNow job={job} className="btn primary" />}
        {may.operate && <PauseOrResume job={job} className="btn" />}
        {may.edit && (
          <Link to={`/jobs/${job.id}/edit`} className="btn">
            Edit
          </Link>
        )}
        <Menu label={`More about ${job.name}`} entries={entries} />
      </div>
      {asked === "delete" && (
        <Confirm
          title={`Delete ${job.name}?`}
          act="Delete the job"
          keep="Keep it"
          isDangerous
          onClose={() => setAsked(null)}
          onConfirm={async () => {
            await call("DELETE", `${JOBS}/${job.id}`);
            say(`${job.name} is deleted.`);
            go("/jobs");
            // Not before its page has gone: nobody asks for what is no more.
            setTimeout(refreshScheduler, 50);
          }}
        >
          It fires no more and leaves the lists. What runs goes on; its history stays readable in the log.
        </Confirm>
      )}
      {asked === "disable" && (
        <Confirm title={`Disable ${job.name}?`} act="Disable" onClose={() => setAsked(null)} onConfirm={() => change(false)}>
          It fires no more until it is enabled again. Unlike a pause this has no end and no reason; resuming everything leaves it disabled.
        </Confirm>
      )}
      {asked === "enable" && (
        <Confirm title={`Enable ${job.name}?`} act="Enable" onClose={() => setAsked(null)} onConfirm={() => change(true)}>
          It fires from its next due instant on.
        </Confirm>
      )}
    </div>
  );
}

function Summary({ job }: { job: JobDto }) {
  const executions = useGet<PagedOfExecutionDto>(`${JOBS}/${job.id}/executions?pageSize=100`, REFRESH_MS);
  const lastFailure = job.consecutiveFailures > 0 ? executions.data?.items.find((one) => one.status === "Failed") : undefined;
  return (
    <>
      {lastFailure && (
        <div className="note fail">
          <Mark name="failed" tone="fail" />
          <div>
            <b>{lastFailure.errorMessage ?? "The last execution failed."}</b> {job.consecutiveFailures > 1 ? `${job.consecutiveFailures} in a row. ` : ""}
            <Link to={`/executions/${lastFailure.id}`} className="link">
              The last one
            </Link>
          </div>
        </div>
      )}
      {job.isPaused && (
        <div className="note info">
          <Mark name="paused" tone="mute" />
          <div>
            <b>
              Paused
              {job.pausedUntil && (
                <>
                  {" "}
                  until <Time at={job.pausedUntil} zone={job.timezone} named />
                </>
              )}
              .
            </b>{" "}
            {job.pauseReason ?? "No reason was given."}
          </div>
        </div>
      )}
      <div className="cols">
        <div className="c8 stack">
          <RulePanel job={job} />
          <CalendarPanel job={job} />
          <Recent job={job} executions={executions} />
        </div>
        <div className="c4 stack">
          <NextDue job={job} />
          <DurationPanel executions={executions.data?.items ?? []} />
        </div>
      </div>
    </>
  );
}

const MISFIRE: Record<string, string> = { latest: "run the latest once", all: "run every one of them", skip: "skip it" };
const OVERLAP: Record<string, string> = { allow: "run beside it", skip: "skip", queue: "wait for it", cancelRunning: "cancel what runs" };

function RulePanel({ job }: { job: JobDto }) {
  const preview = usePost<PreviewDto>("/api/v1/scheduler/preview", previewOf(job, 1));
  const attempts = job.retryPolicy.maxAttempts + 1;
  return (
    <Panel title="Rule" end={job.scheduleExpression ? <span className="mono">{job.scheduleExpression}</span> : undefined}>
      <div className="body">
        <p className="rule">
          {preview.data ? capitalised(preview.data.description.replace(` (${job.timezone})`, "")) : "…"} in <b>{zoneName(job.timezone)}</b>
        </p>
        <p className="t2">
          If missed: {MISFIRE[job.misfirePolicy]}
          {job.maxLatenessSeconds !== null && `, at most ${duration(job.maxLatenessSeconds * 1_000)} late`}. If still running: {OVERLAP[job.overlapPolicy]}. Attempts: {attempts}
          {attempts > 1 && `, ${duration(job.retryPolicy.delaySeconds * 1_000)} apart`}, each at most {duration(job.timeoutSeconds * 1_000)}.
          {job.jitterSeconds > 0 && ` Starts are spread over ${duration(job.jitterSeconds * 1_000)}.`}
          {job.maxConcurrency !== null && ` At most ${job.maxConcurrency} at once.`}
        </p>
        {job.dependencies && job.dependencies.dependsOnJobIds.length > 0 && <Dependencies job={job} />}
      </div>
    </Panel>
  );
}

function Dependencies({ job }: { job: JobDto }) {
  const ids = job.dependencies?.dependsOnJobIds ?? [];
  return (
    <p className="t2">
      Waits for {ids.length > 1 && (job.dependencies?.condition === "AnySucceeded" ? "any of " : "all of ")}
      {ids.map((one, index) => (
        <span key={one}>
          {index > 0 && ", "}
          <JobName id={one} />
        </span>
      ))}{" "}
      to have succeeded.
    </p>
  );
}

export function JobName({ id }: { id: string }) {
  const job = useGet<JobDto>(`${JOBS}/${id}`);
  return (
    <Link to={`/jobs/${id}`} className="link">
      {job.data?.name ?? id.slice(0, 8)}
    </Link>
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const WEEKS = 26;

function CalendarPanel({ job }: { job: JobDto }) {
  const now = useNow();
  const zone = job.timezone;
  const from = useMemo(() => new Date(now.getTime() - WEEKS * 7 * 86_400_000).toISOString(), [Math.floor(now.getTime() / 60_000)]);
  const until = useMemo(() => now.toISOString(), [Math.floor(now.getTime() / 60_000)]);
  const created = Date.parse(job.createdAt);
  const isFrequent = job.scheduleType === "Interval" ? (job.intervalSeconds ?? 0) < 20 * 3_600 : isOften(job.scheduleExpression ?? "");
  const start = isFrequent ? new Date(now.getTime() - 7 * 86_400_000).toISOString() : from;
  const past = useGetKept<OccurrencePage>(`${JOBS}/${job.id}/occurrences${query({ from: new Date(Math.max(Date.parse(start), created - 1_000)).toISOString(), to: until, limit: 1_000 })}`);
  return (
    <Panel title="What became of every due instant" end={isFrequent ? `7 days, one square an hour, ${zoneName(zone)}` : `${WEEKS} weeks, one square a day, ${zoneName(zone)}`}>
      <Outcome asked={past} what="occurrences">
        {(page) => {
          const decided = page.items.filter((one) => one.decision !== null);
          return decided.length === 0 ? (
            <Empty title="Nothing was due yet">{job.nextRunAt ? <>The first instant is <Time at={job.nextRunAt} zone={zone} full named />.</> : "No instant is due."}</Empty>
          ) : (
            <>
              <Calendar occurrences={decided} zone={zone} now={now} isHourly={isFrequent} jobId={job.id} />
              {page.next && <p className="body t3 sm">The first 1,000 are shown; Explain finds any of the others.</p>}
            </>
          );
        }}
      </Outcome>
    </Panel>
  );
}

function isOften(expression: string): boolean {
  const fields = expression.trim().split(/\s+/);
  const hour = fields.length === 6 ? fields[2] : fields[1];
  if (expression.startsWith("@")) return expression === "@hourly";
  return hour === undefined || /[*,/-]/.test(hour);
}

function Recent({ job, executions }: { job: JobDto; executions: ReturnType<typeof useGet<PagedOfExecutionDto>> }) {
  return (
    <Panel
      title="Executions"
      end={
        <Link to={`/jobs/${job.id}/executions`} className="link">
          All {executions.data ? number(executions.data.totalCount) : ""}
        </Link>
      }
    >
      <Outcome asked={executions} what="executions" rows={5}>
        {(page) => (page.items.length === 0 ? <Empty title="It has not run yet">Run it now, or wait until it is due.</Empty> : <ExecutionTable executions={page.items.slice(0, 10)} zone={job.timezone} />)}
      </Outcome>
    </Panel>
  );
}

export function ExecutionTable({ executions, zone, hasJob = false }: { executions: ExecutionDto[]; zone?: string; hasJob?: boolean }) {
  const usual = useZone(zone);
  return (
    <TableBox label="Executions">
      <table className="cards">
        <caption className="vh">Executions, newest first</caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="vh">State</span>
            </th>
            {hasJob && <th scope="col">Job</th>}
            <th scope="col">Started, {zoneName(usual)}</th>
            <th scope="col" className="num">
              Lateness
            </th>
            <th scope="col" className="num">
              Took
            </th>
            <th scope="col" className="num">
              Attempts
            </th>
            <th scope="col">Result</th>
            <th scope="col" className="xl">
              Origin
            </th>
          </tr>
        </thead>
        <tbody>
          {executions.map((one) => (
            <ExecutionRow key={one.id} execution={one} {...(zone ? { zone } : {})} hasJob={hasJob} />
          ))}
        </tbody>
      </table>
    </TableBox>
  );
}

function ExecutionRow({ execution, zone, hasJob }: { execution: ExecutionDto; zone?: string; hasJob: boolean }) {
  const look = lookOf(execution.status);
  const late = execution.dueAt && execution.status !== "Pending" ? Date.parse(execution.startedAt) - Date.parse(execution.dueAt) : null;
  const to = `/executions/${execution.id}`;
  const when = (
    <Link to={to} className={hasJob ? "" : "strong"}>
      <Time at={execution.startedAt} {...(zone ? { zone } : {})} precision="milli" />
    </Link>
  );
  return (
    <tr
      className="open"
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest("a") && !window.getSelection()?.toString()) go(to);
      }}
    >
      <td>
        <Mark name={look.mark} tone={look.tone} label={look.word} />
      </td>
      {hasJob && (
        <td className="name">
          <Link to={`/jobs/${execution.jobId}`} className="strong">
            {execution.jobName ?? "deleted"}
          </Link>
        </td>
      )}
      <td className={hasJob ? "row2" : ""}>{when}</td>
      <td className={`num hide ${late !== null && late > 1_000 ? "late" : "t3"}`}>{late === null ? "–" : lateness(late)}</td>
      <td className="num">{execution.durationMs === null ? <span className="t3">–</span> : duration(execution.durationMs)}</td>
      <td className="num t2 hide">{execution.attempt}</td>
      <td className="t2 result row2">{resultOf(execution)}</td>
      <td className="xl t2">{execution.origin}</td>
    </tr>
  );
}

export function resultOf(execution: ExecutionDto): string {
  if (execution.errorMessage) return execution.errorMessage;
  if (execution.waitReason) return spaced(execution.waitReason);
  return execution.status === "Succeeded" ? "" : lookOf(execution.status).word;
}

function NextDue({ job }: { job: JobDto }) {
  const now = useNow();
  const due = useGet<OccurrencePage>(`${JOBS}/${job.id}/occurrences?limit=10`, 30_000);
  const second = job.timezone === VIEWER_ZONE ? "UTC" : VIEWER_ZONE;
  return (
    <Panel title="Next ten due" end={`${zoneName(job.timezone)}, then ${zoneName(second)}`}>
      <Outcome asked={due} what="due instants" rows={5}>
        {(page) => {
          const coming = page.items.filter((one) => one.decision === null);
          if (coming.length === 0) return <Empty title="Nothing is due">{job.status === "Completed" ? "It has run, and is not due again." : "Its rule has no further instant."}</Empty>;
          return (
            <table>
              <caption className="vh">Next due instants</caption>
              <thead className="vh">
                <tr>
                  <th scope="col">Day</th>
                  <th scope="col">{job.timezone}</th>
                  <th scope="col">{second}</th>
                  <th scope="col">In</th>
                </tr>
              </thead>
              <tbody>
                {coming.map((one) => {
                  const at = new Date(one.dueAt);
                  return (
                    <tr key={one.dueAt} className={one.reason ? "t3" : ""}>
                      <td className={one.reason ? "" : "strong"}>{day(at, job.timezone, now)}</td>
                      <td>{clock(at, job.timezone, at.getSeconds() === 0 ? "minute" : "second")}</td>
                      <td className="t3">{clock(at, second, at.getSeconds() === 0 ? "minute" : "second")}</td>
                      <td className="num t3 sm">{one.reason ?? relative(at, now)}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          );
        }}
      </Outcome>
    </Panel>
  );
}

function DurationPanel({ executions }: { executions: ExecutionDto[] }) {
  const zone = useZone();
  const data = useMemo(() => {
    const ended = executions.filter((one) => one.durationMs !== null && (one.status === "Succeeded" || one.status === "Failed"));
    const points: ExecutionDto[] = [];
    for (const one of [...ended].reverse()) {
      if (points.length === 0 || Date.parse(one.startedAt) > Date.parse(points.at(-1)?.startedAt ?? "")) points.push(one);
    }
    return {
      times: points.map((one) => Date.parse(one.startedAt) / 1_000),
      lines: [
        { label: "succeeded in", values: points.map((one) => (one.status === "Succeeded" ? one.durationMs : null)), colour: "--ok-fill" as const, isDots: true },
        { label: "failed after", values: points.map((one) => (one.status === "Failed" ? one.durationMs : null)), colour: "--fail-fill" as const, isDots: true },
      ],
      good: points.filter((one) => one.status === "Succeeded").map((one) => one.durationMs ?? 0),
    };
  }, [executions]);
  if (data.times.length < 2) return null;
  const about = data.good.length === 0 ? "none succeeded" : `half ${duration(quantile(data.good, 0.5))}, 95 in 100 ${duration(quantile(data.good, 0.95))}`;
  return (
    <Panel title="Duration" end={about}>
      <Series times={data.times} lines={data.lines} unit={duration} zone={zone} height={140} least={10} summary={`Duration of the last ${data.times.length} executions: ${about}.`} />
    </Panel>
  );
}

function AllExecutions({ job }: { job: JobDto }) {
  const [search, change] = useSearch();
  const status = search.get("status");
  const page = Math.max(1, Number(search.get("page") ?? "1") || 1);
  const list = useGetKept<PagedOfExecutionDto>(`${JOBS}/${job.id}/executions${query({ status, pageNumber: page, pageSize: 100 })}`, REFRESH_MS);
  return (
    <>
      <div className="chips" role="group" aria-label="State">
        {["", "Pending", "Running", "Succeeded", "Failed", "Cancelled"].map((word) => (
          <button key={word} type="button" className="chip" aria-pressed={(status ?? "") === word} onClick={() => change({ status: word || null, page: null })}>
            {word || "All"}
          </button>
        ))}
      </div>
      <section className="panel" aria-label="Executions">
        <Outcome asked={list} what="executions" rows={8}>
          {(data) =>
            data.items.length === 0 ? (
              <Empty title={status ? `No execution is ${status.toLowerCase()}` : "It has not run yet"}>{status ? "Choose another state." : "Run it now, or wait until it is due."}</Empty>
            ) : (
              <>
                <ExecutionTable executions={data.items} zone={job.timezone} />
                <footer>
                  {counted(data.totalCount, "execution")}, page {data.pageNumber} of {data.totalPages}
                  <span className="end pair">
                    <button type="button" className="btn small" disabled={page <= 1} onClick={() => change({ page: String(page - 1) })}>
                      Newer
                    </button>
                    <button type="button" className="btn small" disabled={page >= data.totalPages} onClick={() => change({ page: String(page + 1) })}>
                      Older
                    </button>
                  </span>
                </footer>
              </>
            )
          }
        </Outcome>
      </section>
    </>
  );
}

/** Why did it run, or not run, at that instant? */
function Explain({ job }: { job: JobDto }) {
  const [search, change] = useSearch();
  const now = useNow();
  const at = search.get("at");
  const decision = search.get("decision");
  const from = at ? new Date(Date.parse(at) - 1).toISOString() : job.createdAt;
  const list = useGetKept<OccurrencePage>(`${JOBS}/${job.id}/occurrences${query({ from, to: at ? new Date(Date.parse(at) + 1).toISOString() : now.toISOString().slice(0, 16) + ":00Z", decision, limit: 1_000 })}`);
  return (
    <>
      <div className="chips" role="group" aria-label="Decision">
        {["", "Fired", "FiredLate", "Skipped", "Coalesced", "Missed"].map((word) => (
          <button key={word} type="button" className="chip" aria-pressed={(decision ?? "") === word} onClick={() => change({ decision: word || null })}>
            {word ? lookOf(word).word : "All"}
          </button>
        ))}
        {at && (
          <button type="button" className="chip" aria-pressed="true" onClick={() => change({ at: null })}>
            {fullInstant(new Date(at), job.timezone, now)} <span aria-hidden="true">✕</span>
            <span className="vh">show all instants</span>
          </button>
        )}
      </div>
      <Panel title="Every due instant and what was done about it" end={zoneName(job.timezone)}>
        <Outcome asked={list} what="occurrences" rows={6}>
          {(page) => {
            const rows = [...page.items].filter((one) => one.decision !== null || at).reverse();
            if (rows.length === 0) return <Empty title="No instant matches">{at ? "The job was not due then." : "Nothing was due yet, or not so decided."}</Empty>;
            return (
              <TableBox label="Occurrences">
                <table>
                  <caption className="vh">Occurrences, newest first</caption>
                  <thead>
                    <tr>
                      <th scope="col">Due</th>
                      <th scope="col">Decision</th>
                      <th scope="col">Why</th>
                      <th scope="col">
                        <span className="vh">Execution</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((one) => (
                      <ExplainRow key={one.dueAt} occurrence={one} zone={job.timezone} />
                    ))}
                  </tbody>
                </table>
              </TableBox>
            );
          }}
        </Outcome>
      </Panel>
    </>
  );
}

function ExplainRow({ occurrence, zone }: { occurrence: OccurrenceDto; zone: string }) {
  const look = lookOf(occurrence.decision ?? "Pending");
  return (
    <tr>
      <td className="strong">
        <Time at={occurrence.dueAt} zone={zone} full />
        {occurrence.dueUntil && (
          <span className="t3">
            {" "}
            to <Time at={occurrence.dueUntil} zone={zone} full />, {counted(occurrence.count, "instant")}
          </span>
        )}
      </td>
      <td>
        <span className={`st ${look.tone}`}>
          <Mark name={look.mark} tone={look.tone} />
          {look.word}
        </span>
      </td>
      <td className="t2 wrap">
        {why(occurrence)}
        {occurrence.coalescedInto && (
          <>
            {" "}
            into <Time at={occurrence.coalescedInto} zone={zone} full />
          </>
        )}
      </td>
      <td className="num">
        {occurrence.executionId && (
          <Link to={`/executions/${occurrence.executionId}`} className="link">
            Execution
          </Link>
        )}
      </td>
    </tr>
  );
}

/** The reason as a sentence. */
export function why(occurrence: OccurrenceDto): string {
  if (occurrence.reason) return `${capitalised(occurrence.reason)}.`;
  switch (occurrence.decision) {
    case "Fired":
      return "It was due, nothing stood against it.";
    case "FiredLate":
      return "Its instant had passed unseen; the misfire policy ran it late.";
    case "Coalesced":
      return "Several instants had passed unseen; one execution stands for them.";
    default:
      return "";
  }
}

function Definition({ job }: { job: JobDto }) {
  const text = JSON.stringify(job, null, 2);
  return (
    <div className="cols">
      <div className="c8 stack">
        <Panel title="Definition" about="as the API gives it, secrets masked">
          <div className="body">
            <pre className="block" tabIndex={0}>
              {text}
            </pre>
          </div>
        </Panel>
      </div>
      <div className="c4 stack">
        <Panel title="Who and when">
          <dl className="kv body">
            <dt>Id</dt>
            <dd className="mono">{job.id}</dd>
            <dt>Made</dt>
            <dd>
              <Time at={job.createdAt} full named /> by {job.createdBy}
            </dd>
            <dt>Changed</dt>
            <dd>
              <Time at={job.updatedAt} full named /> by {job.lastModifiedBy || job.createdBy}, <Relative at={job.updatedAt} />
            </dd>
          </dl>
        </Panel>
      </div>
    </div>
  );
}
