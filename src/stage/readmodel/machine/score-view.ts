/**
 * The Score of a world of machines: what processes ask of the kernel over time. One lane for the processes of each PID namespace, the
 * kernel between them and what it keeps: mounts, control groups.
 */
import { fromBytes } from "../../../sim/bytes";
import type { Micros } from "../../../sim/types";
import { pageOf } from "../score-view";
import type { LaneView, NowLineView, ScoreMark, ScoreView, StrokeView, Words, WorldReader } from "../types";
import { letters, machineHistory, machineStrokeIndex, type MachineStroke, type MachineVerb } from "./history";

const MOST_STROKES = 600;
const BINS = 150;
const PLACES: ReadonlySet<MachineVerb> = new Set(["copy_up", "mount", "umount", "pivot_root", "whiteout", "mkdir", "create", "unlink", "write"]);
const GROUPS: ReadonlySet<MachineVerb> = new Set(["cgroup"]);
/** What a person looks for is named above the lanes. */
const TOLD: ReadonlySet<MachineVerb> = new Set([
  "copy_up",
  "unshare",
  "setns",
  "mount",
  "umount",
  "pivot_root",
  "chroot",
  "cgroup",
  "whiteout",
  "kill",
]);
const FILES: LaneView = { id: "files", name: { key: "machine.lane.files" }, role: "store" };
const KERNEL: LaneView = { id: "kernel", name: { key: "machine.lane.kernel" }, role: "hub" };

const host = (letter: string | undefined): LaneView =>
  letter === undefined
    ? { id: "host", name: { key: "machine.lane.host" }, role: "process" }
    : { id: letter, name: { key: "machine.lane.processes", params: { namespace: letter } }, role: "process" };

export function isMachineStroke(reader: WorldReader, position: number, uid?: string): boolean {
  const stroke = machineHistory(reader).byPosition.get(position);
  return (
    stroke !== undefined && (uid === undefined || stroke.uid === uid || (stroke.by !== undefined && `${stroke.machine}/${stroke.by.task}` === uid))
  );
}

export const strokeWords = ({ verb, params }: MachineStroke): Words => {
  if (verb === "copy_up") return { key: `machine.says.copy_up_${params["how"]}`, params };
  const bare = (verb === "clone" && params["flags"] === "") || (verb === "write" && params["name"] === "");
  return { key: `machine.says.${verb}${bare ? "Bare" : ""}`, params };
};

/** The stroke that led to an event, by the engine's causes. */
function causeOf(reader: WorldReader, position: number): number | undefined {
  const history = machineHistory(reader);
  let cause = reader.event(position)?.cause ?? null;
  for (let i = 0; i < 64 && cause !== null; i++) {
    const at = history.positions[cause];
    if (at === undefined) return undefined;
    if (history.byPosition.has(at)) return at;
    cause = reader.event(at)?.cause ?? null;
  }
  return undefined;
}

function binsOf(
  strokes: readonly MachineStroke[],
  lanes: number,
  laneOf: (stroke: MachineStroke) => number,
  from: Micros,
  to: Micros,
): ScoreView["bins"] {
  const width = Math.ceil((to - from) / BINS);
  const counts = Array.from({ length: lanes }, () => Array.from({ length: BINS }, () => 0));
  for (const stroke of strokes) {
    const bin = Math.min(BINS - 1, Math.floor((stroke.at - from) / width));
    for (const lane of new Set([laneOf(stroke), 1])) {
      const row = counts[lane];
      if (row !== undefined) row[bin] = (row[bin] ?? 0) + 1;
    }
  }
  return { width, counts };
}

function markOf(stroke: MachineStroke): ScoreMark {
  const { position, at } = stroke;
  return { position, at, says: strokeWords(stroke), weight: stroke.verb === "kill" ? 2 : 1, alarm: false };
}

/** The line that keys make, as text. */
const lineOf = (keys: string): string => fromBytes(keys.replace(/[\r\n]+$/, ""));

/** Lines typed at a terminal in a stretch of time. */
function typedMarks(reader: WorldReader, from: Micros, to: Micros): readonly ScoreMark[] {
  const marks: ScoreMark[] = [];
  for (let position = reader.positionAt(from - 1); position < reader.length; position++) {
    const event = reader.event(position);
    if (event === undefined || event.at > to) break;
    const { type, keys } = event.message as { readonly type: string; readonly keys?: string };
    if (event.from !== null || type !== "keys" || keys === undefined) continue;
    const line = lineOf(keys);
    if (line.length > 1) marks.push({ position, at: event.at, says: { key: "machine.says.typed", params: { line } }, weight: 3, alarm: false });
  }
  return marks;
}

