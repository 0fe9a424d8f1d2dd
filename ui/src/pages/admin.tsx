// Administration: one list each, the same table; what the role lacks is absent.
import { type ReactNode, useState } from "react";

import { useGet } from "../api/cache";
import { ApiError, call, get, post } from "../api/http";
import type { ApiKeyDto, CreatedApiKeyDto, DashboardStatsDto, ImportReportDto, NodeDto, Role } from "../api/types.gen";
import { Link } from "../app/router";
import { useMay, useRole } from "../app/session";
import { Page } from "../app/shell";
import { refreshScheduler } from "../parts/actions";
import { Confirm, Dialog, Refused } from "../parts/dialog";
import { Field } from "../parts/field";
import { counted, duration, number } from "../parts/format";
import { lookOf, Mark } from "../parts/mark";
import { Panel, TableBox } from "../parts/panel";
import { CopyButton, Empty, Outcome } from "../parts/states";
import { Time, useNow } from "../parts/time";
import { useSay } from "../parts/toast";
import { Users } from "./admin-users";
import { Meter } from "./overview";

interface Section {
  key: string;
  text: string;
  isForAdministrators: boolean;
  page: () => ReactNode;
}

const SECTIONS: readonly Section[] = [
  { key: "nodes", text: "Nodes", isForAdministrators: false, page: () => <Nodes /> },
  { key: "users", text: "Users", isForAdministrators: true, page: () => <Users /> },
  { key: "keys", text: "API keys", isForAdministrators: false, page: () => <Keys /> },
  { key: "transfer", text: "Export and import", isForAdministrators: true, page: () => <Transfer /> },
  { key: "pause", text: "Pause and resume", isForAdministrators: true, page: () => <PauseAll /> },
  { key: "upkeep", text: "Upkeep", isForAdministrators: true, page: () => <Upkeep /> },
];

export default function Admin({ section }: { section: string }) {
  const may = useMay();
  const role = useRole();
  const known = SECTIONS.filter((one) => !one.isForAdministrators || may.administer);
  const wanted = SECTIONS.find((one) => one.key === (section || "nodes"));
  const isAllowed = wanted !== undefined && known.includes(wanted);
  const title = wanted?.text ?? "Administration";
  return (
    <Page title={`${title} · Administration`} crumbs={[{ text: "Administration", to: "/admin" }, { text: title }]}>
      <h1>{title}</h1>
      <nav className="subnav" aria-label="Administration">
        {known.map((one) => (
          <Link key={one.key} to={`/admin/${one.key}`} className="chip" aria-current={one === wanted ? "page" : undefined}>
            {one.text}
          </Link>
        ))}
      </nav>
      {isAllowed ? (
        wanted.page()
      ) : (
        <section className="panel" aria-label={title}>
          {wanted ? (
            <Empty title={`${title} needs the Administrator role`}>
              You are {/^[AO]/.test(role) ? "an" : "a"} {role}. Ask an administrator.
            </Empty>
          ) : (
            <Empty title="There is no such page">Choose one above.</Empty>
          )}
        </section>
      )}
    </Page>
  );
}

