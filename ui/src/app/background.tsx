// Acts on many jobs, going on while the page is left, with progress and what was refused.
import { useState, useSyncExternalStore } from "react";

import { refreshBelow } from "../api/cache";
import { ApiError, get, query } from "../api/http";
import type { JobDto, PagedOfJobDto } from "../api/types.gen";
import { counted, number } from "../parts/format";
import { Dialog } from "../parts/dialog";
import { Link } from "./router";

const AT_ONCE = 4;
const PAGE_SIZE = 500;
const REFUSED_MAX = 200;

interface Refusal {
  job: JobDto;
  why: string;
}

export interface Work {
  title: string;
  done: string;
  nDone: number;
  nAll: number;
  refused: Refusal[];
  nRefused: number;
  isOver: boolean;
}

let work: Work | null = null;
let isStopped = false;
const listeners = new Set<() => void>();

function set(next: Work | null): void {
  work = next;
  listeners.forEach((listener) => listener());
}

export function useWork(): Work | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => work,
  );
}

/** The jobs of a filter, all pages of it: read before the first is acted on, for acts change filters. */
export async function allThatMatch(filter: Record<string, string | null>): Promise<JobDto[]> {
  const jobs: JobDto[] = [];
  for (let pageNumber = 1; ; pageNumber++) {
    const page = await get<PagedOfJobDto>(`/api/v1/scheduler/jobs${query({ ...filter, pageSize: PAGE_SIZE, pageNumber })}`);
    jobs.push(...page.items);
    if (page.items.length < PAGE_SIZE) return jobs;
  }
}

export async function workOn(title: string, done: string, jobs: JobDto[], act: (job: JobDto) => Promise<unknown>): Promise<void> {
  isStopped = false;
  set({ title, done, nDone: 0, nAll: jobs.length, refused: [], nRefused: 0, isOver: false });
  let next = 0;
  const worker = async () => {
    while (next < jobs.length && !isStopped) {
      const job = jobs[next++];
      if (!job || !work) return;
      try {
        await act(job);
        set({ ...work, nDone: work.nDone + 1 });
      } catch (cause) {
        const why = cause instanceof ApiError ? cause.problem.detail : String(cause);
        const refused = work.refused.length < REFUSED_MAX ? [...work.refused, { job, why }] : work.refused;
        set({ ...work, refused, nRefused: work.nRefused + 1 });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (work) set({ ...work, isOver: true });
  refreshBelow("/api/v1/scheduler");
}

export function BackgroundAction() {
  const shown = useWork();
  const [isOpen, setIsOpen] = useState(false);
  if (!shown) return null;
  const { title, done, nDone, nRefused, nAll, refused, isOver } = shown;
  const left = nAll - nDone - nRefused;
  return (
    <div className="toast work" role="status">
      <div className="grow">
        <b>{title}</b>
        <div className="progress">
          <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect className="f-run" width={nAll === 0 ? 100 : (100 * (nDone + nRefused)) / nAll} height="6" />
          </svg>
        </div>
        <span className="t2 sm">
          {number(nDone)} {done}
          {nRefused > 0 && `, ${number(nRefused)} refused`}
          {left > 0 && `, ${number(left)} ${isOver ? "left out" : "to go"}`}.{" "}
          {nRefused > 0 && (
            <button type="button" className="plain" onClick={() => setIsOpen(true)}>
              Why {number(nRefused)} refused
            </button>
          )}
        </span>
      </div>
      {isOver ? (
        <button type="button" className="btn small" onClick={() => set(null)}>
          Close
        </button>
      ) : (
        <button type="button" className="btn small" onClick={() => (isStopped = true)}>
          Stop
        </button>
      )}
      {isOpen && (
        <Dialog title={`${counted(nRefused, "job")} refused`} className="wide" onClose={() => setIsOpen(false)}>
          <ul className="plainlist">
            {refused.map(({ job, why }) => (
              <li key={job.id}>
                <Link to={`/jobs/${job.id}`} className="link">
                  {job.name}
                </Link>
                : {why}
              </li>
            ))}
          </ul>
          <div className="acts">
            <button type="button" className="btn" onClick={() => setIsOpen(false)}>
              Close
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
