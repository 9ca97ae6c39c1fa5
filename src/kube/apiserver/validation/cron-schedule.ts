/** Cron schedules as the library behind CronJobs reads them, for their complaints. */

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
}
const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const DAYS = "sun mon tue wed thu fri sat".split(" ");
const BOUNDS: readonly Bounds[] = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: MONTHS },
  { least: 0, most: 6, names: DAYS },
];
const DESCRIPTORS = new Set(["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]);

function parseNumber(text: string, bounds?: Bounds): number | string {
  const named = bounds?.names.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0 && bounds !== undefined) return named + bounds.least;
  if (!/^[+-]?[0-9]+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
  return Number(text) < 0 ? `negative number (${Number(text)}) not allowed: ${text}` : Number(text);
}

/** @source robfig/cron@v3.0.1 parser.go getRange */
function rangeError(expression: string, bounds: Bounds): string | undefined {
  const [range = "", ...steps] = expression.split("/");
  const ends = range.split("-");
  let [start, end]: [number, number] = [bounds.least, bounds.most];
  if (ends[0] !== "*" && ends[0] !== "?") {
    const first = parseNumber(ends[0] ?? "", bounds);
    if (typeof first === "string") return first;
    if (ends.length > 2) return `too many hyphens: ${expression}`;
    const last = ends.length === 2 ? parseNumber(ends[1] ?? "", bounds) : first;
    if (typeof last === "string") return last;
    [start, end] = [first, last];
  }
  let step = 1;
  if (steps.length > 1) return `too many slashes: ${expression}`;
  if (steps.length === 1) {
    const given = parseNumber(steps[0] ?? "");
    if (typeof given === "string") return given;
    step = given;
    if (ends.length === 1) end = bounds.most;
  }
  if (start < bounds.least) return `beginning of range (${start}) below minimum (${bounds.least}): ${expression}`;
  if (end > bounds.most) return `end of range (${end}) above maximum (${bounds.most}): ${expression}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`;
  return step === 0 ? `step of range should be a positive number: ${expression}` : undefined;
}

/**
 * The complaint, or undefined when the schedule is good.
 * @rule kube.cronjob.schedule-format
 * @source robfig/cron@v3.0.1 parser.go ParseStandard
 */
export function scheduleError(schedule: string): string | undefined {
  if (schedule === "") return "empty spec string";
  const spec = /^(?:CRON_)?TZ=/.test(schedule) ? schedule.slice(schedule.indexOf(" ") + 1).trim() : schedule;
  if (spec.startsWith("@")) {
    if (DESCRIPTORS.has(spec)) return undefined;
    if (!spec.startsWith("@every ")) return `unrecognized descriptor: ${spec}`;
    const span = spec.slice(7);
    if (/^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/.test(span) || span === "0") return undefined;
    return `failed to parse duration ${spec}: time: invalid duration ${JSON.stringify(span)}`;
  }
  const fields = spec.split(/\s+/).filter((field) => field !== "");
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(" ")}]`;
  for (const [i, bounds] of BOUNDS.entries())
    for (const part of (fields[i] ?? "").split(",").filter((one) => one !== "")) {
      const error = rangeError(part, bounds);
      if (error !== undefined) return error;
    }
  return undefined;
}