function Nodes() {
  const nodes = useGet<NodeDto[]>("/api/v1/scheduler/nodes", 5_000);
  const now = useNow();
  return (
    <Panel title="Nodes" about="server processes; any of them may do any duty">
      <Outcome asked={nodes} what="nodes">
        {(list) => (
          <TableBox label="Nodes">
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
                    Last beat
                  </th>
                  <th scope="col">Started</th>
                  <th scope="col">Version</th>
                </tr>
              </thead>
              <tbody>
                {list.map((node) => (
                  <tr key={node.id}>
                    <td>
                      <Mark name={node.isAlive ? "ok" : "failed"} tone={node.isAlive ? "ok" : "fail"} /> <b>{node.name}</b> <span className="t3">{node.isAlive ? "alive" : "gone: its executions run elsewhere"}</span>
                    </td>
                    <td>
                      <Meter part={node.running} whole={node.capacity} />
                    </td>
                    <td className="num">
                      {node.running} of {node.capacity}
                    </td>
                    <td className="num">{duration(Math.max(0, now.getTime() - Date.parse(node.lastHeartbeatAt)))} ago</td>
                    <td>
                      <Time at={node.startedAt} full />
                    </td>
                    <td className="mono">{node.version}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableBox>
        )}
      </Outcome>
    </Panel>
  );
}

const KEYS = "/api/v1/apikeys";
const ROLES: readonly Role[] = ["Viewer", "Operator", "Administrator"];

function Keys() {
  const keys = useGet<ApiKeyDto[]>(KEYS);
  const say = useSay();
  const [isMaking, setIsMaking] = useState(false);
  const [ending, setEnding] = useState<ApiKeyDto | null>(null);
  return (
    <Panel
      title="API keys"
      about="for programs; each is shown once, when it is made"
      end={
        <button type="button" className="btn small" onClick={() => setIsMaking(true)}>
          New key
        </button>
      }
    >
      <Outcome asked={keys} what="keys">
        {(list) =>
          list.length === 0 ? (
            <Empty title="No keys yet">A program signs in with a key, a person with a password.</Empty>
          ) : (
            <TableBox label="API keys">
              <table>
                <caption className="vh">API keys</caption>
                <thead>
                  <tr>
                    <th scope="col">Name</th>
                    <th scope="col">Role</th>
                    <th scope="col">Begins with</th>
                    <th scope="col">Made</th>
                    <th scope="col">Last used</th>
                    <th scope="col">Ends</th>
                    <th scope="col">
                      <span className="vh">Act</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((key) => (
                    <tr key={key.id}>
                      <td className="strong name">{key.name}</td>
                      <td>{key.role}</td>
                      <td className="mono t2">{key.prefix.slice(0, 14)}…</td>
                      <td>
                        <Time at={key.createdAt} />
                      </td>
                      <td>{key.lastUsedAt ? <Time at={key.lastUsedAt} /> : <span className="t3">never</span>}</td>
                      <td>{key.expiresAt ? <Time at={key.expiresAt} /> : <span className="t3">never</span>}</td>
                      <td className="num">
                        <button type="button" className="btn small danger" onClick={() => setEnding(key)}>
                          End…
                        </button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </TableBox>
          )
        }
      </Outcome>
      {isMaking && (
        <NewKey
          onClose={() => {
            setIsMaking(false);
            keys.reload();
          }}
        />
      )}
      {ending && (
        <Confirm
          title={`End the key ${ending.name}?`}
          act="End the key"
          keep="Keep it"
          isDangerous
          onClose={() => setEnding(null)}
          onConfirm={async () => {
            await call("DELETE", `${KEYS}/${ending.id}`);
            keys.reload();
            say(`The key ${ending.name} has ended.`);
          }}
        >
          Programs that use it are refused within a second. It cannot be brought back.
        </Confirm>
      )}
    </Panel>
  );
}

function NewKey({ onClose }: { onClose: () => void }) {
  const own = useRole();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("Viewer");
  const [expiresAt, setExpiresAt] = useState("");
  const [error, setError] = useState<ApiError | null>(null);
  const [made, setMade] = useState<CreatedApiKeyDto | null>(null);
  const fields = error?.fields ?? {};
  const make = async () => {
    setError(null);
    try {
      setMade(await post<CreatedApiKeyDto>(KEYS, { name, role, ...(expiresAt ? { expiresAt: new Date(expiresAt).toISOString() } : {}) }));
    } catch (cause) {
      setError(cause as ApiError);
    }
  };
  if (made) {
    return (
      <Dialog title="The key, shown this once" onClose={onClose}>
        <p className="t2">Keep it where the program finds it. The server stores its hash alone.</p>
        <pre className="block" tabIndex={0}>
          {made.key}
        </pre>
        <div className="acts">
          <CopyButton text={made.key} label="Copy" />
          <button type="button" className="btn primary" onClick={onClose}>
            I have it
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="New API key" onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        {error && Object.keys(fields).length === 0 && <Refused error={error} />}
        <Field label="Name" name="key-name" hint="What uses it." errors={fields["name"]}>
          {(props) => <input {...props} className="input" autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label="Role" name="key-role" hint="Not more than your own." errors={fields["role"]}>
          {(props) => (
            <select {...props} className="input" value={role} onChange={(event) => setRole(event.target.value as Role)}>
              {ROLES.slice(0, ROLES.indexOf(own) + 1).map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Ends" name="key-expires" hint="Empty: never." errors={fields["expiresAt"]}>
          {(props) => <input {...props} className="input" type="datetime-local" value={expiresAt} onChange={(event) => setExpiresAt(event.target.value)} />}
        </Field>
        <div className="acts">
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="btn primary">
            Make the key
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const EXPORT_FILE = "scheduler-jobs-export.json";

function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function Transfer() {
  const say = useSay();
  const [text, setText] = useState("");
  const [fileName, setFileName] = useState("");
  const [conflict, setConflict] = useState<"" | "skip" | "update">("skip");
  const [report, setReport] = useState<ImportReportDto | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [isAsked, setIsAsked] = useState(false);
  const send = async (isDry: boolean) => {
    setIsBusy(true);
    setError(null);
    try {
      const path = `/api/v1/scheduler/admin/import?details=true${isDry ? "&dryRun=true" : ""}${conflict ? `&onConflict=${conflict}` : ""}`;
      const found = await post<ImportReportDto>(path, { jsonPayload: text }, { timeoutMs: 30_000 });
      setReport(found);
      if (!isDry) {
        refreshScheduler();
        say(`${counted(found.imported, "job")} imported.`);
      }
    } catch (cause) {
      setReport(null);
      setError(cause as ApiError);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <div className="cols">
      <div className="c8 stack">
        <Panel title="Import" about="jobs of an export, as they were">
          <div className="body">
            {error && <Refused error={error} />}
            <Field label="File" name="file" hint={fileName ? `${fileName}, ${number(text.length)} characters` : "JSON, as export gives it."}>
              {(props) => (
                <input
                  {...props}
                  type="file"
                  className="input"
                  accept="application/json,.json"
                  onChange={(event) => {
                    const file = event.target.files?.[0];
                    setReport(null);
                    setFileName(file?.name ?? "");
                    void file?.text().then(setText);
                  }}
                />
              )}
            </Field>
            <Field label="When a name is taken" name="conflict">
              {(props) => (
                <select
                  {...props}
                  className="input"
                  value={conflict}
                  onChange={(event) => {
                    setConflict(event.target.value as typeof conflict);
                    setReport(null);
                  }}
                >
                  <option value="skip">Leave the job that has it</option>
                  <option value="update">Change the job that has it</option>
                  <option value="">Add another of the same name</option>
                </select>
              )}
            </Field>
            <div className="pair">
              <button type="button" className="btn" disabled={text === "" || isBusy} onClick={() => void send(true)}>
                {isBusy ? "Looking…" : "Show what it would do"}
              </button>
              <button type="button" className="btn primary" disabled={!report?.dryRun || report.imported === 0 || isBusy} title={report?.dryRun ? undefined : "See first what it would do."} onClick={() => setIsAsked(true)}>
                Import…
              </button>
            </div>
          </div>
        </Panel>
        {report && <Report report={report} />}
      </div>
      <div className="c4 stack">
        <Panel title="Export" about="all jobs, secrets masked">
          <div className="body">
            <button
              type="button"
              className="btn"
              onClick={() => {
                get<unknown>("/api/v1/scheduler/admin/export", { timeoutMs: 30_000 })
                  .then((jobs) => save(JSON.stringify(jobs, null, 2), EXPORT_FILE))
                  .catch((cause: unknown) => say((cause as ApiError).message, { isFailure: true }));
              }}
            >
              Download {EXPORT_FILE}
            </button>
          </div>
        </Panel>
      </div>
      {isAsked && report && (
        <Confirm
          title={`Import ${counted(report.imported, "job")}?`}
          act="Import"
          {...(conflict === "update" ? { typed: `import ${report.imported}`, isDangerous: true } : {})}
          onClose={() => setIsAsked(false)}
          onConfirm={() => send(false)}
        >
          {number(report.created)} are made, {number(report.updated)} are changed, {number(report.skipped)} are left as they are, {number(report.failed)} cannot be imported. What is enabled begins to fire.
        </Confirm>
      )}
    </div>
  );
}

const OUTCOMES: Record<string, string> = { Created: "Succeeded", Updated: "Late", Skipped: "Skipped", Failed: "Failed" };

function Report({ report }: { report: ImportReportDto }) {
  return (
    <Panel
      title={report.dryRun ? "What it would do" : "What was done"}
      end={`${number(report.created)} made, ${number(report.updated)} changed, ${number(report.skipped)} left, ${number(report.failed)} failed`}
    >
      <TableBox label="Jobs of the file">
        <table>
          <caption className="vh">Jobs of the file</caption>
          <thead>
            <tr>
              <th scope="col">Job</th>
              <th scope="col">{report.dryRun ? "Would be" : "Was"}</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {report.jobs.slice(0, 500).map((job) => {
              const look = lookOf(OUTCOMES[job.outcome]);
              return (
                <tr key={job.index}>
                  <td className="strong name">{job.name ?? `number ${job.index + 1}`}</td>
                  <td>
                    <span className={`st ${look.tone}`}>
                      <Mark name={look.mark} tone={look.tone} /> {job.outcome.toLowerCase()}
                    </span>
                  </td>
                  <td className="t2 wrap">
                    {Object.entries(job.errors).map(([field, messages]) => `${field}: ${(messages as string[]).join("; ")}`).join(". ")}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </TableBox>
    </Panel>
  );
}

function PauseAll() {
  const stats = useGet<DashboardStatsDto>("/api/v1/scheduler/dashboard/stats", 5_000);
  const say = useSay();
  const [asked, setAsked] = useState<"pause" | "resume" | null>(null);
  const act = async (what: "pause" | "resume") => {
    await post(`/api/v1/scheduler/admin/${what}-all`, undefined, { timeoutMs: 30_000 });
    refreshScheduler();
    say(what === "pause" ? "Everything is paused." : "Everything fires again.");
  };
  return (
    <Panel title="Everything at once" about="for a move of a database, or a bad night">
      <Outcome asked={stats} what="figures">
        {({ enabledJobs, pausedJobs }) => (
          <div className="body">
            <p className="rule">
              {counted(enabledJobs, "job")} enabled, {number(pausedJobs)} paused.
            </p>
            <div className="pair">
              <button type="button" className="btn danger" disabled={enabledJobs === 0} title={enabledJobs === 0 ? "No job is enabled." : undefined} onClick={() => setAsked("pause")}>
                Pause everything…
              </button>
              <button type="button" className="btn" disabled={pausedJobs === 0} title={pausedJobs === 0 ? "No job is paused." : undefined} onClick={() => setAsked("resume")}>
                Resume everything…
              </button>
            </div>
            {asked === "pause" && (
              <Confirm title="Pause everything?" act="Pause everything" keep="Keep running" isDangerous typed={`pause ${enabledJobs}`} onClose={() => setAsked(null)} onConfirm={() => act("pause")}>
                {counted(enabledJobs, "enabled job")} stop firing until you resume. What runs goes on. Instants that fall due meanwhile are recorded as skipped.
              </Confirm>
            )}
            {asked === "resume" && (
              <Confirm title="Resume everything?" act="Resume everything" keep="Leave it paused" typed={`resume ${pausedJobs}`} onClose={() => setAsked(null)} onConfirm={() => act("resume")}>
                {counted(pausedJobs, "paused job")} fire again, also those that were paused one by one. Disabled jobs stay disabled.
              </Confirm>
            )}
          </div>
        )}
      </Outcome>
    </Panel>
  );
}

function Upkeep() {
  const say = useSay();
  const [days, setDays] = useState("90");
  const [isAsked, setIsAsked] = useState(false);
  const isNumber = /^\d+$/.test(days.trim());
  return (
    <Panel title="Clear old executions" about="finished ones, with their output">
      <div className="body">
        <Field label="Older than" name="days" hint="Days since they ended; 0 clears all that has ended." errors={isNumber ? undefined : ["must be a whole number of days"]}>
          {(props) => <input {...props} className="input" inputMode="numeric" value={days} onChange={(event) => setDays(event.target.value)} />}
        </Field>
        <button type="button" className="btn danger" disabled={!isNumber} onClick={() => setIsAsked(true)}>
          Clear…
        </button>
      </div>
      {isAsked && (
        <Confirm
          title={`Delete executions older than ${counted(Number(days), "day")}?`}
          act="Delete them"
          keep="Keep them"
          isDangerous
          typed={`clear ${Number(days)}`}
          onClose={() => setIsAsked(false)}
          onConfirm={async () => {
            const { data } = await call<number>("DELETE", `/api/v1/scheduler/admin/clear-logs?olderThanDays=${Number(days)}`, undefined, { timeoutMs: 30_000 });
            refreshScheduler();
            say(`${counted(data, "execution")} deleted.`);
          }}
        >
          They and their output are gone for good. Jobs, what runs, and what is due stay.
        </Confirm>
      )}
    </Panel>
  );
}
