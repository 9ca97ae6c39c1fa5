/**
 * A race of union file systems as its picture needs it: the operations, what each of the three did at each, where they part, and what lies
 * in the branches now.
 *
 * The steps are read from the record that `union-race` keeps in /race/log, the branches from the directories themselves, as a person with a
 * root shell would look into them; what is seen through the mounts is what the program saw.
 */
import {
  BRANCHES,
  type BranchName,
  type LaneRecord,
  oddOnes,
  type Parting,
  partingOf,
  type RaceRecord,
  RACERS,
  type Racer,
  type StepRecord,
  textOf,
  type Thing,
} from "../../../linux/fs/differences/operation";
import { traceNamed } from "../../../linux/fs/differences/traces";
import { resolve } from "../../../linux/fs/namei";
import { superblockOf, typeOf } from "../../../linux/fs/superblock";
import { entryTable, type InodeRow, inodeTable } from "../../../linux/fs/tmpfs";
import type { Ref } from "../../../linux/fs/types";
import { taskTable } from "../../../linux/process/task";
import type { Kernel } from "../../../linux/types";

export interface RaceCell {
  readonly ok: boolean;
  readonly answer: string;
  readonly changes: LaneRecord["changes"];
}

export interface RaceStep {
  readonly text: string;
  /** None of a step that is still to come. */
  readonly cells?: Readonly<Record<Racer, RaceCell>>;
  readonly parting?: Parting;
  /** Those that do something of their own there. */
  readonly odd: readonly Racer[];
}

export interface RaceEntry {
  readonly path: string;
  readonly what: Thing;
  /** The step that last touched it. */
  readonly since?: number;
}

export interface RaceSheet {
  readonly branch: BranchName;
  readonly writable: boolean;
  readonly entries: readonly RaceEntry[];
}

export interface RaceLane {
  readonly racer: Racer;
  readonly mountpoint: string;
  /** Topmost first. */
  readonly sheets: readonly RaceSheet[];
  /** Paths that are seen through the mount. */
  readonly seen: readonly string[];
  /** Files whose data lie under another name: a pseudo-link leads there. */
  readonly elsewhere: readonly { readonly path: string; readonly branch: BranchName; readonly at: string }[];
}

export interface RaceView {
  readonly trace: string;
  /** The key of the trace's title. */
  readonly title: string;
  readonly source?: Readonly<Record<Racer, string>>;
  readonly steps: readonly RaceStep[];
  readonly done: number;
  /** The first step at which the three do not do the same. */
  readonly parted?: number;
  readonly lanes: readonly RaceLane[];
  /** Paths worth a column, the same for all lanes. */
  readonly paths: readonly string[];
}

const ROOT = "/race";
const PREFIX = ".wh.";
const OPAQUE = [".wh..wh..opq", ".wh.__dir_opaque"];
const isHousekeeping = (name: string): boolean => name.startsWith(".wh..wh.") && !OPAQUE.includes(name);

function placeOf(kernel: Kernel, path: string): Ref | undefined {
  const first = kernel.tx.read(taskTable).get(`${kernel.machine}/1`);
  if (first === undefined) return undefined;
  const view = { credentials: first.credentials, root: first.fs.root, cwd: first.fs.root, umask: 0 };
  const found = resolve(kernel, view, path, true);
  return found.ok ? found.value.ref : undefined;
}

/** Only what lies in memory is looked into: the branches of a race do. */
const inodeAt = (kernel: Kernel, ref: Ref): InodeRow | undefined => kernel.tx.read(inodeTable).get(kernel.machine, ref.sb, ref.ino);

interface Log {
  readonly race: RaceRecord;
  readonly steps: readonly StepRecord[];
}

/** A log's text is the same for as long as its inode is. */
const read = new WeakMap<InodeRow, Log | undefined>();

function logOf(row: InodeRow): Log | undefined {
  if (read.has(row)) return read.get(row);
  const [race, ...steps] = row.data
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
  const log = race === undefined ? undefined : { race: race as RaceRecord, steps: steps as readonly StepRecord[] };
  read.set(row, log);
  return log;
}

const THINGS: Readonly<Record<string, Thing>> = { file: "file", dir: "dir", symlink: "symlink" };
const isOpaque = ({ xattrs }: InodeRow): boolean => xattrs["trusted.overlay.opaque"] === "y";

function thingOf(row: InodeRow): Thing {
  if (row.kind === "char" && row.rdev[0] === 0 && row.rdev[1] === 0) return "whiteout";
  return row.kind === "dir" && isOpaque(row) ? "opaque" : (THINGS[row.kind] ?? "other");
}

/** What a branch holds; a whiteout of either kind stands under the name it hides, an opaque directory is one thing. */
function entriesIn(kernel: Kernel, dir: Ref, prefix: string): readonly Omit<RaceEntry, "since">[] {
  const found = kernel.tx.read(entryTable).by("dir", kernel.machine, dir.sb, dir.ino);
  return [...found]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, ino }): readonly Omit<RaceEntry, "since">[] => {
      const ref = { sb: dir.sb, ino };
      const row = inodeAt(kernel, ref);
      if (row === undefined || isHousekeeping(name) || OPAQUE.includes(name)) return [];
      if (name.startsWith(PREFIX)) return [{ path: prefix + name.slice(PREFIX.length), what: "whiteout" }];
      const path = prefix + name;
      if (row.kind !== "dir") return [{ path, what: thingOf(row) }];
      const marked = OPAQUE.some((mark) => kernel.tx.read(entryTable).has(kernel.machine, ref.sb, ref.ino, mark));
      return [{ path, what: marked ? "opaque" : thingOf(row) }, ...entriesIn(kernel, ref, `${path}/`)];
    });
}

