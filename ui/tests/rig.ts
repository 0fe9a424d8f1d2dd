// The real binary with seeded data, and a browser that takes no fault lightly.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

export const PASSWORD = "a good long passphrase";
export const ADMIN = "ada@example.com";
const KEY = "hor_0123456789abcdef0123456789abcdef_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

export type RoleName = "Administrator" | "Operator" | "Viewer";

export interface Rig {
  base: string;
  browser: Browser;
  /** Answers the HTTP jobs of the seed. */
  witness: string;
  setupTokenFile: string;
  api: <T>(method: string, path: string, body?: unknown) => Promise<T>;
  /** A page of somebody who is signed in. */
  page: (role: RoleName, options?: { theme?: "light" | "dark"; width?: number; height?: number }) => Promise<Watched>;
  stop: () => Promise<void>;
}

export interface Watched {
  page: Page;
  context: BrowserContext;
  /** Console errors, failed requests, policy reports, dialogs: empty at the end of every test. */
  faults: string[];
  close: () => Promise<void>;
}

function binary(): string {
  const target = process.env["CARGO_TARGET_DIR"] ?? join(process.cwd(), "../target");
  const found = process.env["HORARIUM_BIN"] ?? [join(target, "debug/horarium"), join(target, "release/horarium")].find((path) => existsSync(path));
  if (!found || !existsSync(found)) throw new Error("no horarium binary: cargo build --package horarium-cli");
  return found;
}

function chromiumPath(): string {
  const found = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => path && existsSync(path));
  if (!found) throw new Error("no Chromium: apt-get install chromium");
  return found;
}

async function witness(): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    if (path.startsWith("/slow")) {
      setTimeout(() => response.end("done"), 120_000).unref();
    } else if (path.startsWith("/fail")) {
      response.writeHead(503, { "content-type": "application/json" }).end('{"error":"draining"}');
    } else if (path.startsWith("/echo")) {
      response.end(decodeURIComponent(path.slice("/echo".length + 1)));
    } else {
      response.end('{"invoices":1204}');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the witness does not listen");
  return { url: `http://127.0.0.1:${address.port}`, server };
}

async function freePort(): Promise<number> {
  const { url, server } = await witness();
  await new Promise((resolve) => server.close(resolve));
  return Number(new URL(url).port);
}

