// The jobs: found, filtered, and acted on, one or many.
import { type KeyboardEvent, type MouseEvent, useEffect, useMemo, useRef, useState } from "react";

import { useGet, useGetKept } from "../api/cache";
import { call, post, query } from "../api/http";
import type { DashboardStatsDto, JobDto, PagedOfJobDto } from "../api/types.gen";
import { allThatMatch, workOn } from "../app/background";
import { useLetters } from "../app/keys";
import { go, Link, useSearch } from "../app/router";
import { useMay } from "../app/session";
import { Page } from "../app/shell";
import { zoneName } from "../app/zone";
import { Confirm } from "../parts/dialog";
import { Field } from "../parts/field";
import { counted, duration, number, spaced } from "../parts/format";
import { Icon } from "../parts/icon";
import { jobLook } from "../parts/job-look";
import { Mark } from "../parts/mark";
import { Marks20, type Outcome as Ended } from "../parts/marks20";
import { TableBox } from "../parts/panel";
import { ruleWords } from "../parts/rule";
import { Empty, Outcome } from "../parts/states";
import { Relative, Time } from "../parts/time";

const PAGE_SIZE = 100;
const REFRESH_MS = 10_000;
const SEARCH_MS = 250;
const STATES = [["", "All"], ["Enabled", "Enabled"], ["Failed", "Failing"], ["Paused", "Paused"], ["Disabled", "Disabled"], ["Completed", "Completed"]] as const;
const TYPES = ["HttpCall", "StoredProcedure", "CodeExecution", "FileOperation"] as const;
const SORTS = [["nextRunAt asc", "Next due first"], ["name asc", "By name"], ["createdAt desc", "Newest first"], ["updatedAt desc", "Last changed first"]] as const;

export default function Jobs() {
  const [search] = useSearch();
  const may = useMay();
  const filter = useMemo(() => readFilter(search), [search.toString()]);
  const [nPages, setNPages] = useState(1);
  useEffect(() => setNPages(1), [search.toString()]);
  const list = useGetKept<PagedOfJobDto>(`/api/v1/scheduler/jobs${query({ ...filter, pageSize: Math.min(500, PAGE_SIZE * nPages) })}`, REFRESH_MS);
  return (
    <Page title={filter.search ? `“${filter.search}” · Jobs` : "Jobs"} crumbs={[{ text: "Jobs" }]}>
      <div className="head">
        <div>
          <h1>Jobs</h1>
        </div>
        <div className="acts">
          {may.administer && (
            <Link to="/admin/transfer" className="btn">
              Import
            </Link>
          )}
          {may.edit && (
            <Link to="/jobs/new" className="btn primary">
              New job
            </Link>
          )}
        </div>
      </div>
      <Filters total={list.data?.totalCount} />
      <section className="panel" aria-label="Jobs">
        <Outcome asked={list} what="jobs" rows={8}>
          {(page) => (page.totalCount === 0 ? <NoJobs filter={filter} /> : <JobTable page={page} filter={filter} onMore={() => setNPages(nPages + 1)} isKept={list.isKept} />)}
        </Outcome>
      </section>
    </Page>
  );
}

type Filter = Record<"search" | "status" | "jobType" | "tag" | "sortBy" | "sortDirection", string | null>;

function readFilter(search: URLSearchParams): Filter {
  const [sortBy = "nextRunAt", sortDirection = "asc"] = (search.get("sort") ?? "nextRunAt asc").split(" ");
  return { search: search.get("q"), status: search.get("status"), jobType: search.get("type"), tag: search.get("tag"), sortBy, sortDirection };
}

