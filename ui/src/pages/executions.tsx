// The log: executions of every job, searched and filtered; the address says what is shown.
import { useEffect, useRef, useState } from "react";

import { useGetKept } from "../api/cache";
import { ApiError, get, query } from "../api/http";
import type { ExecutionLogPage } from "../api/log";
import type { ExecutionDto } from "../api/types.gen";
import { useSearch } from "../app/router";
import { Page } from "../app/shell";
import { useZone, zoneName } from "../app/zone";
import { fullInstant, number, spaced } from "../parts/format";
import { Icon } from "../parts/icon";
import { lookOf, Mark } from "../parts/mark";
import { Empty, Failed, Loading } from "../parts/states";
import { useNow } from "../parts/time";
import { ExecutionTable, JobName } from "./job";

const LOG = "/api/v1/scheduler/executions";
const PAGE_SIZE = 100;
const REFRESH_MS = 5_000;
const STATES = ["Pending", "Running", "Succeeded", "Failed", "Cancelled"] as const;
const TYPES = ["HttpCall", "StoredProcedure", "CodeExecution", "FileOperation"] as const;
const ORIGINS = ["Schedule", "Manual", "Retry", "Workflow"] as const;
const LENGTHS = [["", "Any duration"], ["1000", "1 s and longer"], ["60000", "1 min and longer"], ["600000", "10 min and longer"], ["3600000", "1 h and longer"]] as const;

export default function Executions() {
  const [search] = useSearch();
  const filter = {
    search: search.get("q"),
    status: search.get("status"),
    jobType: search.get("type"),
    tag: search.get("tag"),
    origin: search.get("origin"),
    jobId: search.get("job"),
    fromDate: search.get("from"),
    toDate: search.get("to"),
    minDurationMs: search.get("longer"),
  };
  const path = `${LOG}${query({ ...filter, pageSize: PAGE_SIZE })}`;
  const head = useGetKept<ExecutionLogPage>(path, REFRESH_MS);
  const older = useOlder(path, filter);
  return (
    <Page title="Executions" crumbs={[{ text: "Executions" }]}>
      <div className="head">
        <div>
          <h1>Executions</h1>
        </div>
      </div>
      <Filters page={head.data} />
      <section className="panel" aria-label="Executions">
        {head.data ? (
          <List head={head.data} older={older} />
        ) : head.error ? (
          <Failed error={head.error} retry={head.reload} />
        ) : (
          <Loading what="executions" rows={10} />
        )}
      </section>
    </Page>
  );
}

interface Older {
  items: ExecutionDto[];
  next: string | null | undefined;
  isLoading: boolean;
  error: ApiError | null;
  load: (after: string) => void;
}

/** What lies behind the first part: it does not change, so it is read once and kept. */
function useOlder(path: string, filter: Record<string, string | null>): Older {
  const [state, setState] = useState<Omit<Older, "load">>({ items: [], next: undefined, isLoading: false, error: null });
  const wanted = useRef(path);
  useEffect(() => {
    wanted.current = path;
    setState({ items: [], next: undefined, isLoading: false, error: null });
  }, [path]);
  const load = (after: string) => {
    setState((now) => ({ ...now, isLoading: true, error: null }));
    get<ExecutionLogPage>(`${LOG}${query({ ...filter, pageSize: PAGE_SIZE, after })}`)
      .then((page) => {
        if (wanted.current === path) setState((now) => ({ items: [...now.items, ...page.items], next: page.next, isLoading: false, error: null }));
      })
      .catch((cause: unknown) => setState((now) => ({ ...now, isLoading: false, error: cause as ApiError })));
  };
  return { ...state, load };
}

function List({ head, older }: { head: ExecutionLogPage; older: Older }) {
  const [, change] = useSearch();
  const next = older.next === undefined ? head.next : older.next;
  const seen = new Set(head.items.map((one) => one.id));
  const items = [...head.items, ...older.items.filter((one) => !seen.has(one.id))];
  if (items.length === 0 && !next) {
    return (
      <Empty
        title="No execution matches"
        actions={
          <button type="button" className="btn" onClick={() => change({ q: null, status: null, type: null, tag: null, origin: null, job: null, from: null, to: null, longer: null })}>
            Clear all filters
          </button>
        }
      >
        Fewer filters find more. What ended long ago may have been cleared.
      </Empty>
    );
  }
  return (
    <>
      {items.length === 0 ? <Empty title="Nothing found so far">The search looks at a part of the log at a time; go on with older ones.</Empty> : <ExecutionTable executions={items} hasJob />}
      {older.error && <Failed error={older.error} />}
      <footer>
        {number(items.length)} shown{total(head)}
        {next && (
          <span className="end">
            <button type="button" className="btn small" disabled={older.isLoading} onClick={() => older.load(next)}>
              {older.isLoading ? "Loading…" : "Show older"}
            </button>
          </span>
        )}
      </footer>
    </>
  );
}

