// Lateness over time: executions in groups of equal size, by the half and by 99 in 100.
import type { ExecutionDto } from "../api/types.gen";

const GROUPS = 40;

export interface Buckets {
  times: number[];
  half: number[];
  most: number[];
  n: number;
}

/** Sorted `values` at `part` of the whole, by nearest rank. */
export function quantile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))] ?? 0;
}

/** Milliseconds from due to started; a log scale has no zero, so 1 at least. */
export function bucketed(executions: ExecutionDto[]): Buckets {
  const points = executions
    .filter((one) => one.dueAt !== null && one.status !== "Pending")
    .map((one) => ({ at: Date.parse(one.startedAt), late: Math.max(1, Date.parse(one.startedAt) - Date.parse(one.dueAt ?? "")) }))
    .sort((a, b) => a.at - b.at);
  const size = Math.max(1, Math.ceil(points.length / GROUPS));
  const buckets: Buckets = { times: [], half: [], most: [], n: points.length };
  for (let from = 0; from < points.length; from += size) {
    const group = points.slice(from, from + size);
    const time = (group.at(-1)?.at ?? 0) / 1_000;
    // uPlot wants times that grow.
    if (time <= (buckets.times.at(-1) ?? -1)) continue;
    buckets.times.push(time);
    buckets.half.push(quantile(group.map((one) => one.late), 0.5));
    buckets.most.push(quantile(group.map((one) => one.late), 0.99));
  }
  return buckets;
}