function Filters({ total }: { total: number | undefined }) {
  const [search, change] = useSearch();
  const stats = useGet<DashboardStatsDto>("/api/v1/scheduler/dashboard/stats");
  const [text, setText] = useState(search.get("q") ?? "");
  const sent = useRef(text);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      change({ q: text.trim() || null });
    }, SEARCH_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    const now = search.get("q") ?? "";
    if (now !== sent.current.trim()) {
      sent.current = now;
      setText(now);
    }
  }, [search.toString()]);
  const counts: Record<string, number | undefined> = { "": stats.data?.totalJobs, Enabled: stats.data?.enabledJobs, Failed: stats.data?.failedJobs, Paused: stats.data?.pausedJobs };
  const status = search.get("status") ?? "";
  return (
    <div className="chips" role="search" aria-label="Filter jobs">
      <label className="find">
        <Icon name="find" />
        <span className="vh">Filter by name or description</span>
        <input data-filter value={text} placeholder="Name or description" onChange={(event) => setText(event.target.value)} onKeyDown={(event) => event.key === "Escape" && setText("")} maxLength={200} />
        <kbd>/</kbd>
      </label>
      {STATES.map(([key, word]) => (
        <button key={key} type="button" className="chip" aria-pressed={status === key} onClick={() => change({ status: key || null })}>
          {word}
          {counts[key] !== undefined && <b>{number(counts[key])}</b>}
        </button>
      ))}
      <select className="chip" aria-label="Type" value={search.get("type") ?? ""} onChange={(event) => change({ type: event.target.value || null })}>
        <option value="">Any type</option>
        {TYPES.map((type) => (
          <option key={type} value={type}>
            {spaced(type)}
          </option>
        ))}
      </select>
      {search.get("tag") && (
        <button type="button" className="chip" aria-pressed="true" onClick={() => change({ tag: null })}>
          tag {search.get("tag")} <span aria-hidden="true">✕</span>
          <span className="vh">remove</span>
        </button>
      )}
      <select className="chip" aria-label="Order" value={search.get("sort") ?? "nextRunAt asc"} onChange={(event) => change({ sort: event.target.value === "nextRunAt asc" ? null : event.target.value })}>
        {SORTS.map(([key, word]) => (
          <option key={key} value={key}>
            {word}
          </option>
        ))}
      </select>
      <span className="t3 sm" role="status">
        {total === undefined ? "" : `${counted(total, "job")} ${total === 1 ? "matches" : "match"}`}
      </span>
    </div>
  );
}

function NoJobs({ filter }: { filter: Filter }) {
  const [, change] = useSearch();
  const may = useMay();
  const used = [filter.status && `status “${STATES.find(([key]) => key === filter.status)?.[1] ?? filter.status}”`, filter.tag && `tag “${filter.tag}”`, filter.jobType && `type “${spaced(filter.jobType)}”`, filter.search && `text “${filter.search}”`].filter(Boolean);
  if (used.length === 0) {
    return (
      <Empty
        title="No jobs yet"
        actions={
          <>
            {may.edit && (
              <Link to="/jobs/new" className="btn primary">
                New job
              </Link>
            )}
            {may.administer && (
              <Link to="/admin/transfer" className="btn">
                Import
              </Link>
            )}
          </>
        }
      >
        A job is what to run and when. Bring your crontab, or start with one.
      </Empty>
    );
  }
  return (
    <Empty
      title={`No job has the ${used.join(" and the ")}`}
      actions={
        <button type="button" className="btn" onClick={() => change({ q: null, status: null, tag: null, type: null })}>
          Clear all filters
        </button>
      }
    >
      Fewer filters find more.
    </Empty>
  );
}

interface TableProps {
  page: PagedOfJobDto;
  filter: Filter;
  onMore: () => void;
  isKept: boolean;
}

