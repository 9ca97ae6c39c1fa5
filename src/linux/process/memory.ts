/**
 * Memory of a process: pages that it touches are charged to its group.
 *
 * Not modelled: addresses, mappings of files, what is swapped; pages are given back when the process ends or becomes another program.
 *
 * @rule linux.process.memory
 * @source linux@6.12 mm/memory.c do_anonymous_page
 */
import { charge } from "../cgroup/memory";
import { processPages } from "../cgroup/memory-pages";
import { DONE, failure, type Kernel, type Outcome } from "../types";
import { taskOf } from "./task";
import { findRun } from "./wake";

/** Maps so many bytes and touches them. Above `memory.high` the task is held back before it returns. */
export function mmap(kernel: Kernel, task: number, bytes: number): Outcome<true> {
  // Held back once already for these pages.
  if (findRun(kernel, task)?.since !== undefined) return DONE;
  const charged = charge(kernel, task, processPages(taskOf(kernel, task).tgid), "anon", bytes);
  if (!charged.ok) return charged;
  const { killed, delay } = charged.value;
  if (killed) return failure("ENOMEM");
  return delay === 0 ? DONE : { blocked: { queues: [], until: kernel.tx.now + delay } };
}
