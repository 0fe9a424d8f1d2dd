// The dashboard against the real server: every page and action, as each role.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { PAYLOADS } from "./payloads";
import { ADMIN, PASSWORD, type Rig, type RoleName, type Seeded, seed, settled, startRig, type Watched, watched } from "./rig";

let rig: Rig;
let seeded: Seeded;

before(async () => {
  rig = await startRig();
  seeded = await seed(rig);
});

after(async () => {
  await rig.stop();
});

async function as(role: RoleName, work: (watch: Watched) => Promise<void>, options?: Parameters<Rig["page"]>[1]): Promise<void> {
  const watch = await rig.page(role, options);
  try {
    await work(watch);
    assert.deepEqual(watch.faults, [], `faults as ${role}`);
  } finally {
    await watch.close();
  }
}

const to = (path: string) => `${rig.base}/dashboard${path}`;

function places(): [string, string][] {
  const { jobs } = seeded;
  return [
    ["overview", ""],
    ["jobs", "/jobs"],
    ["jobs, none", "/jobs?status=Failed&tag=nobody"],
    ["job", `/jobs/${jobs["Nightly invoice export"]}`],
    ["job's executions", `/jobs/${jobs["Ledger snapshot"]}/executions`],
    ["job explained", `/jobs/${jobs["Purge expired sessions"]}/explain`],
    ["job's definition", `/jobs/${jobs["Nightly invoice export"]}/definition`],
    ["executions", "/executions"],
    ["execution", `/executions/${jobs["failed execution"]}`],
    ["account", "/account"],
    ["schedules", "/schedules"],
    ["nodes", "/admin/nodes"],
    ["keys", "/admin/keys"],
  ];
}

const FOR_EDITORS: [string, string][] = [["new job", "/jobs/new"]];
const FOR_ADMINISTRATORS: [string, string][] = [
  ["users", "/admin/users"],
  ["transfer", "/admin/transfer"],
  ["pause", "/admin/pause"],
  ["upkeep", "/admin/upkeep"],
];

test("the addresses of old lead to the dashboard, which has a strict policy", async () => {
  for (const path of ["/", "/hangfire"]) {
    const answer = await fetch(rig.base + path, { redirect: "manual" });
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get("location"), "/dashboard");
  }
  const page = await fetch(to("/jobs"));
  const policy = page.headers.get("content-security-policy") ?? "";
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]) assert.ok(policy.includes(part), part);
  assert.ok(!policy.includes("unsafe"), policy);
});

test("the first administrator is made with the token, one field at a time", async () => {
  const fresh = await startRig({ isEmpty: true });
  const watch = await watched(fresh.browser, {});
  try {
    const token = readFileSync(fresh.setupTokenFile, "utf8").trim();
    const { page } = watch;
    await page.goto(`${fresh.base}/dashboard`);
    await page.getByLabel("Setup token").fill("wrong");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByLabel("Your e-mail address").fill(ADMIN);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByLabel("A password").fill("short");
    await page.getByRole("button", { name: "Make the administrator" }).click();
    await page.getByText("at least 12").first().waitFor();
    await page.getByLabel("A password").fill(PASSWORD);
    await page.getByRole("button", { name: "Make the administrator" }).click();
    // The server refuses the token; what was typed elsewhere stays.
    await page.getByLabel("Setup token").fill(token);
    await page.getByRole("button", { name: "Continue" }).click();
    assert.equal(await page.getByLabel("Your e-mail address").inputValue(), ADMIN);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Make the administrator" }).click();
    await page.getByRole("heading", { name: "Nothing to run yet." }).waitFor();
  } finally {
    await watch.close();
    await fresh.stop();
  }
});

test("a wrong password is refused in words, and the cookie is out of reach of scripts", async () => {
  const watch = await watched(rig.browser, {});
  const { page, context } = watch;
  await page.goto(to("/jobs"));
  await page.getByLabel("E-mail address").fill(ADMIN);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Invalid credentials.").waitFor();
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Jobs", exact: true, level: 1 }).waitFor();
  const [cookie] = await context.cookies();
  assert.ok(cookie);
  assert.deepEqual([cookie.name, cookie.httpOnly, cookie.secure, cookie.sameSite, cookie.path], ["__Host-horarium", true, true, "Strict", "/"]);
  assert.equal(await page.evaluate(() => document.cookie), "");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal((await context.cookies()).length, 0);
  await watch.close();
});

