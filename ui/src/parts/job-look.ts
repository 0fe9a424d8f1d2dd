// How a job stands: the worst thing about it first.
import type { JobDto } from "../api/types.gen";
import type { Look } from "./mark";

export function jobLook(job: JobDto): Look {
  if (job.isDeleted) return { mark: "cancelled", tone: "mute", word: "Deleted" };
  if (job.isPaused) return { mark: "paused", tone: "mute", word: "Paused" };
  if (job.status === "Disabled") return { mark: "cancelled", tone: "mute", word: "Disabled" };
  if (job.consecutiveFailures > 0) {
    return { mark: "failed", tone: "fail", word: job.consecutiveFailures === 1 ? "Failed last time" : `Failing, ${job.consecutiveFailures} in a row` };
  }
  if (job.status === "Completed") return { mark: "ok", tone: "ok", word: "Completed" };
  if (job.lastExecutionStatus === "Running") return { mark: "running", tone: "run", word: "Running" };
  if (job.lastExecutionStatus === null) return { mark: "pending", tone: "mute", word: "Not run yet" };
  return { mark: "ok", tone: "ok", word: "Fine" };
}
