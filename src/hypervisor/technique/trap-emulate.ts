/**
 * Trap and emulate, and its paravirtual sister: the guest's kernel runs in ring 1; what faults comes to the monitor, which does it on the
 * virtual processor with native rules. What is sensitive and does not fault goes wrong, silently. A paravirtual guest asks instead
 * (hypercalls), so nothing of that is left.
 *
 * @rule hypervisor.technique.trap-emulate
 * @source Popek & Goldberg 1974; Barham et al. 2003 §3.2 (hypercalls, ring 1)
 * Not modelled: batching of hypercalls (multicalls), the shared page that holds Xen's virtual IF.
 */
import { type Operation, STOP } from "../cpu/cpu";
import { operationOf } from "../cpu/fetch";
import { attend, executeNext, run } from "../cpu/run";
import { EXCEPTIONS, GP, PF } from "../isa/names";
import type { RunEnd } from "../types";
import { lower, noteSilent, prepare, raise } from "./deprivilege";
import { exit, type Monitor } from "./monitor";
import { forget, type Shadow, shadowMiss } from "./shadow";

export interface Deprivileged {
  readonly monitor: Monitor;
  readonly shadow: Shadow;
}

export function deprivileged(monitor: Monitor): Deprivileged {
  const shadow: Shadow = new Map();
  const stops = (_: unknown, operation: Operation): boolean => {
    if (operation.hypercall) return true;
    const { sensitive } = operation.row;
    noteSilent(monitor, operation.row.id, sensitive?.deprivileged === "differs");
    return false;
  };
  prepare(monitor, shadowMiss(monitor, shadow), stops, STOP.sensitive | STOP.hypercall);
  return { monitor, shadow };
}

/** What the monitor does about devices and interrupts between two pieces of guest. */
export function attendGuest(monitor: Monitor, cost: number): RunEnd | undefined {
  const { guest, counters } = monitor;
  const before = guest.bus.pic.inService;
  const end = attend(guest);
  if (guest.bus.pic.inService !== before) {
    counters.injected += 1;
    exit(monitor, "external interrupt", cost, monitor.parameters.inject);
  }
  return end;
}

/** Runs the operation on the virtual processor and forgets translations it may have changed. */
export function emulate({ monitor, shadow }: Deprivileged, operation?: Operation): void {
  const done = executeNext(monitor.guest, operation);
  if (done && (done.stop & (STOP.cr | STOP.invlpg)) !== 0 && done.row.id !== "smsw") forget(shadow, monitor.real);
}

/** A hypercall as the operation it stands for. */
export function requested(operation: Operation): Operation {
  return operationOf({ ...operation, hypercall: false });
}

function causeOf(monitor: Monitor): string {
  const { real, guest } = monitor;
  if (real.vector === PF) return "guest page fault";
  const next = real.vector === GP ? operationAt(monitor) : undefined;
  if (next && (next.row.sensitive || next.row.privilege !== "none"))
    return guest.cpl === 3 && next.row.id === "int" ? "system call" : `privileged: ${next.row.id}`;
  return `exception ${EXCEPTIONS[real.vector] ?? real.vector}`;
}

function operationAt({ real }: Monitor): Operation | undefined {
  return real.fetchPage < 0 ? undefined : real.fetchCode[(((real.base[1] as number) + real.eip) >>> 0) & 4095];
}

/** Runs at most `budget` instructions of the guest. */
export function runTrapEmulate(machine: Deprivileged, budget: number): RunEnd {
  const { monitor } = machine;
  const { guest, real, parameters } = monitor;
  let left = budget;
  while (left > 0) {
    const end = attendGuest(monitor, parameters.trap);
    if (end !== undefined) return end;
    if (guest.halted) {
      left -= 1;
      continue;
    }
    lower(monitor);
    real.deadline = guest.bus.due;
    const before = real.retired;
    const why = run(real, guest.deadline === 0 ? 1 : left);
    left -= real.retired - before;
    raise(monitor);
    if (why === "fault") {
      exit(monitor, causeOf(monitor), parameters.trap, parameters.emulate);
      emulate(machine);
      left -= 1;
    } else if (why === "stop" && real.stopped) {
      exit(monitor, `hypercall: ${real.stopped.row.id}`, parameters.hypercall, parameters.callout);
      emulate(machine, requested(real.stopped));
      left -= 1;
    }
  }
  return "budget";
}
