// The pure parts: rules in words, times, output, charts.
import assert from "node:assert/strict";
import { test } from "node:test";

import { pieces, plain } from "../src/parts/ansi";
import { bucketed, quantile } from "../src/parts/buckets";
import { bytes, duration, fullInstant, lateness, relative, rfc3339 } from "../src/parts/format";
import { cronWords, ruleWords } from "../src/parts/rule";

test("a cron text becomes a sentence, or stays what it is", () => {
  const check = (text: string, expect: string | null) => assert.equal(cronWords(text), expect, text);
  check("* * * * *", "Every minute");
  check("*/10 * * * *", "Every 10 minutes");
  check("*/7 * * * *", null);
  check("0 * * * *", "Hourly");
  check("15 * * * *", "Hourly at 15 past");
  check("0 */6 * * *", "Every 6 hours");
  check("30 23 * * *", "Daily at 23:30");
  check("0 6,18 * * *", "Daily at 06:00, 18:00");
  check("30 23 * * 1-5", "Every weekday at 23:30");
  check("0 9 * * 2", "Tuesdays at 09:00");
  check("0 9 * * MON,THU", "Mondays, Thursdays at 09:00");
  check("0 4 1 * *", "Monthly on the 1st at 04:00");
  check("0 4 22,11 * *", "Monthly on the 22nd, 11th at 04:00");
  check("0 0 9 * * 1", "Mondays at 09:00");
  check("@daily", "Daily at 00:00");
  check("0 3 1-7 * 1", null);
  check("0 0 1 1 *", null);
  check("nonsense", null);
});

test("intervals are said in their largest whole unit", () => {
  const check = (intervalSeconds: number, expect: string) => assert.equal(ruleWords({ scheduleType: "Interval", scheduleExpression: null, intervalSeconds }), expect);
  check(1, "Every second");
  check(90, "Every 90 seconds");
  check(600, "Every 10 minutes");
  check(3_600, "Every hour");
  check(172_800, "Every 2 days");
});

test("durations have two units at most", () => {
  const check = (ms: number, expect: string) => assert.equal(duration(ms), expect);
  check(0, "0 ms");
  check(999, "999 ms");
  check(1_000, "1 s");
  check(11_204, "11.2 s");
  check(60_000, "1 min");
  check(252_000, "4 min 12 s");
  check(4_500_000, "1 h 15 min");
  check(90_061_000, "1 d 1 h");
  assert.equal(lateness(4), "+4 ms");
  assert.equal(lateness(-2_000), "−2 s");
  assert.equal(bytes(999), "999 B");
  assert.equal(bytes(4_096), "4.1 KB");
});

test("instants are read in the zone that is named, across a change of clocks", () => {
  const now = new Date("2026-11-23T12:00:00Z");
  const check = (at: string, zone: string, expect: string) => assert.equal(fullInstant(new Date(at), zone, now, "minute"), expect);
  check("2026-11-23T22:30:00Z", "Europe/Berlin", "Mon 23 Nov 23:30");
  check("2026-03-29T00:59:00Z", "Europe/Berlin", "Sun 29 Mar 01:59");
  check("2026-03-29T01:00:00Z", "Europe/Berlin", "Sun 29 Mar 03:00");
  check("2027-01-01T00:00:00Z", "UTC", "Fri 1 Jan 2027 00:00");
  check("2026-11-23T22:30:00Z", "Not/AZone", "Mon 23 Nov 22:30");
  assert.equal(rfc3339(new Date("2026-07-01T10:00:00Z"), "Asia/Kolkata"), "2026-07-01T15:30:00+05:30");
  assert.equal(rfc3339(new Date("2026-07-01T10:00:00.004Z"), "UTC"), "2026-07-01T10:00:00.004Z");
  assert.equal(relative(new Date(now.getTime() + 4_500_000), now), "in 1 h 15 min");
  assert.equal(relative(new Date(now.getTime() - 48_000), now), "48 s ago");
});

test("output is text: what terminals would obey is taken out, other control characters are shown", () => {
  const check = (text: string, expect: string) => assert.equal(plain(text), expect);
  check("\u001b[31mred\u001b[0m", "red");
  check("\u001b]0;title\u0007after", "after");
  check("\u001b]8;;http://evil\u001b\\link", "link");
  check("a\r\nb\tc", "a\nb\tc");
  check("over\rwritten", "over\ufffdwritten");
  check("bell\u0007", "bell\ufffd");
  check("\u202egnp.exe", "\ufffdgnp.exe");
  check("<script>alert(1)</script>", "<script>alert(1)</script>");
});

test("hits are found in any case and the line stays whole", () => {
  const line = "Retry-After and retry-after";
  const found = pieces(line, "RETRY");
  assert.equal(found.map((piece) => piece.text).join(""), line);
  assert.equal(found.filter((piece) => piece.isHit).length, 2);
  assert.deepEqual(pieces("", "x"), [{ text: "", isHit: false }]);
});

test("quantiles are by nearest rank, and buckets ascend", () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.equal(quantile(values, 0.5), 50);
  assert.equal(quantile(values, 0.99), 99);
  assert.equal(quantile([7], 0.99), 7);
  const execution = (second: number) => ({ dueAt: `2026-01-01T00:00:${String(second % 60).padStart(2, "0")}Z`, startedAt: `2026-01-01T00:00:${String(second % 60).padStart(2, "0")}.005Z`, status: "Succeeded" });
  const data = bucketed(Array.from({ length: 60 }, (_, index) => execution(59 - index)) as never);
  assert.equal(data.n, 60);
  assert.ok(data.times.every((time, index) => index === 0 || time > (data.times[index - 1] ?? 0)));
  assert.ok(data.half.every((value) => value === 5));
});