export function machineScore(reader: WorldReader, machine: string, window?: readonly [from: Micros, to: Micros]): ScoreView {
  const history = machineHistory(reader);
  const [from, to] = window ?? pageOf(reader.now);
  const first = machineStrokeIndex(history, reader.positionAt(from - 1));
  const strokes = history.strokes.slice(first, machineStrokeIndex(history, reader.positionAt(to)));
  const names = letters(reader, machine);
  const seen = new Set(strokes.flatMap(({ by }) => (by === undefined ? [] : [names.get(by.namespace)])));
  const inside = [...new Set(names.values())].filter((letter) => seen.has(letter));
  const lanes: readonly LaneView[] = [
    FILES,
    KERNEL,
    host(undefined),
    ...inside.map(host),
    { id: "cgroups", name: { key: "machine.lane.cgroups" }, role: "group" },
  ];
  const place = new Map(lanes.map(({ id }, i) => [id, i]));
  const laneOf = ({ by, verb }: MachineStroke): number =>
    GROUPS.has(verb) ? lanes.length - 1 : (place.get(by === undefined ? "host" : (names.get(by.namespace) ?? "host")) ?? 2);
  const count = machineStrokeIndex(history, reader.position);
  const current = history.strokes[count - 1];
  const many = strokes.length > MOST_STROKES;
  const shown = many ? [] : strokes;
  const views = shown.map((stroke): StrokeView => {
    const because = causeOf(reader, stroke.position);
    return {
      position: stroke.position,
      seq: stroke.seq,
      at: stroke.at,
      kind: "write",
      lane: laneOf(stroke),
      verb: stroke.verb,
      object: {
        resource: "processes",
        kind: "",
        name: String(stroke.params["name"] ?? ""),
        shortId: String(stroke.params["name"] ?? stroke.params["source"] ?? stroke.params["file"] ?? ""),
        ...(stroke.uid === undefined ? {} : { uid: stroke.uid }),
      },
      stored: PLACES.has(stroke.verb),
      ...(because === undefined ? {} : { because }),
    };
  });
  return {
    from,
    to,
    now: reader.now,
    hue: "kern",
    ...(current !== undefined && current.position === reader.position - 1 ? { current: current.position } : {}),
    count,
    total: history.strokes.length,
    lanes,
    strokes: views,
    spans: [],
    marks: many
      ? []
      : [...typedMarks(reader, from, to), ...shown.filter(({ verb }) => TOLD.has(verb)).map(markOf)].sort(
          (a, b) => a.at - b.at || a.position - b.position,
        ),
    ...(many ? { bins: binsOf(strokes, lanes.length, laneOf, from, to) } : {}),
  };
}

const who = ({ by }: MachineStroke): Words =>
  by === undefined ? { key: "machine.who.machine" } : { key: "machine.who.process", params: { name: by.name, pid: by.task } };

/** The last act of the kernel as one sentence. */
export function machineNowLine(reader: WorldReader): NowLineView | undefined {
  const history = machineHistory(reader);
  const count = machineStrokeIndex(history, reader.position);
  const stroke = history.strokes[count - 1];
  if (stroke === undefined) return undefined;
  const because = causeOf(reader, stroke.position);
  const before = because === undefined ? undefined : history.byPosition.get(because);
  return {
    position: stroke.position,
    at: stroke.at,
    count,
    total: history.strokes.length,
    from: who(stroke),
    to: { key: "machine.lane.kernel" },
    says: strokeWords(stroke),
    ...(before === undefined ? {} : { because: { key: "machine.says.after", params: { name: before.by?.name ?? "", verb: before.verb } } }),
    alarm: false,
  };
}

export interface CauseView {
  readonly position: number;
  readonly at: Micros;
  readonly says: Words;
}
const MOST_CAUSES = 24;

/** Why a process exists: from its birth back to what a person typed, each step the cause of the one before. */
export function whyProcess(reader: WorldReader, uid: string): readonly CauseView[] {
  const history = machineHistory(reader);
  const causes: CauseView[] = [];
  let position = history.births.get(uid);
  while (position !== undefined && causes.length < MOST_CAUSES) {
    const event = reader.event(position);
    if (event === undefined) break;
    const stroke = history.byPosition.get(position);
    const { keys } = event.message as { readonly keys?: string };
    if (stroke !== undefined) causes.push({ position, at: event.at, says: strokeWords(stroke) });
    else if (event.from === null && keys !== undefined)
      causes.push({ position, at: event.at, says: { key: "machine.says.typed", params: { line: lineOf(keys) } } });
    else if (event.from === null && event.message.type === "boot") causes.push({ position, at: event.at, says: { key: "machine.says.boot" } });
    position = event.cause === null ? undefined : history.positions[event.cause];
  }
  return causes;
}
