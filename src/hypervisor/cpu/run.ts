/**
 * The processor's loop. Between two instructions it looks up only when `deadline` has come: a device is due, an interrupt asks, the
 * processor halts, or a handler has set it to 0 because something of this may have changed.
 */
import type { RunEnd } from "../types";
import { advance, NEVER, acknowledge, pending } from "./bus";
import { type Cpu, FAULT, type Operation } from "./cpu";
import { fetch } from "./fetch";
import { deliverException, deliverExternal } from "./interrupt";

/** `stop`: before an instruction a monitor wants; `fault`: an exception for the monitor; `deadline`: it must look at the devices. */
export type CpuEnd = RunEnd | "stop" | "fault" | "deadline";

/**
 * Interrupts and waiting, natively. Returns an end, or nothing when instructions may go on.
 *
 * @rule hypervisor.cpu.attend
 * @source Intel SDM vol. 3A 6.8.1 (IF), 6.8.3 (after MOV SS); vol. 2B STI, HLT
 */
export function attend(cpu: Cpu): RunEnd | undefined {
  const { bus } = cpu;
  if (cpu.shutdown) return "shutdown";
  if (cpu.cycles >= bus.due) advance(bus, cpu.cycles);
  cpu.deadline = 0;
  if (cpu.inhibit && !cpu.halted) {
    cpu.inhibit = false;
    return undefined;
  }
  if (cpu.interruptFlag && pending(bus) >= 0) {
    deliverExternal(cpu, acknowledge(bus));
    return cpu.shutdown ? "shutdown" : undefined;
  }
  if (!cpu.halted) {
    cpu.deadline = bus.due;
    return undefined;
  }
  if (!cpu.interruptFlag || bus.due === NEVER) return "halt";
  cpu.idle += bus.due - cpu.cycles;
  cpu.cycles = bus.due;
  return undefined;
}

/** Runs at most `budget` instructions (waiting for a device counts as one). Endless guests end with `budget`. */
export function run(cpu: Cpu, budget: number): CpuEnd {
  let left = budget;
  let start = cpu.eip;
  for (;;) {
    try {
      while (left > 0) {
        if (cpu.cycles >= cpu.deadline) {
          if (cpu.ruling !== "native") return "deadline";
          const end = attend(cpu);
          if (end !== undefined) return end;
          if (cpu.halted) {
            left -= 1;
            continue;
          }
        }
        start = cpu.eip;
        const operation = fetch(cpu);
        if ((operation.stop & cpu.stopMask) !== 0 && cpu.hooks?.stops?.(cpu, operation)) {
          cpu.stopped = operation;
          return "stop";
        }
        cpu.eip = (start + operation.length) >>> 0;
        operation.run(cpu, operation);
        cpu.cycles += operation.cycles;
        cpu.retired += 1;
        left -= 1;
      }
      return "budget";
    } catch (thrown) {
      if (thrown !== FAULT) throw thrown;
      cpu.eip = start;
      if (cpu.ruling === "deprivileged") return "fault";
      left -= 1;
      deliverException(cpu);
      if (cpu.shutdown) return "shutdown";
    }
  }
}

/** What `run` does with one instruction, without looking at devices: for monitors, which emulate with native rules. */
export function executeNext(cpu: Cpu, chosen?: Operation): Operation | undefined {
  const start = cpu.eip;
  try {
    const operation = chosen ?? fetch(cpu);
    cpu.eip = (start + operation.length) >>> 0;
    operation.run(cpu, operation);
    cpu.cycles += operation.cycles;
    cpu.retired += 1;
    return operation;
  } catch (thrown) {
    if (thrown !== FAULT) throw thrown;
    cpu.eip = start;
    deliverException(cpu);
    return undefined;
  }
}