for (const role of ["Administrator", "Operator", "Viewer"] as const) {
  test(`every page opens without a fault as ${role}`, async () => {
    await as(role, async ({ page }) => {
      for (const [name, path] of [...places(), ...(role === "Viewer" ? [] : FOR_EDITORS), ...(role === "Administrator" ? FOR_ADMINISTRATORS : [])]) {
        await page.goto(to(path));
        await page.locator("h1").first().waitFor();
        await page.locator('[aria-busy="true"][role="status"]').first().waitFor({ state: "detached" });
        assert.equal(await page.locator("h1").count(), 1, name);
        assert.equal(await page.getByRole("alert").filter({ hasText: "Try again" }).count(), 0, name);
        const isWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
        assert.equal(isWide, false, `${name} scrolls sideways`);
      }
    });
  });
}

test("what a role lacks is absent, and an address of it says so", async () => {
  await as("Viewer", async ({ page }) => {
    await page.goto(to(`/jobs/${seeded.jobs["Ledger snapshot"]}`));
    await page.getByRole("heading", { name: /Ledger snapshot/ }).waitFor();
    for (const name of ["Run now", "Pause…", "Edit"]) assert.equal(await page.getByRole("button", { name }).or(page.getByRole("link", { name, exact: true })).count(), 0, name);
    await page.goto(to("/admin/users"));
    await page.getByText("Users needs the Administrator role").waitFor();
    await page.goto(to("/jobs"));
    await page.getByRole("link", { name: "Ledger snapshot" }).waitFor();
    assert.equal(await page.getByRole("checkbox").count(), 0);
  });
});

test("a job is made, its errors land on the fields, it runs, is paused, resumed and deleted", async () => {
  await as("Operator", async ({ page, faults }) => {
    await page.goto(to("/jobs/new"));
    await page.getByLabel("Name", { exact: true }).fill("Made by hand");
    await page.getByLabel("Type", { exact: true }).selectOption("CodeExecution");
    await page.getByLabel("Cron expression").fill("61 * * * *");
    await page.getByRole("button", { name: "Make the job" }).click();
    await page.getByText("Not saved: some fields need a change.").waitFor();
    assert.equal(await page.getByLabel("Cron expression").getAttribute("aria-invalid"), "true");
    assert.equal(await page.getByLabel("Handler").getAttribute("aria-invalid"), "true");
    // A refused request is an answer, not a fault of the page.
    faults.splice(0, faults.length, ...faults.filter((fault) => !/status of 400/.test(fault)));
    await page.reload();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Made by hand");
    await page.getByLabel("Cron expression").fill("0 6 * * 1");
    await page.getByLabel("Handler").fill("noop");
    await page.getByText(/Monday/).first().waitFor();
    await page.getByRole("button", { name: "Make the job" }).click();
    await page.getByRole("heading", { name: /Made by hand/ }).waitFor();
    await page.keyboard.press("r");
    await page.getByRole("dialog").getByRole("button", { name: "Run now" }).click();
    await page.getByText("Made by hand is queued.").waitFor();
    await page.getByRole("button", { name: "Pause…" }).click();
    await page.getByLabel("Why").fill("stock take");
    await page.getByRole("dialog").getByRole("button", { name: "Pause", exact: true }).click();
    await page.getByText("stock take").waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
    await page.getByText("Made by hand fires again.").waitFor();
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Cron expression").fill("0 7 * * 1");
    await page.getByText(/of the next/).waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("0 7 * * 1").waitFor();
    await page.getByRole("button", { name: /More about/ }).click();
    await page.getByRole("button", { name: "Delete…" }).click();
    await page.getByRole("button", { name: "Delete the job" }).click();
    await page.getByText("Made by hand is deleted.").waitFor();
    faults.splice(0, faults.length, ...faults.filter((fault) => !/status of 400/.test(fault)));
  });
});

