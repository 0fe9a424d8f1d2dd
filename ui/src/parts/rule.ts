// A job's rule as a person would say it; a cron text that has no short sentence stays as it is.
import type { JobDto } from "../api/types.gen";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const NICKNAMES: Record<string, string> = {
  "@hourly": "Hourly", "@daily": "Daily at 00:00", "@midnight": "Daily at 00:00", "@weekly": "Sundays at 00:00",
  "@monthly": "Monthly on the 1st at 00:00", "@yearly": "Yearly on 1 January at 00:00", "@annually": "Yearly on 1 January at 00:00",
};

export type RuleOf = Pick<JobDto, "scheduleType" | "scheduleExpression" | "intervalSeconds">;

/** `null` when the expression itself is the shortest way to say it. */
export function ruleWords(job: RuleOf): string | null {
  if (job.scheduleType === "Interval") return `Every ${span(job.intervalSeconds ?? 0)}`;
  if (job.scheduleType === "OneTime") return "Once";
  return cronWords(job.scheduleExpression ?? "");
}

function span(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [[86_400, "day"], [3_600, "hour"], [60, "minute"], [1, "second"]];
  const [size, name] = units.find(([unit]) => seconds % unit === 0 && seconds >= unit) ?? [1, "second"];
  const n = seconds / size;
  return n === 1 ? name : `${n} ${name}s`;
}

export function cronWords(text: string): string | null {
  const nickname = NICKNAMES[text.trim().toLowerCase()];
  if (nickname) return nickname;
  const fields = text.trim().split(/\s+/);
  if (fields.length === 6 && fields[0] === "0") fields.shift();
  if (fields.length !== 5) return null;
  const [minute = "", hour = "", date = "", month = "", weekday = ""] = fields;
  if (month !== "*") return null;
  const when = timeWords(minute, hour);
  if (when === null) return null;
  if (date === "*" && weekday === "*") return when.isAt ? `Daily at ${when.text}` : when.text;
  if (!when.isAt && !(date === "*")) return null;
  const days = date === "*" ? weekdayWords(weekday) : weekday === "*" ? dateWords(date) : null;
  if (days === null) return null;
  return when.isAt ? `${days} at ${when.text}` : `${when.text}, ${days.toLowerCase().replace(/\b(mon|tues|wednes|thurs|fri|satur|sun)/g, (it) => it[0]?.toUpperCase() + it.slice(1))}`;
}

function timeWords(minute: string, hour: string): { text: string; isAt: boolean } | null {
  const every = /^\*\/(\d+)$/.exec(minute)?.[1];
  if (hour === "*") {
    if (minute === "*") return { text: "Every minute", isAt: false };
    if (every) return 60 % Number(every) === 0 ? { text: `Every ${every} minutes`, isAt: false } : null;
    if (minute === "0") return { text: "Hourly", isAt: false };
    return /^\d+$/.test(minute) ? { text: `Hourly at ${minute} past`, isAt: false } : null;
  }
  if (!/^\d+$/.test(minute)) return null;
  const hours = /^\*\/(\d+)$/.exec(hour)?.[1];
  if (hours && minute === "0" && 24 % Number(hours) === 0) return { text: `Every ${hours} hours`, isAt: false };
  if (!/^\d+(,\d+)*$/.test(hour)) return null;
  const times = hour.split(",").map((it) => `${it.padStart(2, "0")}:${minute.padStart(2, "0")}`);
  return times.length > 4 ? null : { text: times.join(", "), isAt: true };
}

function weekdayWords(text: string): string | null {
  const named = text.toUpperCase().replace(/SUN|MON|TUE|WED|THU|FRI|SAT/g, (it) => String(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"].indexOf(it)));
  if (named === "1-5") return "Every weekday";
  if (named === "1-6") return "Monday to Saturday";
  if (named === "0,6" || named === "6,0" || named === "6-7") return "Weekends";
  if (!/^[0-7](,[0-7])*$/.test(named)) return null;
  return named.split(",").map((it) => `${DAYS[Number(it) % 7]}s`).join(", ");
}

function dateWords(text: string): string | null {
  if (text.toUpperCase() === "L") return "Last day of the month";
  if (!/^\d+(,\d+)*$/.test(text)) return null;
  return `Monthly on the ${text.split(",").map((it) => ordinal(Number(it))).join(", ")}`;
}

function ordinal(n: number): string {
  const end = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${end}`;
}
