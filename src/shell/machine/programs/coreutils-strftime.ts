/**
 * Dates as text by a template, as `date +FORMAT` and `ls --time-style=+FORMAT` take it; all in UTC and in the C locale's words.
 *
 * Not modelled: time zones, other locales' names.
 *
 * @source coreutils@9.1 lib/nstrftime.c
 */
import { EPOCH } from "../../../linux/types";
import { type CalendarTime, calendar, MONTHS, two } from "./coreutils-support";

const LONG_MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;
const LONG_DAYS: Readonly<Record<string, string>> = {
  Sun: "Sunday",
  Mon: "Monday",
  Tue: "Tuesday",
  Wed: "Wednesday",
  Thu: "Thursday",
  Fri: "Friday",
  Sat: "Saturday",
};
const WEEK = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Year and week by ISO 8601: the first week has the first Thursday. */
function isoWeek({ year, yearDay, weekday }: CalendarTime): readonly [number, number] {
  const day = (WEEK.indexOf(weekday) + 6) % 7;
  const week = Math.floor((yearDay - 1 - day + 10) / 7);
  if (week < 1) {
    const before = year - 1;
    const length = isLeap(before) ? 366 : 365;
    return [before, Math.floor((yearDay - 1 + length - day + 10) / 7)];
  }
  const left = (isLeap(year) ? 366 : 365) - yearDay;
  return week === 53 && left < 3 - day ? [year + 1, 1] : [year, week];
}

/** What a letter stands for: text, how it is padded to how many places. */
type Shown = readonly [text: string | number, width?: number, pad?: string];

function shown(letter: string, at: CalendarTime, micros: number): Shown | string | undefined {
  const day = WEEK.indexOf(at.weekday);
  const noon = at.hour % 12 === 0 ? 12 : at.hour % 12;
  switch (letter) {
    case "a":
      return [at.weekday];
    case "A":
      return [LONG_DAYS[at.weekday] ?? ""];
    case "b":
    case "h":
      return [MONTHS[at.month - 1] ?? ""];
    case "B":
      return [LONG_MONTHS[at.month - 1] ?? ""];
    case "c":
      return "%a %b %e %H:%M:%S %Y";
    case "C":
      return [Math.floor(at.year / 100), 2];
    case "d":
      return [at.day, 2];
    case "D":
    case "x":
      return "%m/%d/%y";
    case "e":
      return [at.day, 2, " "];
    case "F":
      return "%Y-%m-%d";
    case "g":
      return [isoWeek(at)[0] % 100, 2];
    case "G":
      return [isoWeek(at)[0], 4];
    case "H":
      return [at.hour, 2];
    case "I":
      return [noon, 2];
    case "j":
      return [at.yearDay, 3];
    case "k":
      return [at.hour, 2, " "];
    case "l":
      return [noon, 2, " "];
    case "m":
      return [at.month, 2];
    case "M":
      return [at.minute, 2];
    case "n":
      return ["\n"];
    case "N":
      return [at.micro * 1000, 9];
    case "p":
      return [at.hour < 12 ? "AM" : "PM"];
    case "P":
      return [at.hour < 12 ? "am" : "pm"];
    case "q":
      return [Math.ceil(at.month / 3)];
    case "r":
      return "%I:%M:%S %p";
    case "R":
      return "%H:%M";
    case "s":
      return [Math.floor(micros / 1e6)];
    case "S":
      return [at.second, 2];
    case "t":
      return ["\t"];
    case "T":
    case "X":
      return "%H:%M:%S";
    case "u":
      return [day === 0 ? 7 : day];
    case "U":
      return [Math.floor((at.yearDay + 6 - day) / 7), 2];
    case "V":
      return [isoWeek(at)[1], 2];
    case "w":
      return [day];
    case "W":
      return [Math.floor((at.yearDay + 6 - ((day + 6) % 7)) / 7), 2];
    case "y":
      return [at.year % 100, 2];
    case "Y":
      return [at.year, 4];
    case "Z":
      return ["UTC"];
    case "%":
      return ["%"];
    default:
      return undefined;
  }
}

/** Microseconds since 1970 by a template. */
export function strftime(template: string, micros: number): string {
  const at = calendar(micros);
  return template.replace(/%([-_0^#+]*)(\d*)([EO]?)(:{0,3}z|[A-Za-z%])/g, (whole, flags: string, digits: string, _alternative, letter: string) => {
    if (letter.endsWith("z")) {
      const zones: Readonly<Record<string, string>> = { z: "+0000", ":z": "+00:00", "::z": "+00:00:00", ":::z": "+00" };
      return zones[letter] ?? whole;
    }
    const found = shown(letter, at, micros);
    if (found === undefined) return whole;
    if (typeof found === "string") return cased(strftime(found, micros), flags);
    const [text, width = 0, pad = "0"] = found;
    const fill = flags.includes("-") ? "" : flags.includes("_") ? " " : flags.includes("0") ? "0" : typeof text === "number" ? pad : " ";
    const wanted = digits === "" ? width : Number(digits);
    if (letter === "N")
      return String(text)
        .padStart(9, "0")
        .slice(0, digits === "" ? 9 : Number(digits));
    return cased(fill === "" ? String(text) : String(text).padStart(wanted, fill), flags);
  });
}

const cased = (text: string, flags: string): string => (flags.includes("^") ? text.toUpperCase() : flags.includes("#") ? text.toLowerCase() : text);

/** A time that a file has, in microseconds since 1970. */
export const sinceEpoch = (time: number): number => EPOCH + time;
/** `2026-01-01 00:00:00.000000000 +0000`. */
export const fullTime = (micros: number): string => {
  const { year, month, day, hour, minute, second, micro } = calendar(micros);
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}:${two(second)}.${String(micro * 1000).padStart(9, "0")} +0000`;
};
