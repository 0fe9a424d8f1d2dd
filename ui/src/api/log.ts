import type { ExecutionDto } from "./types.gen";

/** A part of the log of executions. */
export interface ExecutionLogPage {
  items: ExecutionDto[];
  totalCount: number | null;
  totalIsExact: boolean;
  pageNumber: number;
  pageSize: number;
  totalPages: number | null;
  next: string | null;
}
