/**
 * `date` and `touch`: times shown, and times given to files.
 *
 * Not modelled: setting the clock, time zones other than UTC.
 *
 * @source coreutils@9.1 src/date.c src/touch.c
 */
import { EPOCH } from "../../../linux/types";
import type { Invocation, Program, System } from "../../../linux/program";
import { parseDate } from "./coreutils-date-words";
import { sinceEpoch, strftime } from "./coreutils-strftime";
import { calendar, complain, fileName, given, quoted, shellQuoted, tryHelp } from "./coreutils-support";
import { because, linesOf, print, readFile } from "./support";

const DEFAULT = "%a %b %e %H:%M:%S %Z %Y";
const MAIL = "%a, %d %b %Y %H:%M:%S %z";
const ISO: Readonly<Record<string, string>> = {
  date: "%Y-%m-%d",
  hours: "%Y-%m-%dT%H%:z",
  minutes: "%Y-%m-%dT%H:%M%:z",
  seconds: "%Y-%m-%dT%H:%M:%S%:z",
  ns: "%Y-%m-%dT%H:%M:%S,%N%:z",
};
const SPACED: Readonly<Record<string, string>> = { date: "%Y-%m-%d", seconds: "%Y-%m-%d %H:%M:%S%:z", ns: "%Y-%m-%d %H:%M:%S.%N%:z" };

/** The word that was meant, cut short or not. */
function wordOf(known: Readonly<Record<string, string>>, word: string): string | undefined {
  const names = Object.keys(known).filter((name) => name.startsWith(word));
  return known[word] ?? (names.length === 1 ? known[names[0] ?? ""] : undefined);
}

const nowOf = (system: System): number => {
  const now = system.clock("realtime");
  return now.ok ? now.value : 0;
};

export const date: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "d:f:I::r:Rs:u",
    long: {
      "date=": "d",
      "file=": "f",
      "iso-8601?": "I",
      "reference=": "r",
      "rfc-email": "R",
      "rfc-822": "R",
      "rfc-3339=": "3339",
      "set=": "s",
      utc: "u",
      universal: "u",
    },
  });
  if (options === undefined) return 1;
  const [given1, extra] = options.operands;
  if (extra !== undefined) return tryHelp(system, invocation, `extra operand ${quoted(invocation, extra)}`);
  const iso = options.has("I") ? wordOf(ISO, options.value("I") ?? "date") : undefined;
  const spaced = options.has("3339") ? wordOf(SPACED, options.value("3339") ?? "") : undefined;
  if ((options.has("I") && iso === undefined) || (options.has("3339") && spaced === undefined)) {
    const [word, option] = options.has("I") ? [options.value("I") ?? "", "--iso-8601"] : [options.value("3339") ?? "", "--rfc-3339"];
    const known = Object.keys(options.has("I") ? ISO : SPACED).map((name) => `  - ${quoted(invocation, name)}`);
    complain(
      system,
      invocation,
      `invalid argument ${quoted(invocation, word)} for ${quoted(invocation, option)}\nValid arguments are:\n${known.join("\n")}`,
    );
    return tryHelp(system, invocation);
  }
  let template = iso ?? spaced ?? (options.has("R") ? MAIL : undefined);
  if (given1?.startsWith("+") === true) template = given1.slice(1);
  else if (given1 !== undefined) {
    if (options.has("d") || options.has("s") || options.has("r")) {
      complain(
        system,
        invocation,
        `the argument ${quoted(invocation, given1)} lacks a leading '+';\nwhen using an option to specify date(s), any non-option\nargument must be a format string beginning with '+'`,
      );
      return tryHelp(system, invocation);
    }
    return setClock(system, invocation, stamp(given1, nowOf(system), true), given1, DEFAULT);
  }
  const show = (micros: number): void => print(system, `${strftime(template ?? DEFAULT, micros)}\n`);
  const now = nowOf(system);
  const [text, path, reference, set] = [options.value("d"), options.value("f"), options.value("r"), options.value("s")];
  if (set !== undefined) return setClock(system, invocation, parseDate(set, now), set, template ?? DEFAULT);
  if (reference !== undefined) {
    const found = system.stat(reference);
    if (!found.ok) return (complain(system, invocation, `${fileName(reference)}: ${because(found.errno)}`), 1);
    show(sinceEpoch(found.value.mtime));
    return 0;
  }
  const texts = path === undefined ? undefined : readFile(system, path);
  if (texts !== undefined && "errno" in texts) return (complain(system, invocation, `${fileName(path ?? "")}: ${because(texts.errno)}`), 1);
  let status = 0;
  for (const one of texts === undefined ? [text] : linesOf(texts.text)) {
    const at = one === undefined ? now : parseDate(one, now);
    if (at !== undefined) show(at);
    else {
      complain(system, invocation, `invalid date ${quoted(invocation, one ?? "")}`);
      status = 1;
    }
  }
  return status;
};

