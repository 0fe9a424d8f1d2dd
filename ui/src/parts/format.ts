// Instants, durations and numbers as text. Pure: `now` and zones are arguments.

export type Precision = "minute" | "second" | "milli";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) {
    found = safeFormat(zone, options);
    formats.set(key, found);
  }
  return found;
}

/** A zone that this browser does not know is shown in UTC. */
function safeFormat(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
  }
}

/** An address may name an instant that is none. */
function isNever(at: Date): boolean {
  return Number.isNaN(at.getTime());
}

/** `23:30`, `23:30:00`, `23:30:00.004` */
export function clock(at: Date, zone: string, precision: Precision = "minute"): string {
  if (isNever(at)) return "–";
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (precision !== "minute") options.second = "2-digit";
  if (precision === "milli") options.fractionalSecondDigits = 3;
  return format(zone, options).format(at);
}

/** `Mon 23 Nov`, with the year when it is not this one. */
export function day(at: Date, zone: string, now: Date): string {
  if (isNever(at)) return "–";
  const options: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short" };
  if (year(at, zone) !== year(now, zone)) options.year = "numeric";
  return format(zone, options).format(at).replaceAll(",", "");
}

function year(at: Date, zone: string): string {
  return format(zone, { year: "numeric" }).format(at);
}

/** `2026-11-23`, to compare days. */
export function dayKey(at: Date, zone: string): string {
  if (isNever(at)) return "–";
  const parts = format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(at);
  const part = (type: string) => parts.find((it) => it.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** `Mon 23 Nov 23:30`; today's without the day. */
export function instant(at: Date, zone: string, now: Date, precision: Precision = "minute"): string {
  const time = clock(at, zone, precision);
  return dayKey(at, zone) === dayKey(now, zone) ? time : `${day(at, zone, now)} ${time}`;
}

/** The same always with its day. */
export function fullInstant(at: Date, zone: string, now: Date, precision: Precision = "second"): string {
  return `${day(at, zone, now)} ${clock(at, zone, precision)}`;
}

/** RFC 3339 with the zone's offset: what is copied. */
export function rfc3339(at: Date, zone: string): string {
  if (isNever(at)) return "–";
  const parts = format(zone, { timeZoneName: "longOffset" }).formatToParts(at);
  const offset = (parts.find((it) => it.type === "timeZoneName")?.value ?? "").replace(/^(GMT|UTC)/, "").replace(/^\+00:00$/, "") || "Z";
  const time = clock(at, zone, at.getUTCMilliseconds() === 0 ? "second" : "milli");
  return `${dayKey(at, zone)}T${time}${offset}`;
}

const UNITS: readonly (readonly [string, number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
];

/** At most two units: `1 h 15 min`, `18.4 s`, `4 ms`. */
export function duration(ms: number): string {
  const size = Math.abs(ms);
  if (size < 1_000) return `${Math.round(size)} ms`;
  if (size < 60_000) return `${trimmed(size / 1_000)} s`;
  const first = UNITS.findIndex(([, unit]) => size >= unit);
  const [name, unit] = UNITS[first] ?? ["s", 1_000];
  const whole = Math.floor(size / unit);
  const [restName, restUnit] = UNITS[first + 1] ?? ["ms", 1];
  const rest = Math.floor((size - whole * unit) / restUnit);
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${restName}`;
}

function trimmed(value: number): string {
  return value < 10 && value % 1 !== 0 ? value.toFixed(1).replace(/\.0$/, "") : value < 60 && value % 1 !== 0 ? value.toFixed(1).replace(/\.0$/, "") : String(Math.floor(value));
}

/** Signed and with a unit: `+4 ms`. */
export function lateness(ms: number): string {
  return `${ms < 0 ? "−" : "+"}${duration(ms)}`;
}

/** `in 1 h 15 min`, `4 min ago`, `now` */
export function relative(at: Date, now: Date): string {
  const ms = at.getTime() - now.getTime();
  if (Math.abs(ms) < 1_000) return "now";
  const size = Math.abs(ms);
  // Seconds matter when it is near; further away they only flicker.
  const text = size < 60_000 ? `${Math.floor(size / 1_000)} s` : size < 600_000 ? duration(size) : duration(Math.floor(size / 60_000) * 60_000);
  return ms > 0 ? `in ${text}` : `${text} ago`;
}

const whole = new Intl.NumberFormat("en-GB");

export function number(value: number): string {
  return whole.format(value);
}

export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  if (value < 1_000_000) return `${trimmed(value / 1_000)} KB`;
  return `${trimmed(value / 1_000_000)} MB`;
}

/** `2 jobs`, `1 job` */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/** Small counts as words, as a sentence begins or goes on with them. */
export function inWords(n: number): string {
  return ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"][n] ?? number(n);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `HttpCall` as people read it. */
export function spaced(word: string): string {
  return word.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
}