test("an execution is cancelled and retried, and its output is searched", async () => {
  await as("Operator", async ({ page }) => {
    const slow = await rig.api<string>("POST", `/api/v1/scheduler/jobs/${seeded.jobs["Rebuild price index"]}/trigger`);
    await settled(rig, slow, "Running");
    await page.goto(to(`/executions/${slow}`));
    await page.getByText("Running, attempt 1").waitFor();
    await page.locator(".head").getByRole("button", { name: "Cancel…" }).click();
    await page.getByRole("button", { name: "Cancel the execution" }).click();
    await page.locator(".head .badge").filter({ hasText: "Cancelled" }).waitFor();
    await page.locator(".head").getByRole("button", { name: "Retry" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Retry" }).click();
    await page.waitForURL((url) => !url.pathname.includes(slow) && url.pathname.includes("/executions/"));
    await page.locator(".head").getByRole("button", { name: "Cancel…" }).click();
    await page.getByRole("button", { name: "Cancel the execution" }).click();
    await page.goto(to(`/executions/${seeded.jobs["good execution"]}?find=INVOICES`));
    await page.getByText("1 of 1").waitFor();
    assert.equal(await page.locator(".hit").innerText(), "invoices");
  });
});

test("many jobs at once: chosen by key, acted on in the background, refusals told", async () => {
  await as("Operator", async ({ page, faults }) => {
    await page.goto(to("/jobs?q=ledger"));
    await page.getByRole("link", { name: "Ledger snapshot" }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByText("1 selected").waitFor();
    await page.goto(to("/jobs?tag=shop"));
    await page.getByRole("link", { name: "Push stock levels to marketplace" }).waitFor();
    await page.keyboard.press("a");
    await page.getByRole("toolbar").getByRole("button", { name: "Pause…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: /Pause \d jobs/ }).click();
    // One of them is paused already.
    await page.getByText(/1 refused/).first().waitFor();
    faults.splice(0, faults.length, ...faults.filter((fault) => !/status of 400/.test(fault)));
  });
});

test("an administrator makes a key and a user, and pauses everything with the typed word", async () => {
  await as("Administrator", async ({ page }) => {
    await page.goto(to("/admin/keys"));
    await page.getByRole("button", { name: "New key" }).click();
    await page.getByLabel("Name", { exact: true }).fill("CI");
    await page.getByRole("button", { name: "Make the key" }).click();
    assert.match(await page.locator("dialog pre").innerText(), /^hor_/);
    await page.getByRole("button", { name: "I have it" }).click();
    await page.goto(to("/admin/users"));
    await page.getByRole("button", { name: "New user" }).click();
    await page.getByLabel("E-mail address").fill("nina@example.com");
    await page.getByLabel("First password").fill(PASSWORD);
    await page.getByRole("button", { name: "Make the user" }).click();
    await page.getByRole("cell", { name: "nina@example.com", exact: true }).waitFor();
    await page.goto(to("/admin/pause"));
    await page.getByRole("button", { name: "Pause everything…" }).click();
    const confirm = page.getByRole("dialog").getByRole("button", { name: "Pause everything" });
    assert.equal(await confirm.isDisabled(), true);
    const word = await page.locator("dialog .typed label .mono").innerText();
    await page.getByLabel(/to confirm/).fill(word);
    await confirm.click();
    await page.getByText("Everything is paused.").first().waitFor();
    await page.getByRole("button", { name: "Resume everything…" }).click();
    await page.getByLabel(/to confirm/).fill(await page.locator("dialog .typed label .mono").innerText());
    await page.getByRole("dialog").getByRole("button", { name: "Resume everything" }).click();
    await page.getByText("Everything fires again.").waitFor();
  });
});

test("an export is looked at before it is imported", async () => {
  await as("Administrator", async ({ page }) => {
    const jobs = await rig.api<unknown[]>("GET", "/api/v1/scheduler/admin/export");
    await page.goto(to("/admin/transfer"));
    await page.getByLabel("File").setInputFiles({ name: "export.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(jobs)) });
    assert.equal(await page.getByRole("button", { name: "Import…" }).isDisabled(), true);
    await page.getByRole("button", { name: "Show what it would do" }).click();
    await page.getByText("What it would do").last().waitFor();
    await page.getByRole("cell", { name: /skipped/ }).first().waitFor();
  });
});

test("a new password ends the other logins", async () => {
  await rig.api("POST", "/api/v1/users", { email: "paula@example.com", password: PASSWORD, role: "Viewer" });
  const enter = async (): Promise<Watched> => {
    const watch = await watched(rig.browser, {});
    await watch.page.goto(to("/account"));
    await watch.page.getByLabel("E-mail address").fill("paula@example.com");
    await watch.page.getByLabel("Password").fill(PASSWORD);
    await watch.page.getByRole("button", { name: "Sign in" }).click();
    await watch.page.getByLabel("Present password").waitFor();
    return watch;
  };
  const [one, other] = [await enter(), await enter()];
  await one.page.getByLabel("Present password").fill(PASSWORD);
  await one.page.getByLabel("New password", { exact: true }).fill("another long passphrase");
  await one.page.getByLabel("New password again").fill("another long passphrase");
  await one.page.getByRole("button", { name: "Change the password" }).click();
  await one.page.getByText("Password changed.").waitFor();
  await other.page.goto(to("/jobs"));
  await other.page.getByRole("heading", { name: "Sign in" }).waitFor();
  await one.page.goto(to("/jobs"));
  await one.page.getByRole("heading", { name: "Jobs", exact: true, level: 1 }).waitFor();
  await one.close();
  await other.close();
});

test("another origin changes nothing with a browser's cookie", async () => {
  const evil = createServer((_, response) => response.setHeader("content-type", "text/html").end("<title>evil</title>"));
  await new Promise<void>((resolve) => evil.listen(0, "127.0.0.1", resolve));
  const port = (evil.address() as { port: number }).port;
  const watch = await rig.page("Administrator");
  const count = async () => (await rig.api<{ totalCount: number }>("GET", "/api/v1/scheduler/jobs?pageSize=1")).totalCount;
  const state = async () => JSON.stringify([await count(), (await rig.api<unknown[]>("GET", "/api/v1/users")).length, (await rig.api<unknown[]>("GET", "/api/v1/apikeys")).length, (await rig.api<{ pausedJobs: number }>("GET", "/api/v1/scheduler/dashboard/stats")).pausedJobs]);
  const before = await state();
  const described = JSON.parse(await (await fetch(`${rig.base}/api/openapi.json`)).text()) as { paths: Record<string, Record<string, unknown>> };
  const job = seeded.jobs["Ledger snapshot"] ?? "";
  const routes = Object.entries(described.paths).flatMap(([path, methods]) => Object.keys(methods).filter((method) => method !== "get").map((method) => [method.toUpperCase(), path.replace(/\{[^}]+\}/g, job)] as const));
  assert.ok(routes.length > 20, String(routes.length));
  // 127.0.0.1 on another port is another origin of the same site: SameSite alone would let it through.
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    const { page } = watch;
    await page.goto(`http://${host}/`);
    const answers = await page.evaluate(
      async ({ base, routes }) => {
        const seen: (string | number)[] = [];
        const body = JSON.stringify({ name: "forged", jobType: "CodeExecution", scheduleType: "Interval", intervalSeconds: 60, jobConfiguration: { handlerType: "noop" } });
        for (const [method, path] of routes) {
          for (const mode of ["no-cors", "cors"] as const) {
            for (const type of ["text/plain", "application/json", "application/x-www-form-urlencoded", "multipart/form-data"]) {
              const answer = await fetch(base + path, { method, mode, credentials: "include", headers: { "Content-Type": type, ...(mode === "cors" ? { "X-Horarium-Dashboard": "1" } : {}) }, body }).catch(() => null);
              seen.push(answer === null ? "blocked" : answer.type === "opaque" ? "opaque" : answer.status);
            }
          }
        }
        return seen;
      },
      { base: rig.base, routes },
    );
    assert.ok(answers.every((answer) => answer === "blocked" || answer === "opaque"), JSON.stringify([...new Set(answers)]));
    for (const enctype of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      await page.evaluate(
        ({ action, enctype }) => {
          const form = document.createElement("form");
          Object.assign(form, { method: "post", action, enctype });
          const field = document.createElement("input");
          field.name = '{"name":"forged","jobType":"CodeExecution","scheduleType":"Interval","intervalSeconds":60,"jobConfiguration":{"handlerType":"noop"},"x":"';
          field.value = '"}';
          form.append(field);
          document.body.append(form);
          form.submit();
        },
        { action: `${rig.base}/api/v1/scheduler/jobs`, enctype },
      );
      await page.waitForURL(/scheduler\/jobs/);
      await page.goto(`http://${host}/`);
    }
  }
  assert.equal(await state(), before);
  await watch.close();
  evil.close();
});

test("200 payloads in every string that people and jobs write: nothing runs", async () => {
  assert.equal(PAYLOADS.length, 200);
  const ids: string[] = [];
  for (const [index, payload] of PAYLOADS.entries()) {
    const made = await rig.api<{ id: string }>("POST", "/api/v1/scheduler/jobs", {
      name: payload.slice(0, 200),
      description: payload,
      tags: [payload.slice(0, 50), "hostile"],
      jobType: "HttpCall",
      scheduleType: "OneTime",
      runAt: "2030-01-01T00:00:00Z",
      jobConfiguration: { url: `${rig.witness}/echo/${encodeURIComponent(payload)}`, headers: { "X-Note": payload.replace(/[^\x20-\x7e]/g, "") }, body: payload },
      retryPolicy: { maxAttempts: 0 },
    });
    ids.push(made.id);
    if (index % 10 === 0) await rig.api("POST", `/api/v1/scheduler/jobs/${made.id}/pause`, { reason: payload });
  }
  const executions = await Promise.all(ids.map((id) => rig.api<string>("POST", `/api/v1/scheduler/jobs/${id}/trigger`)));
  for (const execution of executions) await settled(rig, execution, "Succeeded");
  await as("Administrator", async ({ page, faults }) => {
    const ran = () => page.evaluate(() => (window as unknown as { __ran?: number }).__ran ?? 0);
    for (const path of ["/jobs?tag=hostile", "/executions?tag=hostile", "/", `/jobs?q=${encodeURIComponent(PAYLOADS[1] ?? "")}`, `/executions?q=${encodeURIComponent(PAYLOADS[0] ?? "")}&from=${encodeURIComponent("javascript:alert(1)")}`]) {
      await page.goto(to(path)).catch(() => undefined);
      await page.locator("h1").first().waitFor();
      await page.waitForTimeout(300);
      assert.equal(await ran(), 0, path);
    }
    // A date that is none is refused by the server; that is an answer.
    faults.splice(0, faults.length, ...faults.filter((fault) => !/status of 400/.test(fault)));
    await page.goto(to("/jobs?tag=hostile"));
    await page.getByRole("button", { name: /more/ }).click();
    await page.getByText("Rows 1 to 200 of 200").waitFor();
    assert.equal(await ran(), 0);
    for (let index = 0; index < PAYLOADS.length; index++) {
      const paths = [`/executions/${executions[index]}`, ...(index % 8 === 0 ? [`/jobs/${ids[index]}`, `/jobs/${ids[index]}/edit`, `/jobs/${ids[index]}/definition`] : [])];
      for (const path of paths) {
        // Within the page, as links do: the server is not asked for the page again.
        await page.evaluate((next) => {
          window.history.pushState(null, "", next);
          window.dispatchEvent(new PopStateEvent("popstate"));
        }, `/dashboard${path}`);
        await page.locator("h1", { hasNotText: /^(Execution|Job|Edit job)$/ }).first().waitFor();
      }
      assert.equal(await ran(), 0, PAYLOADS[index]);
    }
    assert.equal(await page.locator('a[href^="javascript:" i], iframe, object, embed').count(), 0);
  });
  for (const id of ids) await rig.api("DELETE", `/api/v1/scheduler/jobs/${id}?hardDelete=true`);
});

for (const theme of ["light", "dark"] as const) {
  test(`axe finds nothing on any page, ${theme}`, async () => {
    const axe = readFileSync(createRequire(`${process.cwd()}/`).resolve("axe-core/axe.min.js"), "utf8");
    const watch = await rig.page("Administrator", { theme });
    const { page } = watch;
    const found: string[] = [];
    for (const [name, path] of [...places(), ...FOR_EDITORS, ...FOR_ADMINISTRATORS, ["edit", `/jobs/${seeded.jobs["Nightly invoice export"]}/edit`] as [string, string]]) {
      await page.goto(to(path));
      await page.locator("h1").first().waitFor();
      await page.locator('[aria-busy="true"][role="status"]').first().waitFor({ state: "detached" });
      await page.waitForTimeout(200);
      // Through the debugger: the page's own policy would refuse the script, as it should.
      const session = await page.context().newCDPSession(page);
      await session.send("Runtime.evaluate", { expression: axe });
      const run = await session.send("Runtime.evaluate", { expression: "axe.run().then((it) => JSON.stringify(it.violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`)))", awaitPromise: true, returnByValue: true });
      found.push(...(JSON.parse(String(run.result.value)) as string[]).map((violation) => `${name}: ${violation}`));
    }
    await watch.close();
    assert.deepEqual(found, []);
  });
}

test("a narrow page keeps everything within its width", async () => {
  await as(
    "Administrator",
    async ({ page }) => {
      for (const [name, path] of [...places(), ...FOR_EDITORS, ...FOR_ADMINISTRATORS]) {
        await page.goto(to(path));
        await page.locator("h1").first().waitFor();
        await page.locator('[aria-busy="true"][role="status"]').first().waitFor({ state: "detached" });
        const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
        assert.ok((wide ?? 0) <= (room ?? 0), `${name}: ${wide} of ${room}`);
      }
    },
    { width: 360, height: 740 },
  );
});
