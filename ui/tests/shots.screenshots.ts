// Every page, light and dark, wide and narrow: to be looked at.
import { mkdirSync } from "node:fs";
import { test } from "node:test";

import { seed, startRig, watched } from "./rig";

const SIZES = [["wide", 1440, 1000], ["narrow", 390, 844]] as const;

test("screenshots", async () => {
  const rig = await startRig();
  const only = process.env["ONLY"];
  try {
    const { jobs } = await seed(rig);
    // A few seconds of history for the charts.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const places: readonly (readonly [string, string])[] = [
      ["overview", ""],
      ["jobs", "/jobs"],
      ["jobs-none", "/jobs?status=Failed&tag=legal"],
      ["job-failing", `/jobs/${jobs["Nightly invoice export"]}`],
      ["job", `/jobs/${jobs["Purge expired sessions"]}`],
      ["job-executions", `/jobs/${jobs["Purge expired sessions"]}/executions`],
      ["job-explain", `/jobs/${jobs["Purge expired sessions"]}/explain`],
      ["job-definition", `/jobs/${jobs["Nightly invoice export"]}/definition`],
      ["job-edit", `/jobs/${jobs["Nightly invoice export"]}/edit`],
      ["execution-failed", `/executions/${jobs["failed execution"]}`],
      ["execution", `/executions/${jobs["good execution"]}`],
      ["executions", "/executions"],
      ["schedules", "/schedules"],
      ["account", "/account"],
      ...["nodes", "users", "keys", "transfer", "pause", "upkeep", "secrets", "sources"].map((it) => [`admin-${it}`, `/admin/${it}`] as const),
    ];
    mkdirSync("screenshots", { recursive: true });
    for (const theme of ["light", "dark"] as const) {
      for (const [size, width, height] of SIZES) {
        const door = await watched(rig.browser, { theme, width, height });
        await door.page.goto(`${rig.base}/dashboard/login`);
        await door.page.getByLabel("Password").waitFor();
        await door.page.screenshot({ path: `screenshots/login-${theme}-${size}.png` });
        await door.close();
        const { page, close } = await rig.page("Administrator", { theme, width, height });
        for (const [name, path] of places) {
          if (only && !name.startsWith(only)) continue;
          await page.goto(`${rig.base}/dashboard${path}`);
          await page.locator("h1").first().waitFor();
          await page.waitForTimeout(900);
          await page.screenshot({ path: `screenshots/${name}-${theme}-${size}.png`, fullPage: true });
        }
        await close();
      }
    }
  } finally {
    await rig.stop();
  }
});