/** The clock is the world's: nobody sets it. */
function setClock(system: System, invocation: Invocation, at: number | undefined, text: string, template: string): number {
  if (at === undefined) return (complain(system, invocation, `invalid date ${quoted(invocation, text)}`), 1);
  complain(system, invocation, `cannot set date: ${because("EPERM")}`);
  print(system, `${strftime(template, at)}\n`);
  return 1;
}

/** Figures as `touch -t` takes them: [[CC]YY]MMDDhhmm[.ss]; `date` has the year at the end. */
function stamp(text: string, now: number, yearLast: boolean): number | undefined {
  const match = yearLast
    ? /^()(\d\d)(\d\d)(\d\d)(\d\d)(\d{4}|\d\d)?(?:\.(\d\d))?$/.exec(text)
    : /^(\d{4}|\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)()(?:\.(\d\d))?$/.exec(text);
  if (match === null) return undefined;
  const [, before, month, day, hour, minute, after, second = "00"] = match;
  const digits = yearLast ? (after ?? "") : (before ?? "");
  const short = Number(digits);
  const year = digits === "" ? calendar(now).year : digits.length === 4 ? short : short + (short < 69 ? 2000 : 1900);
  return parseDate(`${String(year).padStart(4, "0")}-${month}-${day} ${hour}:${minute}:${second}`, now);
}

const WHICH: Readonly<Record<string, string>> = { atime: "a", access: "a", use: "a", mtime: "m", modify: "m" };

export const touch: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "acd:fhmr:t:",
    long: { "date=": "d", "no-create": "c", "no-dereference": "h", "reference=": "r", "time=": "time" },
  });
  if (options === undefined) return 1;
  const word = options.value("time");
  if (word !== undefined && WHICH[word] === undefined)
    return tryHelp(system, invocation, `invalid argument ${quoted(invocation, word)} for ${quoted(invocation, "--time")}`);
  const only = (letter: string): boolean => options.has(letter) || (word !== undefined && WHICH[word] === letter);
  const both = only("a") === only("m");
  const [text, figures, reference] = [options.value("d"), options.value("t"), options.value("r")];
  const now = nowOf(system);
  let times: readonly [number, number] | undefined;
  if (figures !== undefined && stamp(figures, now, false) === undefined)
    return (complain(system, invocation, `invalid date format ${quoted(invocation, figures)}`), 1);
  if (figures !== undefined && (text !== undefined || reference !== undefined))
    return tryHelp(system, invocation, "cannot specify times from more than one source");
  if (reference !== undefined) {
    const model = options.has("h") ? system.lstat(reference) : system.stat(reference);
    if (!model.ok) return (complain(system, invocation, `failed to get attributes of ${shellQuoted(reference)}: ${because(model.errno)}`), 1);
    times = [model.value.atime, model.value.mtime];
  }
  const asked = text ?? figures;
  if (asked !== undefined) {
    const at = figures === undefined ? parseDate(asked, times === undefined ? now : sinceEpoch(times[1])) : stamp(asked, now, false);
    if (at === undefined) return (complain(system, invocation, `invalid date format ${quoted(invocation, asked)}`), 1);
    times = [at - EPOCH, at - EPOCH];
  }
  if (options.operands.length === 0) return tryHelp(system, invocation, "missing file operand");
  const access = both || only("a") ? (times?.[0] ?? "now") : "omit";
  const modification = both || only("m") ? (times?.[1] ?? "now") : "omit";
  let status = 0;
  for (const path of options.operands) {
    const why = touched(system, path, options.has("c"), options.has("h"), () => system.utimens(path, access, modification, !options.has("h")));
    if (why === undefined) continue;
    complain(system, invocation, why);
    status = 1;
  }
  return status;
};

/** Makes what is not there, then sets its times; the complaint, if there is one. */
function touched(system: System, path: string, keeps: boolean, links: boolean, set: () => ReturnType<System["utimens"]>): string | undefined {
  const made = keeps || links ? undefined : system.open(path, { write: true, create: true, nonBlocking: true }, 0o666);
  if (made?.ok === true) system.close(made.value);
  const done = set();
  if (done.ok || (keeps && done.errno === "ENOENT")) return undefined;
  const openFailed = made?.ok === false && made.errno !== "EISDIR" && made.errno !== "EINVAL" && made.errno !== "EPERM" ? made.errno : undefined;
  if (openFailed !== undefined) return `cannot touch ${shellQuoted(path)}: ${because(openFailed)}`;
  return `setting times of ${shellQuoted(path)}: ${because(done.errno)}`;
}
