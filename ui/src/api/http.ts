// Calls of the public API, and what can go wrong with them.

/** What the server says instead of an answer (RFC 9457, and the members that we add). */
export interface Problem {
  title: string;
  status: number;
  detail: string;
  code?: string;
  errors?: Record<string, string[]>;
  requestId?: string;
}

/** Longest wait for an answer; the server itself gives up later. */
const ANSWER_MS_MAX = 10_000;

export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.status = problem.status;
    this.problem = problem;
  }

  /** Messages by field, keys as the request spelled them. */
  get fields(): Record<string, string[]> {
    return this.problem.errors ?? {};
  }
}

export interface Answer<T> {
  data: T;
  etag: string | null;
  status: number;
}

export interface CallOptions {
  ifMatch?: string | null;
  timeoutMs?: number;
  signal?: AbortSignal;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const lost = new Set<() => void>();

/** Calls `listener` when the server no longer knows this browser's login. */
export function onSessionLost(listener: () => void): () => void {
  lost.add(listener);
  return () => lost.delete(listener);
}

/** Milliseconds that the server's clock is ahead of this browser's, as of the last answer. */
let skewMs = 0;

/** Now, by the server's clock when this one is more than 2 s off. */
export function serverNow(): number {
  return Date.now() + (Math.abs(skewMs) > 2_000 ? skewMs : 0);
}

export function clockSkewMs(): number {
  return skewMs;
}

export async function call<T>(method: Method, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") {
    headers["Content-Type"] = "application/json";
    headers["X-Horarium-Dashboard"] = "1";
  }
  if (options.ifMatch) headers["If-Match"] = options.ifMatch;
  const response = await answered(path, {
    method,
    headers,
    credentials: "same-origin",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }, options);
  noteClock(response);
  if (!response.ok) {
    const problem = await problemOf(response);
    if (response.status === 401 && !path.includes("/auth/login")) lost.forEach((listener) => listener());
    throw new ApiError(problem);
  }
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  const data = (text === "" ? undefined : isJson ? JSON.parse(text) : text) as T;
  return { data, etag: response.headers.get("etag"), status: response.status };
}

export async function get<T>(path: string, options?: CallOptions): Promise<T> {
  return (await call<T>("GET", path, undefined, options)).data;
}

export async function post<T>(path: string, body?: unknown, options?: CallOptions): Promise<T> {
  return (await call<T>("POST", path, body, options)).data;
}

async function answered(path: string, init: RequestInit, options: CallOptions): Promise<Response> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), options.timeoutMs ?? ANSWER_MS_MAX);
  options.signal?.addEventListener("abort", () => limit.abort());
  try {
    return await fetch(path, { ...init, signal: limit.signal });
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    const seconds = (options.timeoutMs ?? ANSWER_MS_MAX) / 1_000;
    const title = limit.signal.aborted ? `The server did not answer in ${seconds} s` : "The server cannot be reached";
    throw new ApiError({ title, status: 0, detail: `${title}. Jobs go on running.` });
  } finally {
    clearTimeout(timer);
  }
}

async function problemOf(response: Response): Promise<Problem> {
  const requestId = response.headers.get("x-request-id") ?? undefined;
  const fallback = { title: `The server answered ${response.status}`, status: response.status, detail: "" };
  try {
    const read = (await response.json()) as Partial<Problem>;
    return { ...fallback, ...(requestId ? { requestId } : {}), ...read };
  } catch {
    return { ...fallback, ...(requestId ? { requestId } : {}) };
  }
}

function noteClock(response: Response): void {
  const date = Date.parse(response.headers.get("date") ?? "");
  // The header has whole seconds; what is below that says nothing.
  if (!Number.isNaN(date)) skewMs = date + 500 - Date.now();
}

/** A query string without what is empty. */
export function query(parts: Record<string, string | number | boolean | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parts)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}
