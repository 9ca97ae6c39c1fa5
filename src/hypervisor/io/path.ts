/**
 * The ways a request can take from a guest to a device, and the knobs that are independent of them.
 *
 * Whether a host is of type 1 or type 2 says who owns the hardware, not where a device model runs: both can have it in the hypervisor or
 * in a process, and the same place costs the same. Hence `hostType` changes the names of places, and no number.
 */
import type { ParameterName } from "../parameters";

export type IoPath = "bare-metal" | "emulated" | "virtio" | "vhost" | "passthrough" | "sr-iov";

export type Place = "guest user" | "guest kernel" | "cpu root mode" | "vmm process" | "host kernel" | "device";
export const PLACES: readonly Place[] = ["guest user", "guest kernel", "cpu root mode", "vmm process", "host kernel", "device"];

/** VM exits by the names `perf kvm stat` gives them. */
export type ExitReason = "IO_INSTRUCTION" | "EPT_MISCONFIG" | "EXTERNAL_INTERRUPT" | "MSR_WRITE" | "HLT";
export const EXIT_REASONS: readonly ExitReason[] = ["IO_INSTRUCTION", "EPT_MISCONFIG", "EXTERNAL_INTERRUPT", "MSR_WRITE", "HLT"];

export interface PathKnobs {
  readonly path: IoPath;
  /** Where the device model of an emulated device runs; virtio's is a process, vhost's the host's kernel. */
  readonly deviceModel: "hypervisor" | "user";
  readonly hostType: 1 | 2;
  /** Emulated disk: by DMA, or every word through the data port. */
  readonly transfer: "dma" | "words";
  /** Interrupts are injected at a VM entry (and their end is an exit), or posted to the running guest. */
  readonly interrupts: "injected" | "posted";
  /** What the vCPU does while it waits: halt, which is an exit, or run other programs of the guest. */
  readonly waiting: "halt" | "busy";
  /** Rings: VIRTIO_F_EVENT_IDX, with which one interrupt serves a batch. */
  readonly eventIndex: boolean;
  /** SR-IOV: guests that share the adapter through virtual functions, all as busy as this one. */
  readonly sharers: number;
}

export interface Workload {
  readonly device: "disk" | "net";
  readonly requests: number;
  readonly bytes: number;
  /** Requests that may be under way at once, and how many are put into a ring before the doorbell. */
  readonly depth: number;
  readonly batch: number;
  readonly write: boolean;
}

export const defaultKnobs = (path: IoPath): PathKnobs => ({
  path,
  deviceModel: "user",
  hostType: 2,
  transfer: "dma",
  interrupts: "injected",
  waiting: "halt",
  eventIndex: true,
  sharers: 1,
});

export const ONE_READ: Workload = { device: "disk", requests: 1, bytes: 4096, depth: 1, batch: 1, write: false };

/** One thing done for a request: where, when, how long, and by which number its time is known. */
export interface Step {
  readonly at: number;
  readonly duration: number;
  readonly place: Place;
  /** What happens; a name to look words up by. */
  readonly what: StepName;
  readonly parameter: ParameterName;
  /** The first request that it serves; requests count from 0. */
  readonly request: number;
  /** Set on the step that leaves the guest. */
  readonly exit?: ExitReason;
  /** The port or address that was touched, whether it was written, and which register access of its request it is, from 1. */
  readonly register?: { readonly at: number; readonly write: boolean; readonly access: number };
  /** Bytes that a processor copied. */
  readonly copied?: number;
}

export type StepName =
  | "call"
  | "submit"
  | "ring"
  | "doorbell"
  | "register"
  | "exit"
  | "dispatch"
  | "return to vmm"
  | "lock"
  | "model"
  | "run vcpu"
  | "entry"
  | "wake worker"
  | "take chain"
  | "host syscall"
  | "host driver"
  | "remap"
  | "device works"
  | "device moves"
  | "host interrupt"
  | "copy"
  | "wake vcpu"
  | "inject"
  | "guest interrupt"
  | "end of interrupt";
