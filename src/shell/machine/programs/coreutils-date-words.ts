/**
 * A date in words: `2026-01-31 10:00`, `@86400`, `yesterday`, `+2 hours`, `next friday`, `1 Jan 2026`.
 *
 * Not modelled: time zones by name other than UTC, `TZ="…"`, years of two figures, ordinal words beyond `next` and `last`.
 *
 * @source coreutils@9.1 lib/parse-datetime.y
 */
import { calendar, daysBefore, MONTHS } from "./coreutils-support";

const UNITS: Readonly<Record<string, number>> = {
  sec: 1,
  second: 1,
  min: 60,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  fortnight: 1_209_600,
};
const WEEK = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const monthLength = (year: number, month: number): number => (LENGTHS[month - 1] ?? 31) + (month === 2 && isLeap(year) ? 1 : 0);

/** Seconds since 1970 of a day; months and days may lie beyond their range. */
function secondsOf(year: number, month: number, day: number): number {
  const y = year + Math.floor((month - 1) / 12);
  const m = ((((month - 1) % 12) + 12) % 12) + 1;
  let days = daysBefore(y) + day - 1;
  for (let before = 1; before < m; before++) days += monthLength(y, before);
  return days * 86_400;
}

interface Draft {
  date: [year: number, month: number, day: number] | undefined;
  time: number | undefined;
  zone: number;
  weekday: readonly [day: number, ordinal: number] | undefined;
  /** Shifts: years, months, seconds. */
  years: number;
  months: number;
  seconds: number;
}

const monthOf = (word: string): number => (word.length < 3 ? 0 : MONTHS.findIndex((name) => word.toLowerCase().startsWith(name.toLowerCase())) + 1);
const dayOf = (word: string): number => (/^[a-z]{3,}$/i.test(word) ? WEEK.findIndex((name) => word.toLowerCase().startsWith(name)) : -1);
const validTime = (hour: number, minute: number, second: number): boolean => hour < 24 && minute < 60 && second < 61;

type Rule = readonly [pattern: RegExp, apply: (draft: Draft, match: RegExpExecArray, year: number) => boolean | void];

function setDate(draft: Draft, year: number, month: number, day: number): boolean {
  if (draft.date !== undefined || month < 1 || month > 12 || day < 1 || day > monthLength(year, month)) return false;
  draft.date = [year, month, day];
  return true;
}

function setTime(draft: Draft, match: RegExpExecArray): boolean {
  const [, hours, minutes = "0", seconds = "0", fraction = "", half, zone, zoneMinutes = "0"] = match;
  const noon = half?.toLowerCase().startsWith("p") === true ? 12 : 0;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + noon;
  if (draft.time !== undefined || !validTime(hour, Number(minutes), Number(seconds))) return false;
  draft.time = hour * 3600 + Number(minutes) * 60 + Number(seconds) + Number(`0.${fraction || "0"}`);
  // A number with a sign behind a time is a zone.
  if (zone !== undefined) draft.zone = Number(zone) * 3600 + (zone.startsWith("-") ? -1 : 1) * Number(zoneMinutes) * 60;
  return true;
}

function shift(draft: Draft, count: number, unit: string): boolean {
  const name = unit.toLowerCase().replace(/s$/, "");
  if (name === "year") draft.years += count;
  else if (name === "month") draft.months += count;
  else if (UNITS[name] !== undefined) draft.seconds += count * UNITS[name];
  else return false;
  return true;
}

const UNIT_WORDS = "(sec(?:ond)?s?|min(?:ute)?s?|hours?|days?|weeks?|fortnights?|months?|years?)";

