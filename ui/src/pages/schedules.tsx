// Schedules: steps in order, some side by side; their executions as a rail that says where it is.
import { type ReactNode, useState } from "react";

import { refreshBelow, useGet, useGetKept } from "../api/cache";
import { call, post, query } from "../api/http";
import type { PageOfScheduleDto, PageOfScheduleExecutionDto, RunScheduleAnswer, ScheduleDetailDto, ScheduleDto, ScheduleExecutionDetailDto, ScheduleExecutionStepDto, ScheduleStepDto } from "../api/types.gen";
import { go, Link, useSearch } from "../app/router";
import { useMay, useRole } from "../app/session";
import { Page } from "../app/shell";
import { zoneName } from "../app/zone";
import { Confirm } from "../parts/dialog";
import { duration, number, spaced } from "../parts/format";
import { Badge, lookOf, Mark } from "../parts/mark";
import { Panel, TableBox } from "../parts/panel";
import { cronWords } from "../parts/rule";
import { Empty, Failed, Loading, Outcome } from "../parts/states";
import { Time, useNow } from "../parts/time";
import { useSay } from "../parts/toast";

const SCHEDULES = "/api/v1/schedules";
const EXECUTIONS = "/api/v1/schedule-executions";
const REFRESH_MS = 5_000;

export default function Schedules({ id, run }: { id?: string; run?: string }) {
  const may = useMay();
  const role = useRole();
  if (!may.administer) {
    return (
      <Page title="Schedules" crumbs={[{ text: "Schedules" }]}>
        <h1>Schedules</h1>
        <section className="panel" aria-label="Schedules">
          <Empty title="Schedules need the Administrator role">
            You are {/^[AO]/.test(role) ? "an" : "a"} {role}. Ask an administrator.
          </Empty>
        </section>
      </Page>
    );
  }
  if (run) return <Execution id={run} />;
  return id ? <Schedule id={id} /> : <List />;
}

function ruleText(schedule: ScheduleDto): string {
  if (schedule.triggerType !== "Cron") return "By hand";
  return cronWords(schedule.cronExpression ?? "") ?? schedule.cronExpression ?? "";
}

function List() {
  const [search, change] = useSearch();
  const page = Math.max(1, Number(search.get("page") ?? "1") || 1);
  const list = useGetKept<PageOfScheduleDto>(`${SCHEDULES}${query({ page, pageSize: 100, search: search.get("q"), sortBy: "name" })}`, REFRESH_MS);
  return (
    <Page title="Schedules" crumbs={[{ text: "Schedules" }]}>
      <h1>Schedules</h1>
      <section className="panel" aria-label="Schedules">
        <Outcome asked={list} what="schedules" rows={6}>
          {(data) =>
            data.items.length === 0 ? (
              <Empty title="No schedules yet">A schedule runs steps in order, some of them side by side. The API makes them: POST {SCHEDULES}.</Empty>
            ) : (
              <>
                <TableBox label="Schedules">
                  <table>
                    <caption className="vh">Schedules</caption>
                    <thead>
                      <tr>
                        <th scope="col">Schedule</th>
                        <th scope="col">Rule</th>
                        <th scope="col">Next due</th>
                        <th scope="col" className="num">
                          Steps
                        </th>
                        <th scope="col">Last execution</th>
                      </tr>
                    </thead>
                    <tbody>
                      {data.items.map((schedule) => (
                        <Row key={schedule.id} schedule={schedule} />
                      ))}
                    </tbody>
                  </table>
                </TableBox>
                <footer>
                  {number(data.totalCount)} in all
                  <span className="end pair">
                    <button type="button" className="btn small" disabled={!data.hasPreviousPage} onClick={() => change({ page: String(page - 1) })}>
                      Back
                    </button>
                    <button type="button" className="btn small" disabled={!data.hasNextPage} onClick={() => change({ page: String(page + 1) })}>
                      On
                    </button>
                  </span>
                </footer>
              </>
            )
          }
        </Outcome>
      </section>
    </Page>
  );
}

function Row({ schedule }: { schedule: ScheduleDto }) {
  const look = lookOf(schedule.lastExecutionStatus);
  return (
    <tr>
      <td className="strong name">
        <Link to={`/schedules/${schedule.id}`}>{schedule.name}</Link> {!schedule.isEnabled && <span className="tag">disabled</span>}
      </td>
      <td className="t2">
        {ruleText(schedule)} <span className="t3">{zoneName(schedule.timezone)}</span>
      </td>
      <td>
        <Time at={schedule.nextRunTime} zone={schedule.timezone} />
      </td>
      <td className="num">{schedule.stepCount}</td>
      <td>
        {schedule.lastExecutionId ? (
          <Link to={`/schedules/${schedule.id}/executions/${schedule.lastExecutionId}`} className={`st ${look.tone}`}>
            <Mark name={look.mark} tone={look.tone} /> {look.word}
          </Link>
        ) : (
          <span className="t3">not run yet</span>
        )}
      </td>
    </tr>
  );
}

