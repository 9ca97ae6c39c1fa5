/**
 * The hands of the outside world: a process started for a person or a test, the pipes or the terminal it is given, and what it printed.
 *
 * It stands in no process tree above: its parent is 0, and it stays a zombie after its end, so that its status can be read.
 */
import { defineTable } from "../../sim/table";
import type { Message } from "../../sim/types";
import { newPipe, putOutside, takeOutside } from "../ipc/pipe";
import { findByNumber, putTask, taskOf } from "./task";
import { INITIAL } from "../namespace/table";
import type { Kernel } from "../types";
import { closeAll, install, newFile, newFiles } from "./descriptor";
import { newTerminal, takeTerminal } from "./device";
import { exec } from "./exec";
import { innerMount, open } from "./file-io";
import { spawn } from "./spawn";
import { changeTask } from "./task";
import { findRun, putRun, runSoon } from "./wake";

export interface StartMessage extends Message {
  readonly type: "start";
  /** By which it is found afterwards. */
  readonly name: string;
  readonly path: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A terminal of that size; else its input and outputs are pipes. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
}

/** Bytes for a started process's input; `end` closes it. */
export interface FeedMessage extends Message {
  readonly type: "feed";
  readonly name: string;
  readonly data: string;
  readonly end?: boolean;
}

export interface OutsideRow {
  readonly machine: string;
  readonly name: string;
  readonly task: number;
  /** The number of its terminal, 0 when it has pipes. */
  readonly terminal: number;
  /** Keys into the table of pipes. */
  readonly input: string;
  readonly output: string;
  readonly errors: string;
}

export const outsideTable = defineTable<OutsideRow>({ name: "linux.outside", key: (row) => `${row.machine}/${row.name}` });

export function startFromOutside(kernel: Kernel, message: StartMessage): void {
  const born = spawn(kernel, 1, "none", {});
  if (!born.ok) return;
  const id = findByNumber(kernel, INITIAL.pid, born.value.pid)?.id ?? 0;
  const { files } = taskOf(kernel, id);
  closeAll(kernel, files);
  putTask(kernel, { ...taskOf(kernel, id), parent: 0, group: id, session: id, files: newFiles(kernel) });
  const ends = message.terminal === undefined ? withPipes(kernel, id) : withTerminal(kernel, id, message.terminal);
  kernel.tx.write(outsideTable).put({ machine: kernel.machine, name: message.name, task: id, ...ends });
  const image = exec(kernel, id, message.path, message.argv, message.env);
  if (!image.ok) return;
  changeTask(kernel, id, { argv: image.value.argv });
  const run = findRun(kernel, id);
  if (run === undefined) return;
  putRun(kernel, { ...run, program: image.value.program, answers: [] });
  runSoon(kernel, { ...run, program: image.value.program, answers: [] }, 0);
}

function withPipes(kernel: Kernel, id: number): Pick<OutsideRow, "terminal" | "input" | "output" | "errors"> {
  const mount = innerMount(kernel, "pipefs");
  const keys = [0, 1, 2].map((fd) => {
    const ref = newPipe(kernel, mount.sb);
    const end = { read: fd === 0, write: fd !== 0 };
    install(
      kernel,
      id,
      newFile(kernel, { path: { mount: mount.id, ref }, asked: "", kind: "fifo", ...end, append: false, nonBlocking: false, place: false }),
      false,
    );
    return `${kernel.machine}/${ref.sb}/${ref.ino}`;
  });
  return { terminal: 0, input: keys[0] ?? "", output: keys[1] ?? "", errors: keys[2] ?? "" };
}

function withTerminal(
  kernel: Kernel,
  id: number,
  size: { readonly columns: number; readonly rows: number },
): Pick<OutsideRow, "terminal" | "input" | "output" | "errors"> {
  const terminal = newTerminal(kernel, size.columns, size.rows);
  takeTerminal(kernel, id, terminal);
  for (let fd = 0; fd < 3; fd++) open(kernel, id, "/dev/tty", { read: true, write: true }, 0);
  return { terminal, input: "", output: "", errors: "" };
}

export function feed(kernel: Kernel, { name, data, end }: FeedMessage): void {
  const row = kernel.tx.read(outsideTable).get(`${kernel.machine}/${name}`);
  if (row === undefined) return;
  putOutside(kernel, row.input, data, end === true);
  // What was printed so far was seen: room for more.
  takeOutside(kernel, row.output);
  takeOutside(kernel, row.errors);
}
