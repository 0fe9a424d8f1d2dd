// A job made or changed: forms drawn from the job type's schema, with what the rule means beside them.
import { type FormEvent, useEffect, useMemo, useState } from "react";

import { useGet } from "../api/cache";
import { ApiError, call } from "../api/http";
import type { JobDto } from "../api/types.gen";
import { go, Link, useSearch } from "../app/router";
import { Page } from "../app/shell";
import { VIEWER_ZONE } from "../app/zone";
import { refreshScheduler } from "../parts/actions";
import { ConfigurationForm } from "../parts/configuration-form";
import { Refused } from "../parts/dialog";
import { Field, Summary } from "../parts/field";
import { duration, spaced } from "../parts/format";
import { Impact } from "../parts/impact";
import { Choice, Panel } from "../parts/panel";
import { Failed, Loading } from "../parts/states";
import { useSay } from "../parts/toast";
import { type Draft, draftOf, NEW_DRAFT, requestOf, ruleOf } from "./job-draft";

const JOBS = "/api/v1/scheduler/jobs";

const LABELS: Record<string, string> = {
  name: "Name",
  description: "Description",
  scheduleExpression: "Cron expression",
  intervalSeconds: "Every",
  runAt: "At",
  timezone: "Zone",
  tags: "Tags",
  timeoutSeconds: "Longest attempt",
  "retryPolicy.maxAttempts": "Retries",
  "retryPolicy.delaySeconds": "Wait before a retry",
  maxLatenessSeconds: "Latest start",
  jitterSeconds: "Spread",
  maxConcurrency: "At once",
  "jobConfiguration.url": "URL",
  "jobConfiguration.headers": "Headers",
  "jobConfiguration.handlerType": "Handler",
};

interface Loaded {
  draft: Draft;
  etag: string | null;
  original: JobDto | null;
}

export default function JobEditor({ id }: { id?: string }) {
  const [search] = useSearch();
  const from = id ?? search.get("from");
  const [loaded, setLoaded] = useState<Loaded | null>(from ? null : { draft: NEW_DRAFT, etag: null, original: null });
  const [error, setError] = useState<ApiError | null>(null);
  const load = () => {
    if (!from) return;
    setError(null);
    setLoaded(null);
    call<JobDto>("GET", `${JOBS}/${from}`)
      .then(({ data, etag }) => setLoaded(id ? { draft: draftOf(data), etag, original: data } : { draft: { ...draftOf(data), name: `${data.name} (copy)` }, etag: null, original: null }))
      .catch((cause: unknown) => setError(cause as ApiError));
  };
  useEffect(load, [from]);
  const title = id ? `Edit ${loaded?.original?.name ?? "job"}` : "New job";
  const crumbs = [{ text: "Jobs", to: "/jobs" }, ...(loaded?.original ? [{ text: loaded.original.name, to: `/jobs/${id}` }] : []), { text: id ? "Edit" : "New job" }];
  return (
    <Page title={title} crumbs={crumbs}>
      <div className="head">
        <div>
          <h1>{title}</h1>
        </div>
      </div>
      {loaded ? <Editor {...loaded} {...(id ? { id } : {})} reload={load} /> : error ? <Failed error={error} retry={load} /> : <Loading what="the job" rows={6} />}
    </Page>
  );
}

/** What was typed survives a reload of this tab. */
function useDraft(key: string, usual: Draft): [Draft, (change: Partial<Draft>) => void, () => void, boolean] {
  const [draft, setDraft] = useState<Draft>(() => ({ ...usual, ...kept(key) }));
  const change = (part: Partial<Draft>) =>
    setDraft((now) => {
      const next = { ...now, ...part };
      keep(key, JSON.stringify(next));
      return next;
    });
  const drop = () => {
    keep(key, null);
    setDraft(usual);
  };
  return [draft, change, drop, JSON.stringify(draft) !== JSON.stringify(usual)];
}

function kept(key: string): Partial<Draft> {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "{}") as Partial<Draft>;
  } catch {
    return {};
  }
}

function keep(key: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // It lives as long as the page.
  }
}

type EditorProps = Loaded & { id?: string; reload: () => void };

