// After the build: a compressed form beside every text file, and the budget of the first load.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const SCRIPT_BYTES_MAX = 250_000;
const STYLE_BYTES_MAX = 15_000;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const sizes = new Map();

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name);
  if (!entry.isFile() || !/\.(html|js|css|svg)$/.test(path)) continue;
  const packed = gzipSync(readFileSync(path), { level: 9 });
  writeFileSync(`${path}.gz`, packed);
  sizes.set(path.slice(dist.length), packed.length);
}

const page = readFileSync(join(dist, "index.html"), "utf8");
const first = [...page.matchAll(/(?:src|href)="\/dashboard\/([^"]+)"/g)].map((match) => match[1]);
const sum = (end) => first.filter((path) => path.endsWith(end)).reduce((n, path) => n + (sizes.get(path) ?? 0), 0);
const all = (end) => [...sizes].filter(([path]) => path.endsWith(end)).reduce((n, [, size]) => n + size, 0);
const report = [
  ["script, first load", sum(".js"), SCRIPT_BYTES_MAX],
  ["script, all pages", all(".js"), SCRIPT_BYTES_MAX],
  ["style", all(".css"), STYLE_BYTES_MAX],
];
for (const [what, bytes, most] of report) console.log(`${what}: ${bytes} bytes of at most ${most}, compressed`);
if (/<script(?![^>]*\bsrc=)/.test(page)) throw new Error("index.html has an inline script; the policy forbids it");
if (report.some(([, bytes, most]) => bytes > most)) throw new Error("the dashboard is larger than its budget");