export async function startRig({ isEmpty = false }: { isEmpty?: boolean } = {}): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), "horarium-ui-"));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const seen = await witness();
  const child = spawn(binary(), ["serve"], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      TZ: "Europe/Berlin",
      HORARIUM_LISTEN: `127.0.0.1:${port}`,
      HORARIUM_DATA_DIR: join(folder, "data"),
      HORARIUM_WORKERS: "16",
      HORARIUM_NODE__NAME: "node-1",
      HORARIUM_DASHBOARD__DIR: join(process.cwd(), "dist"),
      ...(isEmpty ? {} : { HORARIUM_BOOTSTRAP_ADMIN_EMAIL: ADMIN, HORARIUM_BOOTSTRAP_ADMIN_PASSWORD: PASSWORD, HORARIUM_BOOTSTRAP_API_KEY: KEY }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (text: Buffer) => (log = (log + text.toString()).slice(-8_000)));
  await ready(base, child, () => log);
  const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(base + path, {
      method,
      headers: { "X-Api-Key": KEY, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  };
  if (!isEmpty) await people(api);
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"] });
  return {
    base,
    browser,
    witness: seen.url,
    setupTokenFile: join(folder, "data/setup-token"),
    api,
    page: (role, options) => signedIn(browser, base, role, options ?? {}),
    stop: async () => {
      await browser.close();
      await ended(child);
      seen.server.closeAllConnections();
      seen.server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ready(base: string, child: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${log()}`);
    const answer = await fetch(`${base}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server is not ready: ${log()}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

const EMAILS: Record<RoleName, string> = { Administrator: ADMIN, Operator: "oskar@example.com", Viewer: "vera@example.com" };

async function people(api: Rig["api"]): Promise<void> {
  for (const role of ["Operator", "Viewer"] as const) {
    await api("POST", "/api/v1/users", { email: EMAILS[role], password: PASSWORD, role });
  }
}

export async function watched(browser: Browser, options: { theme?: "light" | "dark"; width?: number; height?: number }): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.height ?? 1000 },
    colorScheme: options.theme ?? "light",
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => faults.push(`page: ${error.message}`));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  return { page, context, faults, close: () => context.close() };
}

async function signedIn(browser: Browser, base: string, role: RoleName, options: { theme?: "light" | "dark"; width?: number; height?: number }): Promise<Watched> {
  const watch = await watched(browser, options);
  await watch.page.goto(`${base}/dashboard/login`);
  await watch.page.getByLabel("E-mail address").fill(EMAILS[role]);
  await watch.page.getByLabel("Password").fill(PASSWORD);
  await watch.page.getByRole("button", { name: "Sign in" }).click();
  await watch.page.getByRole("navigation", { name: "Main" }).or(watch.page.getByRole("navigation", { name: "Places" })).first().waitFor();
  // Who is not signed in yet asks who they are, and is told so by a 401.
  watch.faults.splice(0, watch.faults.length, ...watch.faults.filter((fault) => !/401/.test(fault)));
  return watch;
}

export interface Seeded {
  jobs: Record<string, string>;
}

/** Jobs of every kind of state, and executions of every outcome. */
export async function seed(rig: Rig): Promise<Seeded> {
  const jobs: Record<string, string> = {};
  const http = (path: string) => ({ jobType: "HttpCall", jobConfiguration: { url: `${rig.witness}${path}`, method: "POST", headers: { Authorization: "Bearer not-shown" } } });
  const noop = { jobType: "CodeExecution", jobConfiguration: { handlerType: "noop" } };
  const retry = (maxAttempts: number) => ({ retryPolicy: { maxAttempts, delaySeconds: 1 } });
  const list: readonly (readonly [string, Record<string, unknown>])[] = [
    ["Nightly invoice export", { ...http("/fail"), ...retry(1), scheduleType: "Cron", scheduleExpression: "30 23 * * 1-5", timezone: "Europe/Berlin", tags: ["billing"] }],
    ["Refresh exchange rates", { ...http("/fail"), ...retry(0), scheduleType: "Interval", intervalSeconds: 900, timezone: "Europe/London", tags: ["treasury"] }],
    ["Rebuild price index", { ...http("/slow"), ...retry(0), scheduleType: "Cron", scheduleExpression: "30 21 * * *", timezone: "Europe/Berlin", tags: ["shop"] }],
    ["Ledger snapshot", { ...noop, scheduleType: "Cron", scheduleExpression: "*/30 * * * *", tags: ["finance"] }],
    ["Purge expired sessions", { ...noop, scheduleType: "Interval", intervalSeconds: 2, tags: ["platform"] }],
    ["Rotate access logs", { ...noop, scheduleType: "Cron", scheduleExpression: "0 * * * *", tags: ["platform"] }],
    ["Send dunning letters", { ...http("/ok"), scheduleType: "Cron", scheduleExpression: "0 9 * * 2", timezone: "Europe/Vienna", tags: ["billing"], exclusions: { excludedDates: ["2026-12-25"] } }],
    ["Push stock levels to marketplace", { ...http("/ok"), scheduleType: "Cron", scheduleExpression: "*/5 * * * *", timezone: "Europe/Berlin", tags: ["shop"] }],
    ["Archive scanned contracts", { ...noop, scheduleType: "Cron", scheduleExpression: "0 4 * * 0", timezone: "Europe/Berlin", tags: ["legal"], isEnabled: false }],
    ["Migrate legacy price lists", { ...noop, scheduleType: "OneTime", runAt: "2027-01-01T03:00:00Z", tags: ["shop"] }],
  ];
  for (const [name, fields] of list) {
    const made = await rig.api<{ id: string }>("POST", "/api/v1/scheduler/jobs", { name, ...fields });
    jobs[name] = made.id;
  }
  const run = (name: string) => rig.api<string>("POST", `/api/v1/scheduler/jobs/${jobs[name]}/trigger`);
  for (const name of ["Refresh exchange rates", "Refresh exchange rates", "Refresh exchange rates", "Ledger snapshot", "Ledger snapshot", "Send dunning letters", "Rebuild price index"]) await run(name);
  jobs["failed execution"] = await run("Nightly invoice export");
  jobs["good execution"] = await run("Send dunning letters");
  await rig.api("POST", `/api/v1/scheduler/jobs/${jobs["Push stock levels to marketplace"]}/pause`, { until: "2027-01-01T08:00:00Z", reason: "stock take" });
  await settled(rig, jobs["failed execution"] ?? "", "Failed");
  await settled(rig, jobs["good execution"] ?? "", "Succeeded");
  return { jobs };
}

export async function settled(rig: Rig, execution: string, status: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const found = await rig.api<{ status: string }>("GET", `/api/v1/scheduler/executions/${execution}`);
    if (found.status === status) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`execution ${execution} is not ${status}`);
}