function Editor({ id, draft: usual, etag, original, reload }: EditorProps) {
  const [draft, change, drop, isChanged] = useDraft(`horarium.draft.${id ?? "new"}`, usual);
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const say = useSay();
  const fields = error?.fields ?? {};
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setIsBusy(true);
    setError(null);
    try {
      const answer = await call<JobDto>(id ? "PUT" : "POST", id ? `${JOBS}/${id}` : JOBS, requestOf(draft, !id), { ifMatch: etag });
      drop();
      refreshScheduler();
      say(id ? `${answer.data.name} is saved.` : `${answer.data.name} is made.`);
      go(`/jobs/${answer.data.id}`);
    } catch (cause) {
      setError(cause as ApiError);
      setIsBusy(false);
    }
  };
  const text = (name: keyof Draft & string) => ({
    className: "input",
    value: draft[name] as string,
    onChange: (event: { target: { value: string } }) => change({ [name]: event.target.value }),
  });
  const takeTheirs = () => {
    drop();
    reload();
  };
  const discard = () => {
    drop();
    go(id ? `/jobs/${id}` : "/jobs");
  };
  return (
    <form onSubmit={(event) => void save(event)} noValidate>
      <div className="cols">
        <div className="c8 stack">
          {error && (Object.keys(fields).length > 0 ? <Summary title="Not saved: some fields need a change." errors={fields} labels={LABELS} /> : <Refused error={error} />)}
          {error?.status === 412 && original && <Conflict id={original.id} reload={takeTheirs} />}
          <Panel title="What">
            <div className="body">
              <Field label="Name" name="name" errors={fields["name"]}>
                {(props) => <input {...props} {...text("name")} maxLength={200} required autoFocus={!id} />}
              </Field>
              <div className="two">
                <Field label="Type" name="jobType" errors={fields["jobType"]} hint={id ? "Another type takes other settings." : undefined}>
                  {(props) => (
                    <select {...props} {...text("jobType")}>
                      {["HttpCall", "StoredProcedure", "CodeExecution", "FileOperation"].map((type) => (
                        <option key={type} value={type}>
                          {spaced(type)}
                        </option>
                      ))}
                    </select>
                  )}
                </Field>
                <Field label="Tags" name="tags" errors={fields["tags"]} hint="With commas between them.">
                  {(props) => <input {...props} {...text("tags")} />}
                </Field>
              </div>
              <ConfigurationForm jobType={draft.jobType} texts={draft.configuration} errors={fields} onChange={(configuration) => change({ configuration })} />
              <Field label="Description" name="description" errors={fields["description"]}>
                {(props) => <textarea {...props} {...text("description")} rows={2} />}
              </Field>
            </div>
          </Panel>
          <When draft={draft} change={change} text={text} fields={fields} />
          <Panel
            title="If something goes wrong"
            footer={
              <>
                {isChanged ? "Unsaved changes are kept in this tab." : "Nothing changed yet."}
                <span className="end pair">
                  <button type="button" className="btn" onClick={discard}>
                    Discard
                  </button>
                  <button type="submit" className="btn primary" disabled={isBusy}>
                    {isBusy ? "Saving…" : id ? "Save" : "Make the job"}
                  </button>
                </span>
              </>
            }
          >
            <Policies draft={draft} text={text} fields={fields} />
          </Panel>
        </div>
        <div className="c4 stack">
          <Impact rule={ruleOf(draft)} zone={draft.timezone} original={original} />
        </div>
      </div>
    </form>
  );
}

type TextOf = (name: keyof Draft & string) => { className: string; value: string; onChange: (event: { target: { value: string } }) => void };
type Errors = Record<string, string[]>;

function When({ draft, change, text, fields }: { draft: Draft; change: (part: Partial<Draft>) => void; text: TextOf; fields: Errors }) {
  return (
    <Panel title="When">
      <div className="body">
        <div className="field">
          <Choice label="Kind of rule" value={draft.scheduleType} options={[["Cron", "Cron"], ["Interval", "Interval"], ["OneTime", "Once"]]} onChange={(scheduleType) => change({ scheduleType })} />
        </div>
        <div className="two">
          {draft.scheduleType === "Cron" && (
            <Field label="Cron expression" name="scheduleExpression" errors={fields["scheduleExpression"]} hint="minute hour day month weekday; six fields begin with seconds">
              {(props) => <input {...props} {...text("scheduleExpression")} className="input mono" spellCheck={false} />}
            </Field>
          )}
          {draft.scheduleType === "Interval" && (
            <Field label="Every" name="intervalSeconds" errors={fields["intervalSeconds"]} hint={secondsHint(draft.intervalSeconds)}>
              {(props) => <Unit props={props} {...text("intervalSeconds")} />}
            </Field>
          )}
          {draft.scheduleType === "OneTime" && (
            <Field label="At" name="runAt" errors={fields["runAt"]} hint="An instant with its offset, such as 2026-12-01T06:00:00Z.">
              {(props) => <input {...props} {...text("runAt")} className="input mono" placeholder="2026-12-01T06:00:00Z" spellCheck={false} />}
            </Field>
          )}
          <Field label="Zone" name="timezone" errors={fields["timezone"]} hint={`The rule is read in it. Yours is ${VIEWER_ZONE}.`}>
            {(props) => <input {...props} {...text("timezone")} list="zones" spellCheck={false} />}
          </Field>
        </div>
        <Zones />
        <label className="pair">
          <input type="checkbox" checked={draft.isEnabled} onChange={(event) => change({ isEnabled: event.target.checked })} /> Enabled: fires at its due instants
        </label>
      </div>
    </Panel>
  );
}

