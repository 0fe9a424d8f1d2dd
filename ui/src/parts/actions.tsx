// What people do to jobs and executions, with the question before and the word after.
import { type ReactNode, useState } from "react";

import { refreshBelow } from "../api/cache";
import { ApiError, post } from "../api/http";
import type { ExecutionDto, JobDto } from "../api/types.gen";
import { go, Link } from "../app/router";
import { useMay } from "../app/session";
import { Confirm, Refused, Dialog } from "./dialog";
import { Field } from "./field";
import { useSay } from "./toast";

const SCHEDULER = "/api/v1/scheduler";

export function refreshScheduler(): void {
  refreshBelow(SCHEDULER);
}

export interface Actions {
  runButton: (job: JobDto, isPrimary?: boolean) => ReactNode;
  pauseButton: (job: JobDto) => ReactNode;
  cancelButton: (execution: ExecutionDto) => ReactNode;
  retryButton: (execution: ExecutionDto) => ReactNode;
}

/** Buttons that act; those that the role lacks are absent. */
export function useActions(): Actions {
  const may = useMay();
  const small = (isSmall: boolean) => (isSmall ? "btn small" : "btn");
  return {
    runButton: (job, isPrimary = false) => may.operate && <RunNow job={job} className={isPrimary ? "btn primary" : "btn small"} />,
    pauseButton: (job) => may.operate && <PauseOrResume job={job} className={small(true)} />,
    cancelButton: (execution) => may.operate && <Cancel execution={execution} className={`${small(true)} danger`} />,
    retryButton: (execution) => may.operate && <Retry execution={execution} className={small(true)} />,
  };
}

export function RunNow({ job, className = "btn" }: { job: JobDto; className?: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const say = useSay();
  return (
    <>
      <button type="button" className={className} data-key="r" onClick={() => setIsOpen(true)}>
        Run now
      </button>
      {isOpen && (
        <Confirm
          title={`Run ${job.name} now?`}
          act="Run now"
          onClose={() => setIsOpen(false)}
          onConfirm={async () => {
            const id = await post<string>(`${SCHEDULER}/jobs/${job.id}/trigger`);
            refreshScheduler();
            say(
              <>
                {job.name} is queued.
              </>,
              { action: <Link to={`/executions/${id}`} className="btn small">Open</Link> },
            );
          }}
        >
          One execution is queued besides its schedule, whose next instant stays. {job.isPaused && "The job stays paused. "}
          {!job.isEnabled && "The job stays disabled. "}
        </Confirm>
      )}
    </>
  );
}

export function PauseOrResume({ job, className = "btn" }: { job: JobDto; className?: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const say = useSay();
  if (job.isPaused) {
    return (
      <>
        <button type="button" className={className} onClick={() => setIsOpen(true)}>
          Resume
        </button>
        {isOpen && (
          <Confirm
            title={`Resume ${job.name}?`}
            act="Resume"
            onClose={() => setIsOpen(false)}
            onConfirm={async () => {
              await post(`${SCHEDULER}/jobs/${job.id}/resume`);
              refreshScheduler();
              say(`${job.name} fires again.`);
            }}
          >
            It fires at its next due instant. What fell due while it was paused stays skipped.
          </Confirm>
        )}
      </>
    );
  }
  if (!job.isEnabled || job.status === "Completed") return null;
  return (
    <>
      <button type="button" className={className} data-key="p" onClick={() => setIsOpen(true)}>
        Pause…
      </button>
      {isOpen && <PauseDialog jobs={[job]} onClose={() => setIsOpen(false)} onDone={() => say(`${job.name} is paused.`)} />}
    </>
  );
}

interface PauseDialogProps {
  jobs: JobDto[];
  onClose: () => void;
  onDone: () => void;
}

/** Until when, and why. The zone is the viewer's browser's: it is an instant that is sent. */
export function PauseDialog({ jobs, onClose, onDone }: PauseDialogProps) {
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const [error, setError] = useState<ApiError | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async () => {
    setIsBusy(true);
    setError(null);
    try {
      const body = { ...(until ? { until: new Date(until).toISOString() } : {}), ...(reason.trim() ? { reason: reason.trim() } : {}) };
      for (const job of jobs) await post(`${SCHEDULER}/jobs/${job.id}/pause`, body);
      refreshScheduler();
      onDone();
      onClose();
    } catch (cause) {
      setError(cause as ApiError);
      setIsBusy(false);
    }
  };
  const name = jobs.length === 1 ? (jobs[0]?.name ?? "") : `${jobs.length} jobs`;
  return (
    <Dialog title={`Pause ${name}?`} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p className="t2">It stops firing at once. What runs goes on. Instants that fall due meanwhile are recorded as skipped.</p>
        {error && Object.keys(error.fields).length === 0 && <Refused error={error} />}
        <Field label="Until" name="until" hint="Empty: until somebody resumes it. In this browser’s time zone." errors={error?.fields["until"]}>
          {(props) => <input {...props} type="datetime-local" className="input" value={until} onChange={(event) => setUntil(event.target.value)} />}
        </Field>
        <Field label="Why" name="reason" hint="Shown to everybody who looks at the job." errors={error?.fields["reason"]}>
          {(props) => <input {...props} className="input" maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />}
        </Field>
        <div className="acts">
          <button type="button" className="btn" onClick={onClose}>
            Keep running
          </button>
          <button type="submit" className="btn primary" disabled={isBusy}>
            {isBusy ? "Pausing…" : "Pause"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function Cancel({ execution, className = "btn danger" }: { execution: ExecutionDto; className?: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const say = useSay();
  const isOver = execution.status !== "Running" && execution.status !== "Pending";
  return (
    <>
      <button type="button" className={className} data-key="c" disabled={isOver} title={isOver ? "It has ended." : undefined} onClick={() => setIsOpen(true)}>
        Cancel…
      </button>
      {isOpen && (
        <Confirm
          title={`Cancel this execution of ${execution.jobName ?? "a deleted job"}?`}
          act="Cancel the execution"
          keep="Keep it"
          isDangerous
          onClose={() => setIsOpen(false)}
          onConfirm={async () => {
            await post(`${SCHEDULER}/executions/${execution.id}/cancel`);
            refreshScheduler();
            say("Cancelled. Its work is being stopped.");
          }}
        >
          {execution.status === "Running" ? "Its work is stopped within a second; what it has done so far stays done. " : "It has not started, and will not. "}
          It is not retried. The job’s next due instant stays.
        </Confirm>
      )}
    </>
  );
}

export function Retry({ execution, className = "btn" }: { execution: ExecutionDto; className?: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const isPossible = execution.status === "Failed" || execution.status === "Cancelled";
  return (
    <>
      <button type="button" className={className} disabled={!isPossible} title={isPossible ? undefined : "Failed and cancelled executions can be retried."} onClick={() => setIsOpen(true)}>
        Retry
      </button>
      {isOpen && (
        <Confirm
          title="Run it again?"
          act="Retry"
          onClose={() => setIsOpen(false)}
          onConfirm={async () => {
            const id = await post<string>(`${SCHEDULER}/executions/${execution.id}/retry`);
            refreshScheduler();
            go(`/executions/${id}`);
          }}
        >
          A new execution with the job’s present definition is queued. This one stays as it is.
        </Confirm>
      )}
    </>
  );
}
