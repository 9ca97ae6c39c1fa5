/**
 * Time namespaces: what is added to the clocks that count from boot. Offsets can be set until somebody is inside.
 *
 * @rule linux.timens.offsets
 * @source linux@6.12 kernel/time/namespace.c proc_timens_set_offset timens_commit
 */
import { changeTask, taskOf } from "../process/task";
import { failure, type Kernel, type Result, value } from "../types";
import type { Credentials } from "../types";
import { releaseNamespace } from "./lifetime";
import { type ClockOffset, type NamespaceRow, namespaceOf, putNamespace } from "./table";
import { capableIn } from "./user";

const SECOND_NANOS = 1e9;
/** KTIME_MAX in seconds, halved as the kernel does to be safe. */
const KTIME_SEC_MAX = 9223372036;

export const timePart = (row: NamespaceRow): NonNullable<NamespaceRow["time"]> => {
  const zero = { seconds: 0, nanos: 0 };
  return row.time ?? { monotonic: zero, boottime: zero, frozen: true };
};

export function freeze(kernel: Kernel, id: number): void {
  const row = namespaceOf(kernel, id);
  if (!timePart(row).frozen) putNamespace(kernel, { ...row, time: { ...timePart(row), frozen: true } });
}

/** The namespace for children becomes one's own: at exec, as at birth. */
export function enterTimeNamespace(kernel: Kernel, task: number): void {
  const { namespaces } = taskOf(kernel, task);
  if (namespaces.time === namespaces.timeForChildren) return;
  changeTask(kernel, task, { namespaces: { ...namespaces, time: namespaces.timeForChildren } });
  freeze(kernel, namespaces.timeForChildren);
  releaseNamespace(kernel, namespaces.time);
}

const column = (clock: string, { seconds, nanos }: ClockOffset): string =>
  `${clock.padEnd(10)} ${String(seconds).padStart(10)} ${String(nanos).padStart(9)}\n`;

export function showOffsets(kernel: Kernel, id: number): string {
  const { monotonic, boottime } = timePart(namespaceOf(kernel, id));
  return column("monotonic", monotonic) + column("boottime", boottime);
}

/** Lines of clock, seconds and nanoseconds; all count or none. */
export function writeOffsets(kernel: Kernel, credentials: Credentials, id: number, text: string): Result<number> {
  const row = namespaceOf(kernel, id);
  if (!capableIn(kernel, credentials, row.owner, "SYS_TIME")) return failure("EPERM");
  const changes: { clock: "monotonic" | "boottime"; offset: ClockOffset }[] = [];
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const match = /^\s*(\w+)\s+(-?\d+)\s+(\d+)\s*$/.exec(line);
    if (match === null || changes.length >= 2) return failure("EINVAL");
    const clock = ({ monotonic: "monotonic", "1": "monotonic", boottime: "boottime", "7": "boottime" } as const)[match[1] ?? ""];
    const offset = { seconds: Number(match[2]), nanos: Number(match[3]) };
    if (clock === undefined || offset.nanos >= SECOND_NANOS) return failure("EINVAL");
    changes.push({ clock, offset });
  }
  const uptime = kernel.tx.now / 1e6;
  for (const { offset } of changes) {
    const at = uptime + offset.seconds + offset.nanos / SECOND_NANOS;
    if (at < 0 || at > KTIME_SEC_MAX / 2 || Math.abs(offset.seconds) > KTIME_SEC_MAX) return failure("ERANGE");
  }
  const part = timePart(row);
  if (part.frozen) return failure("EACCES");
  let time = part;
  for (const { clock, offset } of changes) time = { ...time, [clock]: offset };
  putNamespace(kernel, { ...row, time });
  return value(text.length);
}