function Policies({ draft, text, fields }: { draft: Draft; text: TextOf; fields: Errors }) {
  return (
    <div className="body two">
      <Field label="Retries" name="retryPolicy.maxAttempts" errors={fields["retryPolicy.maxAttempts"]} hint="After the first attempt.">
        {(props) => <input {...props} {...text("maxAttempts")} inputMode="numeric" />}
      </Field>
      <Field label="Wait before a retry" name="retryPolicy.delaySeconds" errors={fields["retryPolicy.delaySeconds"]} hint={secondsHint(draft.delaySeconds)}>
        {(props) => <Unit props={props} {...text("delaySeconds")} />}
      </Field>
      <Field label="Longest attempt" name="timeoutSeconds" errors={fields["timeoutSeconds"]} hint={secondsHint(draft.timeoutSeconds)}>
        {(props) => <Unit props={props} {...text("timeoutSeconds")} />}
      </Field>
      <Field label="If instants were missed" name="misfirePolicy" errors={fields["misfirePolicy"]}>
        {(props) => (
          <select {...props} {...text("misfirePolicy")}>
            <option value="latest">Run the latest once</option>
            <option value="all">Run every one of them</option>
            <option value="skip">Skip them</option>
          </select>
        )}
      </Field>
      <Field label="Latest start" name="maxLatenessSeconds" errors={fields["maxLatenessSeconds"]} hint={secondsHint(draft.maxLatenessSeconds) ?? "Empty: however late. Later ones are recorded as missed."}>
        {(props) => <Unit props={props} {...text("maxLatenessSeconds")} />}
      </Field>
      <Field label="If it still runs when due" name="overlapPolicy" errors={fields["overlapPolicy"]}>
        {(props) => (
          <select {...props} {...text("overlapPolicy")}>
            <option value="allow">Run beside it</option>
            <option value="skip">Skip that instant</option>
            <option value="queue">Wait for it to end</option>
            <option value="cancelRunning">Cancel what runs</option>
          </select>
        )}
      </Field>
      <Field label="At once" name="maxConcurrency" errors={fields["maxConcurrency"]} hint="Executions of this job at the same time; empty: any number.">
        {(props) => <input {...props} {...text("maxConcurrency")} inputMode="numeric" />}
      </Field>
      <Field label="Spread" name="jitterSeconds" errors={fields["jitterSeconds"]} hint={secondsHint(draft.jitterSeconds) ?? "Scheduled starts are spread over so long."}>
        {(props) => <Unit props={props} {...text("jitterSeconds")} />}
      </Field>
    </div>
  );
}

function Conflict({ id, reload }: { id: string; reload: () => void }) {
  const theirs = useGet<JobDto>(`${JOBS}/${id}`);
  return (
    <div className="note late" role="alert">
      <div>
        <b>Somebody else changed this job meanwhile.</b>{" "}
        {theirs.data && (
          <>
            {theirs.data.lastModifiedBy} saved it; its rule is now {theirs.data.scheduleExpression ?? spaced(theirs.data.scheduleType)}.{" "}
          </>
        )}
        <Link to={`/jobs/${id}/definition`} className="link">
          See theirs
        </Link>{" "}
        or{" "}
        <button type="button" className="plain" onClick={reload}>
          take theirs and drop yours
        </button>
        .
      </div>
    </div>
  );
}

function secondsHint(text: string): string | undefined {
  const n = Number(text);
  return text.trim() !== "" && n >= 60 && Number.isFinite(n) ? duration(n * 1_000) : undefined;
}

function Unit({ props, ...rest }: { props: object } & ReturnType<TextOf>) {
  return (
    <span className="with-unit">
      <input {...props} {...rest} inputMode="numeric" /> <span className="t3">seconds</span>
    </span>
  );
}

function Zones() {
  const zones = useMemo(() => Intl.supportedValuesOf("timeZone"), []);
  return (
    <datalist id="zones">
      <option value="UTC" />
      {zones.map((zone) => (
        <option key={zone} value={zone} />
      ))}
    </datalist>
  );
}