const RULES: readonly Rule[] = [
  [/^(\d{4,})-(\d{1,2})-(\d{1,2})(?=[T\s]|$)/i, (draft, [, y, m, d]) => setDate(draft, Number(y), Number(m), Number(d))],
  [/^(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?\b/, (draft, [, m, d, y], year) => setDate(draft, y === undefined ? year : Number(y), Number(m), Number(d))],
  [/^(\d{4})(\d\d)(\d\d)(?=[T\s]|$)/, (draft, [, y, m, d]) => setDate(draft, Number(y), Number(m), Number(d))],
  [
    /^T?(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:\s*([ap]\.?m\.?)|\s*([-+]\d\d?)(?::?(\d\d))?(?=\s|$))?/i,
    (draft, match) => setTime(draft, match),
  ],
  [/^(\d{1,2})()()()\s*([ap]\.?m\.?)(?=\s|$)/i, (draft, match) => setTime(draft, match)],
  [/^(Z|UTC|GMT)\b/i, () => true],
  [
    new RegExp(`^([-+]?\\s*\\d+)\\s*${UNIT_WORDS}\\b(\\s+ago\\b)?`, "i"),
    (draft, [, count = "", unit = "", ago]) => shift(draft, Number(count.replace(/\s/g, "")) * (ago === undefined ? 1 : -1), unit),
  ],
  [new RegExp(`^(next|last|this)\\s+${UNIT_WORDS}\\b`, "i"), (draft, [, which, unit = ""]) => shift(draft, ordinal(which), unit)],
  [
    /^(next|last|this)\s+([a-z]+)/i,
    (draft, [, which, word = ""]) => {
      if (dayOf(word) < 0) return false;
      draft.weekday = [dayOf(word), ordinal(which)];
    },
  ],
  [
    /^(\d{1,2})[\s-]([A-Za-z]{3,9})\.?(?:[\s,-]+(\d{4}))?(?=\s|$)/,
    (draft, [, d, name = "", y], year) => monthOf(name) > 0 && setDate(draft, y === undefined ? year : Number(y), monthOf(name), Number(d)),
  ],
  [
    /^([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:,?\s+(\d{4}))?(?=[\s,]|$)/,
    (draft, [, name = "", d, y], year) => monthOf(name) > 0 && setDate(draft, y === undefined ? year : Number(y), monthOf(name), Number(d)),
  ],
  [
    /^(\d{4})(?=\s|$)/,
    (draft, [, y]) => {
      if (draft.date === undefined) return false;
      draft.date[0] = Number(y);
    },
  ],
  [new RegExp(`^${UNIT_WORDS}(\\s+ago)?(?=\\s|$)`, "i"), (draft, [, unit = "", ago]) => shift(draft, ago === undefined ? 1 : -1, unit)],
  [/^(now|today)\b/i, () => true],
  [/^yesterday\b/i, (draft) => shift(draft, -1, "day")],
  [/^tomorrow\b/i, (draft) => shift(draft, 1, "day")],
  [
    /^(midnight|noon)\b/i,
    (draft, [, word]) => {
      draft.time = word?.toLowerCase() === "noon" ? 43_200 : 0;
    },
  ],
  [
    /^([A-Za-z]{3,9})\.?(?=[\s,]|$)/,
    (draft, [, word = ""]) => {
      if (dayOf(word) < 0) return false;
      draft.weekday = [dayOf(word), 0];
    },
  ],
];

const ordinal = (word: string | undefined): number => ({ next: 1, last: -1 })[word?.toLowerCase() ?? ""] ?? 0;

/** Microseconds since 1970; undefined for what is no date. */
export function parseDate(text: string, now: number): number | undefined {
  const plain = text.trim();
  const counted = /^@\s*(-?\d+)(?:[.,](\d+))?$/.exec(plain);
  if (counted !== null) return Number(counted[1]) * 1e6 + Math.floor(Number(`0.${counted[2] ?? "0"}`) * 1e6);
  const today = calendar(now);
  const draft: Draft = { date: undefined, time: undefined, zone: 0, weekday: undefined, years: 0, months: 0, seconds: 0 };
  for (let rest = plain; rest !== ""; ) {
    let used = 0;
    for (const [pattern, apply] of RULES) {
      const match = pattern.exec(rest);
      if (match === null || apply(draft, match, today.year) === false) continue;
      used = match[0].length;
      break;
    }
    if (used === 0) return undefined;
    rest = rest.slice(used).replace(/^[\s,]+/, "");
  }
  return resolved(draft, today, now, plain === "");
}

function resolved(draft: Draft, today: ReturnType<typeof calendar>, now: number, empty: boolean): number {
  const [year, month, day] = draft.date ?? [today.year, today.month, today.day];
  const begins = draft.date !== undefined || draft.weekday !== undefined || empty;
  const clock = today.hour * 3600 + today.minute * 60 + today.second;
  const micros = draft.time === undefined && !begins ? now - Math.floor(now / 1e6) * 1e6 : 0;
  const time = draft.time ?? (begins ? 0 : clock);
  let at = secondsOf(year + draft.years, month + draft.months, day) + time - draft.zone;
  if (draft.weekday !== undefined && draft.date === undefined) {
    const [wanted, which] = draft.weekday;
    const current = WEEK.indexOf(calendar(at * 1e6).weekday.toLowerCase());
    const ahead = (wanted - current + 7) % 7;
    at += (ahead + 7 * (which > 0 && ahead !== 0 ? which - 1 : which)) * 86_400;
  }
  return Math.round((at + draft.seconds) * 1e6) + micros;
}