function JobTable({ page, filter, onMore, isKept }: TableProps) {
  const may = useMay();
  const jobs = page.items;
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isAll, setIsAll] = useState(false);
  const [cursor, setCursor] = useState(-1);
  const last = useRef(-1);
  const body = useRef<HTMLTableSectionElement>(null);
  const outcomes = useOutcomes(jobs);
  const filterKey = JSON.stringify(filter);
  useEffect(() => {
    setChosen(new Set());
    setIsAll(false);
    setCursor(-1);
  }, [filterKey]);

  const toggle = (index: number, isRange: boolean) => {
    const next = new Set(chosen);
    const job = jobs[index];
    if (!job) return;
    const isOn = !next.has(job.id);
    const [from, to] = isRange && last.current >= 0 ? [Math.min(last.current, index), Math.max(last.current, index)] : [index, index];
    for (const one of jobs.slice(from, to + 1)) {
      if (isOn) next.add(one.id);
      else next.delete(one.id);
    }
    last.current = index;
    setIsAll(false);
    setChosen(next);
  };
  const move = (by: number) => {
    const next = Math.max(0, Math.min(jobs.length - 1, cursor + by));
    setCursor(next);
    const row = body.current?.rows[next];
    row?.scrollIntoView({ block: "nearest" });
    row?.querySelector<HTMLElement>("a")?.focus({ preventScroll: true });
  };
  const all = () => {
    setChosen(new Set(jobs.map((job) => job.id)));
    setIsAll(true);
  };
  useLetters({
    j: () => move(1),
    k: () => move(-1),
    x: () => cursor >= 0 && may.operate && toggle(cursor, false),
    X: () => cursor >= 0 && may.operate && toggle(cursor, true),
    a: () => may.operate && all(),
  });
  const open = (event: MouseEvent, job: JobDto) => {
    if ((event.target as HTMLElement).closest("a, button, input, label")) return;
    if (window.getSelection()?.toString()) return;
    go(`/jobs/${job.id}`);
  };
  const isEvery = chosen.size > 0 && jobs.every((job) => chosen.has(job.id));
  return (
    <>
      {chosen.size > 0 && <BulkBar chosen={jobs.filter((job) => chosen.has(job.id))} total={page.totalCount} isAll={isAll} filter={filter} onAll={all} onDone={() => setChosen(new Set())} />}
      <TableBox label="Jobs">
        <table className="cards" aria-busy={isKept}>
          <caption className="vh">Jobs</caption>
          <thead>
            <tr>
              {may.operate && (
                <th scope="col">
                  <label className="tick">
                    <span className="vh">Select all rows shown</span>
                    <input type="checkbox" checked={isEvery} onChange={() => setChosen(isEvery ? new Set() : new Set(jobs.map((job) => job.id)))} />
                  </label>
                </th>
              )}
              <th scope="col">Job</th>
              <th scope="col">Rule</th>
              <th scope="col" className="num">
                Next due
              </th>
              <th scope="col">
                <span className="vh">In</span>
              </th>
              <th scope="col">Last 20</th>
              <th scope="col" className="num">
                Last run
              </th>
              <th scope="col" className="xl">
                Type
              </th>
            </tr>
          </thead>
          <tbody ref={body}>
            {jobs.map((job, index) => {
              const look = jobLook(job);
              const words = ruleWords(job);
              const ended = outcomes[job.id];
              return (
                <tr key={job.id} className={index === cursor ? "open cursor" : "open"} aria-selected={chosen.has(job.id)} onClick={(event) => open(event, job)}>
                  {may.operate && (
                    <td className="sel">
                      <label className="tick">
                        <span className="vh">Select {job.name}</span>
                        <input type="checkbox" checked={chosen.has(job.id)} onClick={(event) => toggle(index, event.shiftKey)} onChange={() => undefined} />
                      </label>
                    </td>
                  )}
                  <td className="name">
                    <Mark name={look.mark} tone={look.tone} label={look.word} />{" "}
                    <Link to={`/jobs/${job.id}`} className="strong" onFocus={() => setCursor(index)}>
                      {job.name}
                    </Link>{" "}
                    {job.tags.slice(0, 3).map((tag) => (
                      <Link key={tag} to={`/jobs${query({ tag })}`} className="tag">
                        {tag}
                      </Link>
                    ))}
                    {job.tags.length > 3 && <span className="tag">+{job.tags.length - 3}</span>}
                  </td>
                  <td className="t2 row2">
                    {words ?? <span className="mono">{job.scheduleExpression}</span>} <span className="t3">{zoneName(job.timezone)}</span>
                  </td>
                  <td className="num hide">{job.nextRunAt ? <Time at={job.nextRunAt} zone={job.timezone} /> : job.pausedUntil ? <>until <Time at={job.pausedUntil} zone={job.timezone} /></> : "–"}</td>
                  <td className="t3 sm rel">{job.isPaused ? "paused" : job.status === "Disabled" ? "disabled" : job.nextRunAt ? <Relative at={job.nextRunAt} /> : "not due"}</td>
                  <td className="row2">
                    <Marks20 outcomes={ended?.outcomes ?? []} />
                  </td>
                  <td className="num hide">{ended?.lastMs === undefined ? <span className="t3">–</span> : duration(ended.lastMs)}</td>
                  <td className="xl t2">{spaced(job.jobType)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </TableBox>
      <footer>
        <span>
          Rows 1 to {number(jobs.length)} of {number(page.totalCount)}
        </span>
        <span className="only-wide">keys j k move{may.operate && ", x selects"}, Enter opens</span>
        {jobs.length < page.totalCount && (
          <span className="end">
            {jobs.length < 500 ? (
              <button type="button" className="btn small" onClick={onMore}>
                Show {number(Math.min(PAGE_SIZE, page.totalCount - jobs.length))} more
              </button>
            ) : (
              "The first 500 are shown; filters find the others."
            )}
          </span>
        )}
      </footer>
    </>
  );
}

interface OutcomesDto {
  jobId: string;
  /** Oldest first. */
  outcomes: Ended[];
  lastDurationMs: number | null;
}

function useOutcomes(jobs: JobDto[]): Record<string, { outcomes: Ended[]; lastMs: number | undefined } | undefined> {
  const ids = jobs.slice(0, PAGE_SIZE).map((job) => job.id);
  const rest = jobs.slice(PAGE_SIZE, 2 * PAGE_SIZE).map((job) => job.id);
  const first = useGetKept<OutcomesDto[]>(ids.length === 0 ? null : `/api/v1/scheduler/jobs/outcomes${query({ jobIds: ids.join(",") })}`, REFRESH_MS);
  const second = useGetKept<OutcomesDto[]>(rest.length === 0 ? null : `/api/v1/scheduler/jobs/outcomes${query({ jobIds: rest.join(",") })}`, REFRESH_MS);
  return useMemo(() => {
    const found: Record<string, { outcomes: Ended[]; lastMs: number | undefined }> = {};
    for (const one of [...(first.data ?? []), ...(second.data ?? [])]) found[one.jobId] = { outcomes: one.outcomes, lastMs: one.lastDurationMs ?? undefined };
    return found;
  }, [first.data, second.data]);
}

type Act = "run" | "pause" | "resume" | "tag" | "delete";

interface BulkProps {
  chosen: JobDto[];
  total: number;
  isAll: boolean;
  filter: Filter;
  onAll: () => void;
  onDone: () => void;
}

function BulkBar({ chosen, total, isAll, filter, onAll, onDone }: BulkProps) {
  const [act, setAct] = useState<Act | null>(null);
  const [text, setText] = useState("");
  const n = isAll ? total : chosen.length;
  const what = counted(n, "job");
  const start = async () => {
    const jobs = isAll ? await allThatMatch(filter) : chosen;
    const reason = text.trim();
    const works: Record<Act, () => Promise<void>> = {
      run: () => workOn(`Running ${what}`, "queued", jobs, (job) => post(`/api/v1/scheduler/jobs/${job.id}/trigger`)),
      pause: () => workOn(`Pausing ${what}`, "paused", jobs, (job) => post(`/api/v1/scheduler/jobs/${job.id}/pause`, reason ? { reason } : {})),
      resume: () => workOn(`Resuming ${what}`, "resumed", jobs, (job) => post(`/api/v1/scheduler/jobs/${job.id}/resume`)),
      tag: () => workOn(`Tagging ${what}`, "tagged", jobs, (job) => call("PUT", `/api/v1/scheduler/jobs/${job.id}`, { tags: [...new Set([...job.tags, reason])] })),
      delete: () => workOn(`Deleting ${what}`, "deleted", jobs, (job) => call("DELETE", `/api/v1/scheduler/jobs/${job.id}`)),
    };
    if (act) void works[act]();
    onDone();
  };
  const texts: Record<Act, { title: string; act: string; about: string; field?: string; isDangerous?: boolean }> = {
    run: { title: `Run ${what} now?`, act: `Run ${what}`, about: "One execution of each is queued besides its schedule." },
    pause: { title: `Pause ${what}?`, act: `Pause ${what}`, about: "They stop firing at once. What runs goes on. Instants that fall due meanwhile are recorded as skipped. Those that are paused already are refused.", field: "Why" },
    resume: { title: `Resume ${what}?`, act: `Resume ${what}`, about: "They fire at their next due instants. Those that are not paused are refused." },
    tag: { title: `Tag ${what}?`, act: `Tag ${what}`, about: "The tag is added to those that each has.", field: "Tag" },
    delete: { title: `Delete ${what}?`, act: `Delete ${what}`, about: "They fire no more and leave the lists. What runs goes on; their history stays readable.", isDangerous: true },
  };
  const asked = act ? texts[act] : null;
  const choose = (next: Act) => () => {
    setText("");
    setAct(next);
  };
  return (
    <div className="bulk" role="toolbar" aria-label="What to do with the selected jobs">
      <b>{number(n)} selected</b>
      {!isAll && total > chosen.length && (
        <button type="button" className="plain" onClick={onAll}>
          Select all {number(total)} that match
        </button>
      )}
      <span className="end">
        <button type="button" className="btn small" onClick={choose("run")}>
          Run now
        </button>
        <button type="button" className="btn small" onClick={choose("pause")}>
          Pause…
        </button>
        <button type="button" className="btn small" onClick={choose("resume")}>
          Resume
        </button>
        <button type="button" className="btn small" onClick={choose("tag")}>
          Tag…
        </button>
        <button type="button" className="btn small danger" onClick={choose("delete")}>
          Delete…
        </button>
      </span>
      {asked && (
        <Confirm title={asked.title} act={asked.act} {...(asked.isDangerous ? { isDangerous: true } : {})} {...(act === "delete" && n > 1 ? { typed: `delete ${n}` } : {})} onClose={() => setAct(null)} onConfirm={start}>
          <p>{asked.about}</p>
          {asked.field && (
            <Field label={asked.field} name="bulk-text">
              {(props) => <input {...props} className="input" value={text} maxLength={act === "tag" ? 50 : 500} onChange={(event) => setText(event.target.value)} onKeyDown={(event: KeyboardEvent) => event.stopPropagation()} />}
            </Field>
          )}
        </Confirm>
      )}
    </div>
  );
}
