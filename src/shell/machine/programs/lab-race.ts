/**
 * `union-race TRACE`: the same operations on OverlayFS, AUFS and Unionfs over equal branches, one after another, so that it can be watched
 * where they part. Without a name it lists the traces. What each step did is kept in /race/log, a line of JSON a step.
 *
 * Everything is done by the system calls any program has; nothing here knows how the three work.
 */
import type { Program, System } from "../../../linux/program";
import {
  BRANCHES,
  type BranchChange,
  type LaneRecord,
  type Operation,
  partingOf,
  type RaceRecord,
  RACERS,
  type Racer,
  type StepRecord,
  textOf,
  type Trace,
} from "../../../linux/fs/differences/operation";
import { traceNamed, TRACES } from "../../../linux/fs/differences/traces";
import { perform } from "./lab-race-operations";
import { changesBetween, type Sheet, seenThrough, sheetOf } from "./lab-race-looking";
import { complain, print } from "./support";

const ROOT = "/race";
/** Between one step and the next. */
const PAUSE = 100_000;
const placeOf = (racer: Racer): string => `${ROOT}/${racer}`;

type Sheets = Readonly<Record<Racer, Sheet>>;
const each = <T>(of: (racer: Racer) => T): Record<Racer, T> => ({ overlay: of("overlay"), aufs: of("aufs"), unionfs: of("unionfs") });
const isDirectory = (system: System, path: string): boolean => {
  const found = system.lstat(path);
  return found.ok && found.value.kind === "dir";
};

/** Takes away whatever an earlier race left. */
function clear(system: System, path: string): void {
  if (isDirectory(system, path)) {
    const fd = system.open(path, { read: true, directory: true }, 0);
    const names = fd.ok ? system.readdir(fd.value) : fd;
    if (fd.ok) system.close(fd.value);
    if (names.ok) for (const { name } of names.value) clear(system, `${path}/${name}`);
    system.rmdir(path);
  } else system.unlink(path);
}

function dataOf(racer: Racer, { mid }: Trace): string {
  const [top, middle, low] = BRANCHES.map((branch) => `${placeOf(racer)}/${branch}`);
  switch (racer) {
    case "overlay":
      return `lowerdir=${middle}:${low},upperdir=${top},workdir=${placeOf(racer)}/work`;
    case "aufs":
      return `br:${top}=rw:${middle}=${mid}:${low}=ro`;
    case "unionfs":
      return `dirs=${top}=rw:${middle}=${mid}:${low}=ro`;
  }
}

function prepare(system: System, trace: Trace): boolean {
  for (const racer of RACERS) system.umount(`${placeOf(racer)}/m`, true);
  clear(system, ROOT);
  system.mkdir(ROOT, 0o755);
  for (const racer of RACERS) {
    const place = placeOf(racer);
    system.mkdir(place, 0o755);
    for (const name of [...BRANCHES, "new", "m", ...(racer === "overlay" ? ["work"] : [])]) system.mkdir(`${place}/${name}`, 0o755);
    for (const operation of trace.before) perform(system, racer, place, operation);
    const mounted = system.mount({ source: racer, target: `${place}/m`, type: racer, data: dataOf(racer, trace) });
    if (!mounted.ok) return false;
  }
  return true;
}

function keep(system: System, line: RaceRecord | StepRecord): void {
  const fd = system.open(`${ROOT}/log`, { write: true, create: true, append: true }, 0o644);
  if (!fd.ok) return;
  print(system, `${JSON.stringify(line)}\n`, fd.value);
  system.close(fd.value);
}

const SIGNS: Readonly<Record<BranchChange["how"], string>> = { appeared: "+", changed: "~", gone: "-" };
const changeText = ({ branch, path, how, what }: BranchChange): string =>
  `${SIGNS[how]}${branch}/${path}${what === "file" || what === "dir" ? "" : ` (${what})`}`;

function tell(system: System, number: number, operation: Operation, record: StepRecord): void {
  const parting = partingOf(record);
  print(system, `${number}  ${textOf(operation)}${parting === undefined ? "" : `    <- they part: ${parting}`}\n`);
  for (const racer of RACERS) {
    const { answer, changes } = record.lanes[racer];
    print(system, `   ${racer.padEnd(8)} ${answer.padEnd(14)} ${changes.map(changeText).join(" ")}`.trimEnd().concat("\n"));
  }
}

function step(system: System, trace: Trace, number: number, before: Sheets): Sheets {
  const operation = trace.steps[number];
  if (operation === undefined) return before;
  const answers = each((racer) => perform(system, racer, placeOf(racer), operation));
  const after = each((racer) => sheetOf(system, placeOf(racer)));
  const lanes = each(
    (racer): LaneRecord => ({
      ...answers[racer],
      changes: changesBetween(before[racer], after[racer]),
      seen: seenThrough(system, `${placeOf(racer)}/m`),
    }),
  );
  const record: StepRecord = { step: number, lanes };
  keep(system, record);
  tell(system, number + 1, operation, record);
  return after;
}

interface State {
  readonly step: number;
  readonly sheets: Sheets;
}

export const unionRace: Program = (system, invocation) => {
  const [, id] = invocation.argv;
  if (id === undefined) {
    for (const { id: name } of TRACES) print(system, `${name}\n`);
    return 0;
  }
  const trace = traceNamed(id);
  if (trace === undefined) return (complain(system, invocation, `no such trace: ${id}`), 1);
  let state = invocation.state as unknown as State | undefined;
  if (state === undefined) {
    if (!prepare(system, trace)) return (complain(system, invocation, "cannot mount; are you root?"), 1);
    const record: RaceRecord = { trace: id, seen: each((racer) => seenThrough(system, `${placeOf(racer)}/m`)) };
    keep(system, record);
    state = { step: 0, sheets: each((racer) => sheetOf(system, placeOf(racer))) };
  }
  for (; state.step < trace.steps.length; ) {
    system.mark(state as never);
    const sheets = step(system, trace, state.step, state.sheets);
    system.sleep(PAUSE);
    state = { step: state.step + 1, sheets };
  }
  return 0;
};