function total(page: ExecutionLogPage): string {
  if (page.totalCount === null) return "";
  return page.totalIsExact ? ` of ${number(page.totalCount)}` : ` of more than ${number(page.totalCount)}`;
}

const SEARCH_MS = 300;

function Filters({ page }: { page: ExecutionLogPage | undefined }) {
  const [search, change] = useSearch();
  const zone = useZone();
  const now = useNow();
  const [text, setText] = useState(search.get("q") ?? "");
  useEffect(() => {
    if (text.trim() === (search.get("q") ?? "")) return;
    const timer = setTimeout(() => change({ q: text.trim() || null }), SEARCH_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const status = search.get("status") ?? "";
  const from = search.get("from");
  const to = search.get("to");
  const job = search.get("job");
  return (
    <div className="chips" role="search" aria-label="Filter executions">
      <label className="find">
        <Icon name="find" />
        <span className="vh">Words in the job’s name, its description or the error</span>
        <input data-filter value={text} placeholder="Job, error text" maxLength={200} onChange={(event) => setText(event.target.value)} onKeyDown={(event) => event.key === "Escape" && setText("")} />
        <kbd>/</kbd>
      </label>
      <button type="button" className="chip" aria-pressed={status === ""} onClick={() => change({ status: null })}>
        All {status === "" && page?.totalCount != null && <b>{number(page.totalCount)}{page.totalIsExact ? "" : "+"}</b>}
      </button>
      {STATES.map((word) => {
        const look = lookOf(word);
        return (
          <button key={word} type="button" className="chip" aria-pressed={status === word} onClick={() => change({ status: status === word ? null : word })}>
            <Mark name={look.mark} tone={look.tone} small />
            {word} {status === word && page?.totalCount != null && <b>{number(page.totalCount)}{page.totalIsExact ? "" : "+"}</b>}
          </button>
        );
      })}
      <Select label="Type" name="type" any="Any type" options={TYPES.map((it) => [it, spaced(it)])} />
      <Select label="Origin" name="origin" any="Any origin" options={ORIGINS.map((it) => [it, it])} />
      <Select label="Duration" name="longer" any="Any duration" options={LENGTHS.slice(1)} />
      <Since />
      {(["tag"] as const).map((name) => search.get(name) && <Chip key={name} text={`${name} ${search.get(name)}`} onClear={() => change({ [name]: null })} />)}
      {job && (
        <span className="chip">
          <JobName id={job} />
          <button type="button" className="plain" aria-label="All jobs" onClick={() => change({ job: null })}>
            ✕
          </button>
        </span>
      )}
      {(from || to) && (
        <Chip
          text={`${from ? fullInstant(new Date(from), zone, now, "minute") : "the beginning"} to ${to ? fullInstant(new Date(to), zone, now, "minute") : "now"} ${zoneName(zone)}`}
          onClear={() => change({ from: null, to: null })}
        />
      )}
    </div>
  );
}

function Chip({ text, onClear }: { text: string; onClear: () => void }) {
  return (
    <button type="button" className="chip" aria-pressed="true" onClick={onClear}>
      {text} <span aria-hidden="true">✕</span>
      <span className="vh">remove</span>
    </button>
  );
}

function Select({ label, name, any, options }: { label: string; name: string; any: string; options: readonly (readonly [string, string])[] }) {
  const [search, change] = useSearch();
  return (
    <select className="chip" aria-label={label} value={search.get(name) ?? ""} onChange={(event) => change({ [name]: event.target.value || null })}>
      <option value="">{any}</option>
      {options.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}

const SPANS = [["1", "Last hour"], ["24", "Last 24 h"], ["168", "Last 7 days"], ["720", "Last 30 days"]] as const;

function Since() {
  const [, change] = useSearch();
  return (
    <select
      className="chip"
      aria-label="Time range"
      value=""
      onChange={(event) => {
        const hours = Number(event.target.value);
        if (hours > 0) change({ from: new Date(Date.now() - hours * 3_600_000).toISOString(), to: null });
      }}
    >
      <option value="">Any time</option>
      {SPANS.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}
