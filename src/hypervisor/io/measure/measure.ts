/**
 * The benchmark: a workload through a path, run on the device models. What comes back was counted and added up; nothing is looked up.
 */
import { type ParameterValues, parameterValues } from "../../parameters";
import { EXIT_REASONS, type ExitReason, type PathKnobs, PLACES, type Place, type Step, type Workload } from "../path";
import { runEmulated } from "./registers";
import { runRings } from "./rings";
import { drain, newRun, type Run } from "./run";

export interface Measurement {
  readonly requests: number;
  /** Whether every byte arrived as it was sent. */
  readonly intact: boolean;
  readonly exits: Readonly<Record<ExitReason, number>>;
  readonly exitsTotal: number;
  /** Nanoseconds between leaving the guest and entering it again, by reason; waiting counts for HLT, as `perf kvm stat` counts it. */
  readonly exitTime: Readonly<Record<ExitReason, number>>;
  readonly kicks: number;
  readonly interrupts: number;
  readonly copies: number;
  readonly copiedBytes: number;
  /** From the first call to the last answer, in nanoseconds. */
  readonly elapsed: number;
  readonly latency: { readonly least: number; readonly mean: number; readonly most: number };
  /** Requests, and bytes, a second. */
  readonly perSecond: number;
  readonly bytesPerSecond: number;
  /** Processor time by place, in nanoseconds; the device's own time is not among it. */
  readonly cpu: Readonly<Record<Place, number>>;
  /** Where the virtual processor's time went until it was done; the three add up to `window`. */
  readonly vcpu: { readonly window: number; readonly guest: number; readonly exits: number; readonly halted: number };
  /** The steps of the first requests, in order of time. */
  readonly steps: readonly Step[];
}

export interface WorkloadError {
  readonly field: keyof Workload | keyof PathKnobs;
  readonly message: string;
}

/** What no device could do, by field. */
export function checkWorkload(workload: Workload, knobs: PathKnobs): readonly WorkloadError[] {
  const errors: WorkloadError[] = [];
  const whole = (field: "requests" | "bytes" | "depth" | "batch", least: number, most: number): void => {
    const given = workload[field];
    if (!Number.isInteger(given) || given < least || given > most)
      errors.push({ field, message: `must be a whole number from ${least} to ${most}, not ${given}` });
  };
  whole("requests", 1, 100_000);
  whole("depth", 1, 64);
  whole("batch", 1, Math.max(1, workload.depth));
  if (workload.device === "disk") {
    whole("bytes", 512, 65_536);
    if (workload.bytes % 512 !== 0) errors.push({ field: "bytes", message: `a disk moves whole sectors of 512 bytes, not ${workload.bytes}` });
  } else whole("bytes", 60, 1514);
  if (!Number.isInteger(knobs.sharers) || knobs.sharers < 1 || knobs.sharers > 64)
    errors.push({ field: "sharers", message: `must be a whole number from 1 to 64, not ${knobs.sharers}` });
  return errors;
}

const full = <Key extends string>(keys: readonly Key[], of: Partial<Record<Key, number>>): Record<Key, number> =>
  Object.fromEntries(keys.map((key) => [key, of[key] ?? 0])) as Record<Key, number>;

function summary(run: Run, intact: boolean): Measurement {
  const { requests, bytes } = run.workload;
  const elapsed = Math.max(...run.finished);
  const times = run.finished.map((end, request) => end - (run.started[request] ?? 0));
  const exits = full(EXIT_REASONS, run.exits);
  const exitTime = full(EXIT_REASONS, run.exitTime);
  const window = Math.max(elapsed, run.free.vcpu);
  // Natively a halt is no exit: all of it is waiting.
  const outside = run.knobs.path === "bare-metal" ? 0 : EXIT_REASONS.reduce((sum, reason) => sum + exitTime[reason], 0) - run.halted;
  return {
    requests,
    intact,
    exits,
    exitsTotal: EXIT_REASONS.reduce((sum, reason) => sum + exits[reason], 0),
    exitTime,
    kicks: run.kicks,
    interrupts: run.interrupts,
    copies: run.copies,
    copiedBytes: run.copiedBytes,
    elapsed,
    latency: { least: Math.min(...times), mean: Math.round(times.reduce((sum, time) => sum + time, 0) / requests), most: Math.max(...times) },
    perSecond: Math.floor((requests * 1e9) / elapsed),
    bytesPerSecond: Math.floor((requests * bytes * 1e9) / elapsed),
    cpu: full(PLACES, run.cpu),
    vcpu: { window, guest: window - outside - run.halted, exits: outside, halted: run.halted },
    steps: run.steps.toSorted((a, b) => a.at - b.at || a.request - b.request),
  };
}

/**
 * Runs a workload through a path: exits by cause, latency, throughput, processor time by place, and the steps of the first requests.
 *
 * @rule hypervisor.io.measure
 * @source the device models of this folder; times from parameters.ts
 * Not modelled: other load on the host, caches, NUMA, power states; more than one vCPU, queue or worker.
 */
export function measure(
  knobs: PathKnobs,
  workload: Workload,
  options: { readonly parameters?: Partial<ParameterValues>; readonly keepSteps?: number } = {},
): Measurement {
  const errors = checkWorkload(workload, knobs);
  if (errors.length > 0) throw new RangeError(errors.map(({ field, message }) => `${field}: ${message}`).join("; "));
  const run = newRun(knobs, workload, parameterValues(options.parameters), options.keepSteps ?? 1);
  const intact = knobs.path === "emulated" ? runEmulated(run) : runRings(run);
  drain(run, 100 + workload.requests * (10 + Math.ceil(workload.bytes / 512) * 4));
  return summary(run, intact());
}

/** Requests a second as a part of what the same workload does on bare metal, in thousandths. */
export function ratioToNative(knobs: PathKnobs, workload: Workload, parameters: Partial<ParameterValues> = {}): number {
  const native = measure({ ...knobs, path: "bare-metal" }, workload, { parameters, keepSteps: 0 });
  const mine = measure(knobs, workload, { parameters, keepSteps: 0 });
  return Math.round((1000 * native.elapsed) / mine.elapsed);
}

/** A device that is a piece of this host cannot go with the guest. */
export const migratable = (knobs: PathKnobs): boolean => knobs.path !== "bare-metal" && knobs.path !== "passthrough" && knobs.path !== "sr-iov";
