// Bundles the tests and runs them: `unit` without a server, `e2e` and `screenshots` against the real one.
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const kind = process.argv[2] ?? "unit";
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const names = readdirSync(at("tests")).filter((name) => name.endsWith(`.${kind}.ts`));
const out = at(`build/${kind}`);
rmSync(out, { recursive: true, force: true });
await build({
  configFile: false,
  logLevel: "warn",
  root: at(""),
  build: {
    ssr: true,
    outDir: out,
    target: "node20",
    rollupOptions: { input: names.map((name) => at(`tests/${name}`)), output: { entryFileNames: "[name].mjs" } },
  },
});
const files = names.map((name) => `${out}/${basename(name, ".ts")}.mjs`);
const only = process.argv.slice(3);
const run = spawnSync(process.execPath, ["--test", "--test-concurrency=1", "--test-timeout=300000", ...only, ...files], { stdio: "inherit", cwd: at("") });
process.exit(run.status ?? 1);