function Loaded<T>({ asked, title, children }: { asked: ReturnType<typeof useGet<T>>; title: string; children: (data: T) => ReactNode }) {
  if (asked.data !== undefined) return <>{children(asked.data)}</>;
  return (
    <Page title={title} crumbs={[{ text: "Schedules", to: "/schedules" }, { text: title }]}>
      <h1>{title}</h1>
      {asked.error ? <Failed error={asked.error} retry={asked.reload} /> : <Loading what={title} rows={6} />}
    </Page>
  );
}

type Question = "run" | "switch" | "delete";

function Schedule({ id }: { id: string }) {
  const asked = useGet<ScheduleDetailDto>(`${SCHEDULES}/${id}`, REFRESH_MS);
  const runs = useGet<PageOfScheduleExecutionDto>(`${EXECUTIONS}${query({ scheduleId: id, pageSize: 20 })}`, REFRESH_MS);
  const [question, setQuestion] = useState<Question | null>(null);
  return (
    <Loaded asked={asked} title="Schedule">
      {(schedule) => (
        <Page title={schedule.name} crumbs={[{ text: "Schedules", to: "/schedules" }, { text: schedule.name }]}>
          <div className="head">
            <div>
              <h1>{schedule.name}</h1>
              <p className="meta">
                <span>{schedule.isEnabled ? "enabled" : "disabled"}</span>
                <span>
                  {ruleText(schedule)} {zoneName(schedule.timezone)}
                </span>
                {schedule.nextRunTime && (
                  <span>
                    next <Time at={schedule.nextRunTime} zone={schedule.timezone} named />
                  </span>
                )}
              </p>
            </div>
            <div className="acts">
              <button type="button" className="btn primary" onClick={() => setQuestion("run")}>
                Run now
              </button>
              <button type="button" className="btn" onClick={() => setQuestion("switch")}>
                {schedule.isEnabled ? "Disable…" : "Enable…"}
              </button>
              <button type="button" className="btn danger" onClick={() => setQuestion("delete")}>
                Delete…
              </button>
            </div>
          </div>
          <div className="cols">
            <div className="c8 stack">
              <Panel title="Steps" about="in order; those of one number run side by side">
                <Steps steps={schedule.steps} />
              </Panel>
            </div>
            <div className="c4 stack">
              <Panel title="Executions">
                <Outcome asked={runs} what="executions">
                  {(page) => (page.items.length === 0 ? <Empty title="It has not run yet">Run it now, or wait until it is due.</Empty> : <Runs page={page} />)}
                </Outcome>
              </Panel>
            </div>
          </div>
          {question && <Ask question={question} schedule={schedule} onClose={() => setQuestion(null)} />}
        </Page>
      )}
    </Loaded>
  );
}

function Ask({ question, schedule, onClose }: { question: Question; schedule: ScheduleDto; onClose: () => void }) {
  const say = useSay();
  const path = `${SCHEDULES}/${schedule.id}`;
  const done = (text: string) => {
    refreshBelow(SCHEDULES, EXECUTIONS);
    say(text);
  };
  switch (question) {
    case "run":
      return (
        <Confirm
          title={`Run ${schedule.name} now?`}
          act="Run now"
          onClose={onClose}
          onConfirm={async () => {
            const answer = await post<RunScheduleAnswer>(`${path}/run`);
            refreshBelow(SCHEDULES, EXECUTIONS);
            go(`/schedules/${schedule.id}/executions/${answer.executionId}`);
          }}
        >
          One execution begins besides its rule, whose next instant stays.
        </Confirm>
      );
    case "switch":
      return (
        <Confirm
          title={`${schedule.isEnabled ? "Disable" : "Enable"} ${schedule.name}?`}
          act={schedule.isEnabled ? "Disable" : "Enable"}
          onClose={onClose}
          onConfirm={async () => {
            await post(`${path}/${schedule.isEnabled ? "disable" : "enable"}`);
            done(`${schedule.name} is ${schedule.isEnabled ? "disabled" : "enabled"}.`);
          }}
        >
          {schedule.isEnabled ? "It does not start until it is enabled again. What runs goes on." : "It starts at its next due instant."}
        </Confirm>
      );
    case "delete":
      return (
        <Confirm
          title={`Delete ${schedule.name}?`}
          act="Delete the schedule"
          keep="Keep it"
          isDangerous
          onClose={onClose}
          onConfirm={async () => {
            await call("DELETE", path);
            go("/schedules");
            setTimeout(() => done(`${schedule.name} is deleted.`), 50);
          }}
        >
          It starts no more. Its executions stay readable.
        </Confirm>
      );
  }
}