function sheetOf(kernel: Kernel, racer: Racer, branch: BranchName, writable: boolean, steps: readonly StepRecord[]): RaceSheet {
  const dir = placeOf(kernel, `${ROOT}/${racer}/${branch}`);
  const touched = new Map<string, number>();
  for (const { step, lanes } of steps) for (const one of lanes[racer].changes) if (one.branch === branch) touched.set(one.path, step);
  const entries = dir === undefined ? [] : entriesIn(kernel, dir, "");
  return {
    branch,
    writable,
    entries: entries.map((entry): RaceEntry => {
      const since = touched.get(entry.path);
      return since === undefined ? entry : { ...entry, since };
    }),
  };
}

/** Where the data of a file lie that is seen through a mount. */
function elsewhere(kernel: Kernel, racer: Racer, seen: readonly string[], sheets: readonly RaceSheet[]): RaceLane["elsewhere"] {
  const all = sheets.flatMap(({ branch, entries }) => entries.filter(({ what }) => what === "file").map(({ path }) => ({ branch, at: path })));
  return seen.flatMap((path) => {
    const ref = placeOf(kernel, `${ROOT}/${racer}/m/${path}`);
    const data = ref === undefined ? undefined : typeOf(kernel, ref.sb).mapped(kernel, ref);
    if (data === undefined || inodeAt(kernel, data)?.kind !== "file") return [];
    const names = all.filter(({ branch, at }) => {
      const place = placeOf(kernel, `${ROOT}/${racer}/${branch}/${at}`);
      return place !== undefined && place.sb === data.sb && place.ino === data.ino;
    });
    const [first] = names;
    return first === undefined || names.some(({ at }) => at === path) ? [] : [{ path, ...first }];
  });
}

function stepView(text: string, record: StepRecord | undefined): RaceStep {
  if (record === undefined) return { text, odd: [] };
  const cell = ({ ok, answer, changes }: LaneRecord): RaceCell => ({ ok, answer, changes });
  const { overlay, aufs, unionfs } = record.lanes;
  const parting = partingOf(record);
  return {
    text,
    cells: { overlay: cell(overlay), aufs: cell(aufs), unionfs: cell(unionfs) },
    ...(parting === undefined ? {} : { parting }),
    odd: parting === undefined ? [] : oddOnes(record, parting),
  };
}

/** Names that are hidden or made opaque, and those that lead nowhere further. */
function pathsOf(lanes: readonly RaceLane[]): readonly string[] {
  const entries = lanes.flatMap(({ sheets }) => sheets.flatMap((sheet) => sheet.entries));
  const all = [...new Set([...entries.map(({ path }) => path), ...lanes.flatMap(({ seen }) => seen)])].sort((a, b) => (a < b ? -1 : 1));
  const marked = new Set(entries.filter(({ what }) => what === "whiteout" || what === "opaque").map(({ path }) => path));
  return all.filter((path) => marked.has(path) || !all.some((other) => other.startsWith(`${path}/`)));
}

function laneView(kernel: Kernel, racer: Racer, { race, steps }: Log, writesMid: boolean): RaceLane {
  const sheets = BRANCHES.map((branch) =>
    sheetOf(kernel, racer, branch, branch === "top" || (branch === "mid" && racer !== "overlay" && writesMid), steps),
  );
  const seen = (steps.at(-1)?.lanes[racer].seen ?? race.seen[racer]).map((line) => line.split(" ")[0] ?? "");
  return { racer, mountpoint: `${ROOT}/${racer}/m`, sheets, seen, elsewhere: elsewhere(kernel, racer, seen, sheets) };
}

/** The race that is mounted on a machine, if one is. */
export function raceView(kernel: Kernel): RaceView | undefined {
  const place = placeOf(kernel, `${ROOT}/log`);
  const row = place === undefined ? undefined : inodeAt(kernel, place);
  const log = row === undefined ? undefined : logOf(row);
  if (log === undefined) return undefined;
  const roots = RACERS.map((racer) => placeOf(kernel, `${ROOT}/${racer}/m`));
  const stands = roots.every((root, i) => root !== undefined && superblockOf(kernel, root.sb).type === RACERS[i]);
  if (!stands) return undefined;
  const trace = traceNamed(log.race.trace);
  const { steps: records } = log;
  const lanes = RACERS.map((racer) => laneView(kernel, racer, log, trace?.mid === "rw"));
  const steps = (trace?.steps ?? []).map((operation, i) => stepView(textOf(operation), records[i]));
  const parted = steps.findIndex(({ parting }) => parting !== undefined);
  return {
    trace: log.race.trace,
    title: trace?.title ?? "",
    ...(trace === undefined ? {} : { source: trace.source }),
    steps,
    done: records.length,
    ...(parted < 0 ? {} : { parted }),
    lanes,
    paths: pathsOf(lanes),
  };
}
