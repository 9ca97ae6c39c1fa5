/**
 * One trace of operations for three union file systems over equal branches, and where they part: data only, played by `union-race`.
 *
 * Each file system gets three directories of its own: `top` is written, `mid` is written or not as the trace says (an OverlayFS never
 * writes it), `low` is not. What a step did is told by the answer to it, by what is seen through the mount, and by what lies in the branches.
 */

export const RACERS = ["overlay", "aufs", "unionfs"] as const;
export type Racer = (typeof RACERS)[number];
export const BRANCHES = ["top", "mid", "low"] as const;
export type BranchName = (typeof BRANCHES)[number];

interface Anywhere {
  /** A branch, or the directory that is added by `add`; the mount when left out. */
  readonly in?: BranchName | "new";
  /** The user who does it; root when left out. */
  readonly as?: number;
}

export type Operation = Anywhere &
  (
    | { readonly do: "write" | "append"; readonly path: string; readonly text: string }
    /** Opened for writing and closed. */
    | { readonly do: "open" | "read" | "list" | "look" | "unlink" | "rmdir" | "mkdir" | "links"; readonly path: string }
    | { readonly do: "rename" | "exchange" | "link" | "same"; readonly path: string; readonly to: string }
    | { readonly do: "chmod"; readonly path: string; readonly mode: number }
    | { readonly do: "setxattr"; readonly path: string; readonly name: string; readonly text: string }
    /** Adds the directory `new` as a read-only branch below the topmost. */
    | { readonly do: "add" }
  );

export interface Trace {
  readonly id: string;
  /** In the words of the reader. */
  readonly title: string;
  readonly source: Readonly<Record<Racer, string>>;
  readonly mid: "rw" | "ro";
  /** What lies in the branches before, in each the same. */
  readonly before: readonly Operation[];
  readonly steps: readonly Operation[];
}

const LONGEST = 16;
const shortened = (path: string): string => (path.length <= LONGEST ? path : `${path.slice(0, 3)}…(${path.length})`);

/** An operation as a command line would have it. */
export const textOf = (operation: Operation): string =>
  `${operation.as === undefined ? "" : `setpriv --reuid ${operation.as} `}${commandOf(operation)}`;

function commandOf(operation: Operation): string {
  const at = (path: string): string => [operation.in, shortened(path)].filter((part) => part !== undefined && part !== "").join("/") || ".";
  switch (operation.do) {
    case "write":
      return `echo ${operation.text} > ${at(operation.path)}`;
    case "append":
      return `echo ${operation.text} >> ${at(operation.path)}`;
    case "open":
      return `: >> ${at(operation.path)}`;
    case "read":
      return `cat ${at(operation.path)}`;
    case "list":
      return `ls ${at(operation.path)}`;
    case "look":
      return `ls -lA ${at(operation.path)}`;
    case "unlink":
      return `rm ${at(operation.path)}`;
    case "rmdir":
      return `rmdir ${at(operation.path)}`;
    case "mkdir":
      return `mkdir ${at(operation.path)}`;
    case "links":
      return `stat -c %h ${at(operation.path)}`;
    case "rename":
      return `mv ${at(operation.path)} ${at(operation.to)}`;
    case "exchange":
      return `mv --exchange ${at(operation.path)} ${at(operation.to)}`;
    case "link":
      return `ln ${at(operation.path)} ${at(operation.to)}`;
    case "same":
      return `[ ${at(operation.path)} -ef ${at(operation.to)} ]`;
    case "chmod":
      return `chmod ${operation.mode.toString(8)} ${at(operation.path)}`;
    case "setxattr":
      return `setfattr -n ${operation.name} -v ${operation.text} ${at(operation.path)}`;
    case "add":
      return "mount -o remount,…new";
  }
}

export type Thing = "file" | "dir" | "symlink" | "whiteout" | "opaque" | "other";

export interface BranchChange {
  readonly branch: BranchName;
  readonly path: string;
  readonly how: "appeared" | "changed" | "gone";
  readonly what: Thing;
}

/** What one step did on one file system. */
export interface LaneRecord {
  readonly ok: boolean;
  /** What was read, or the name of the error. */
  readonly answer: string;
  readonly changes: readonly BranchChange[];
  /** What is seen through the mount afterwards. */
  readonly seen: readonly string[];
}

export interface StepRecord {
  readonly step: number;
  readonly lanes: Readonly<Record<Racer, LaneRecord>>;
}

/** The first line of a race's record. */
export interface RaceRecord {
  readonly trace: string;
  /** What is seen through the mounts at the start. */
  readonly seen: Readonly<Record<Racer, readonly string[]>>;
}

export type Parting = "answer" | "seen" | "branches";

const aspectOf = ({ ok, answer, changes, seen }: LaneRecord, parting: Parting): string =>
  parting === "answer" ? `${ok} ${answer}` : JSON.stringify(parting === "seen" ? seen : changes);

/** In what three file systems differ after a step, the most telling first; nothing when they agree. */
export function partingOf({ lanes }: StepRecord): Parting | undefined {
  const aspects = ["answer", "seen", "branches"] as const;
  return aspects.find((aspect) => new Set(RACERS.map((racer) => aspectOf(lanes[racer], aspect))).size > 1);
}

/** Those that do something else than most; all when each does something of its own. */
export function oddOnes(record: StepRecord, parting: Parting): readonly Racer[] {
  const said = RACERS.map((racer) => aspectOf(record.lanes[racer], parting));
  const alone = RACERS.filter((_racer, i) => said.filter((other) => other === said[i]).length === 1);
  return alone.length === 0 ? RACERS : alone;
}
