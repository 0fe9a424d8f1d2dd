// A job as it is typed, and as the API takes it. Pure.
import type { JobDto } from "../api/types.gen";
import { VIEWER_ZONE } from "../app/zone";
import { configurationOf, type Texts, textsOf } from "../parts/configuration-form";

export interface Draft {
  name: string;
  description: string;
  jobType: string;
  scheduleType: string;
  scheduleExpression: string;
  intervalSeconds: string;
  runAt: string;
  timezone: string;
  tags: string;
  isEnabled: boolean;
  timeoutSeconds: string;
  maxAttempts: string;
  delaySeconds: string;
  misfirePolicy: string;
  maxLatenessSeconds: string;
  overlapPolicy: string;
  jitterSeconds: string;
  maxConcurrency: string;
  configuration: Texts;
}

export const NEW_DRAFT: Draft = {
  name: "",
  description: "",
  jobType: "HttpCall",
  scheduleType: "Cron",
  scheduleExpression: "0 6 * * *",
  intervalSeconds: "600",
  runAt: "",
  timezone: VIEWER_ZONE,
  tags: "",
  isEnabled: true,
  timeoutSeconds: "300",
  maxAttempts: "3",
  delaySeconds: "60",
  misfirePolicy: "latest",
  maxLatenessSeconds: "",
  overlapPolicy: "allow",
  jitterSeconds: "0",
  maxConcurrency: "",
  configuration: { method: "GET" },
};

export function draftOf(job: JobDto): Draft {
  return {
    name: job.name,
    description: job.description ?? "",
    jobType: job.jobType,
    scheduleType: job.scheduleType,
    scheduleExpression: job.scheduleExpression ?? "",
    intervalSeconds: String(job.intervalSeconds ?? ""),
    runAt: job.runAt ?? "",
    timezone: job.timezone,
    tags: job.tags.join(", "),
    isEnabled: job.isEnabled,
    timeoutSeconds: String(job.timeoutSeconds),
    maxAttempts: String(job.retryPolicy.maxAttempts),
    delaySeconds: String(job.retryPolicy.delaySeconds),
    misfirePolicy: job.misfirePolicy,
    maxLatenessSeconds: String(job.maxLatenessSeconds ?? ""),
    overlapPolicy: job.overlapPolicy,
    jitterSeconds: String(job.jitterSeconds),
    maxConcurrency: String(job.maxConcurrency ?? ""),
    configuration: textsOf(job.jobType, job.jobConfiguration as Record<string, unknown>),
  };
}

/** Text that is a number goes as one; other text goes as it is, and the server says what is wrong with it. */
function numeric(text: string): number | string | null {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}

/** A bound that may be taken away: of a job that exists, the empty text does that. */
function bound(text: string, isNew: boolean): number | string | null {
  return text.trim() === "" ? (isNew ? null : "") : numeric(text);
}

export function ruleOf(draft: Draft): Record<string, unknown> {
  return {
    scheduleType: draft.scheduleType,
    timezone: draft.timezone.trim() || null,
    ...(draft.scheduleType === "Cron" ? { scheduleExpression: draft.scheduleExpression } : {}),
    ...(draft.scheduleType === "Interval" ? { intervalSeconds: numeric(draft.intervalSeconds) } : {}),
    ...(draft.scheduleType === "OneTime" ? { runAt: draft.runAt || null } : {}),
  };
}

export function requestOf(draft: Draft, isNew: boolean): Record<string, unknown> {
  return {
    name: draft.name,
    description: draft.description,
    jobType: draft.jobType,
    ...ruleOf(draft),
    tags: draft.tags.split(",").map((tag) => tag.trim()).filter(Boolean),
    isEnabled: draft.isEnabled,
    timeoutSeconds: numeric(draft.timeoutSeconds),
    retryPolicy: { maxAttempts: numeric(draft.maxAttempts), delaySeconds: numeric(draft.delaySeconds) },
    misfirePolicy: draft.misfirePolicy,
    maxLatenessSeconds: bound(draft.maxLatenessSeconds, isNew),
    overlapPolicy: draft.overlapPolicy,
    jitterSeconds: numeric(draft.jitterSeconds),
    maxConcurrency: bound(draft.maxConcurrency, isNew),
    jobConfiguration: configurationOf(draft.jobType, draft.configuration),
  };
}