function Steps({ steps }: { steps: ScheduleStepDto[] }) {
  if (steps.length === 0) return <Empty title="No steps">Without steps it cannot run.</Empty>;
  return (
    <ol>
      {steps.map((step) => (
        <li className="item" key={step.id}>
          <span className="t3">{step.stepIndex + 1}</span>
          <div>
            <b>{step.name ?? spaced(step.stepType)}</b>
            <p className="why">
              {spaced(step.stepType)} <span className="mono">{step.scriptPath ?? step.executablePath ?? step.sqlScriptPath ?? ""}</span>
            </p>
          </div>
          <span className="t3 sm">{step.continueOnFailure ? "may fail" : "a failure ends it"}</span>
        </li>
      ))}
    </ol>
  );
}

function Runs({ page }: { page: PageOfScheduleExecutionDto }) {
  return (
    <ul>
      {page.items.map((one) => {
        const look = lookOf(one.status);
        return (
          <li className="item" key={one.id}>
            <Mark name={look.mark} tone={look.tone} label={look.word} />
            <Link to={`/schedules/${one.scheduleId}/executions/${one.id}`} className="strong">
              <Time at={one.queuedAt} precision="second" />
            </Link>
            <span className="t3 sm">{look.word}</span>
          </li>
        );
      })}
    </ul>
  );
}

const LIVE = new Set(["Queued", "InProgress", "Paused"]);

function Execution({ id }: { id: string }) {
  const asked = useGet<ScheduleExecutionDetailDto>(`${EXECUTIONS}/${id}`, 2_000);
  const [isAsked, setIsAsked] = useState(false);
  const now = useNow();
  const say = useSay();
  return (
    <Loaded asked={asked} title="Execution of a schedule">
      {(run) => {
        const look = lookOf(run.status);
        const from = Date.parse(run.startedAt ?? run.queuedAt);
        const took = (run.completedAt ? Date.parse(run.completedAt) : now.getTime()) - from;
        return (
          <Page title={`${look.word} · ${run.scheduleName}`} crumbs={[{ text: "Schedules", to: "/schedules" }, { text: run.scheduleName, to: `/schedules/${run.scheduleId}` }, { text: look.word }]}>
            <div className="head">
              <div>
                <h1>
                  {run.scheduleName} <Badge look={look} text={LIVE.has(run.status) ? `${look.word}, step ${run.currentStepIndex + 1} of ${run.totalSteps}` : look.word} />
                </h1>
                <p className="meta">
                  <span>
                    queued <Time at={run.queuedAt} precision="second" full named />
                  </span>
                  <span>by {run.initiatedByName ?? run.initiatedByType}</span>
                  <span>{duration(Math.max(0, took))}</span>
                </p>
              </div>
              <div className="acts">
                <button type="button" className="btn danger" disabled={!LIVE.has(run.status)} title={LIVE.has(run.status) ? undefined : "It has ended."} onClick={() => setIsAsked(true)}>
                  Cancel…
                </button>
              </div>
            </div>
            {run.errorMessage && (
              <div className="note fail">
                <Mark name="failed" tone="fail" />
                <div>
                  <b>{run.errorMessage}</b>
                </div>
              </div>
            )}
            <Panel title="Steps" about="as they were when this execution started">
              <ol>
                {run.steps.map((step, index) => (
                  <StepItem key={index} step={step} now={now} />
                ))}
              </ol>
            </Panel>
            {isAsked && (
              <Confirm
                title={`Cancel this execution of ${run.scheduleName}?`}
                act="Cancel the execution"
                keep="Keep it"
                isDangerous
                onClose={() => setIsAsked(false)}
                onConfirm={async () => {
                  await post(`${EXECUTIONS}/${id}/cancel`);
                  refreshBelow(SCHEDULES, EXECUTIONS);
                  say("Cancelled. Its running steps are being stopped.");
                }}
              >
                Running steps are told to stop. Later ones do not run. What ended stays done.
              </Confirm>
            )}
          </Page>
        );
      }}
    </Loaded>
  );
}

function StepItem({ step, now }: { step: ScheduleExecutionStepDto; now: Date }) {
  const look = lookOf(step.status);
  const took = step.startedAt ? (step.completedAt ? Date.parse(step.completedAt) : now.getTime()) - Date.parse(step.startedAt) : null;
  return (
    <li className="item">
      <Mark name={look.mark} tone={look.tone} />
      <div>
        <div className="line1">
          <span className="t3">{step.stepIndex + 1}</span> <b>{step.name}</b> <span className={look.tone}>{step.status}</span>
        </div>
        <p className="why">
          {spaced(step.stepType)}
          {step.errorMessage && `: ${step.errorMessage}`}
        </p>
      </div>
      <span className="t3 sm">{took === null ? "" : duration(Math.max(0, took))}</span>
    </li>
  );
}
