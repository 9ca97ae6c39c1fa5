/**
 * The seam of this stratum: how a processor sees its memory and its devices, and how a machine is held between events.
 *
 * A machine is `MachineState`: frozen JSON. Inside one run it is unpacked into a working set of typed arrays (cpu/working-set.ts), driven by
 * plain functions, and packed again; only pages that were written are new strings. Devices are `DeviceModel`s: their state is JSON as well,
 * mutable only inside a run. Time inside a machine is counted in guest cycles (isa/table.ts says how many an instruction takes); what a
 * monitor spends is counted apart, so a guest sees the same clock under every technique.
 *
 * Addresses are plain numbers below 2^48; guest-virtual ones stay below 2^32, for the data registers have 32 bits.
 */

/** Bytes moved by one access. */
export type Width = 1 | 2 | 4;

/** What a device may do besides changing its own state. Valid only during the call that received it. */
export interface DeviceContext {
  /** Guest cycles since power-on. */
  readonly now: number;
  /** Raises or lowers one of the sixteen lines of the interrupt controller. A line that stays raised asks again after its EOI. */
  line(irq: number, raised: boolean): void;
  /** Guest-physical memory, for DMA. Reads outside it give 0xff, writes are lost. */
  readByte(physical: number): number;
  writeByte(physical: number, value: number): void;
  /** A character on the console. */
  print(code: number): void;
}

/**
 * A device as data: `state` is a JSON value that the model changes in place during a run. Ports and memory ranges are half open.
 * Ports and addresses given to `read…` and `write…` are the machine's own, not counted from the range, for a device may have several.
 */
export interface DeviceModel<State = unknown> {
  readonly kind: string;
  readonly ports: readonly (readonly [from: number, to: number])[];
  readonly mmio?: readonly (readonly [from: number, to: number])[];
  initial(): State;
  /** A copy that shares nothing mutable; called for every checkpoint, so large immutable parts should be shared. */
  copy(state: State): State;
  readPort(state: State, port: number, width: Width, context: DeviceContext): number;
  writePort(state: State, port: number, width: Width, value: number, context: DeviceContext): void;
  readMemory?(state: State, physical: number, width: Width, context: DeviceContext): number;
  writeMemory?(state: State, physical: number, width: Width, value: number, context: DeviceContext): void;
  /** Guest cycle of the next thing the device does by itself; `Number.MAX_SAFE_INTEGER` for nothing. */
  due(state: State): number;
  /** Called when `due` has come; must move `due` forward. */
  tick(state: State, context: DeviceContext): void;
}

/** A device that sits in a machine: its model's `kind` and its state. */
export interface DeviceRow {
  readonly kind: string;
  readonly state: unknown;
}

/** A segment register: the visible selector and the hidden part that was loaded with it. */
export interface SegmentState {
  readonly selector: number;
  readonly base: number;
  /** Last valid offset. */
  readonly limit: number;
  /** The access byte of the descriptor (P, DPL, S, type). */
  readonly access: number;
}

export interface TableRegister {
  readonly base: number;
  readonly limit: number;
}

/** ES, CS, SS, DS, FS, GS, in the order of their numbers. */
export type SegmentStates = readonly [SegmentState, SegmentState, SegmentState, SegmentState, SegmentState, SegmentState];

/** Everything a processor remembers. Registers are unsigned 32-bit numbers in the order eax ecx edx ebx esp ebp esi edi. */
export interface CpuState {
  readonly registers: readonly number[];
  readonly eip: number;
  readonly eflags: number;
  readonly cpl: number;
  readonly segments: SegmentStates;
  readonly ldtr: SegmentState;
  readonly tr: SegmentState;
  readonly gdtr: TableRegister;
  readonly idtr: TableRegister;
  readonly cr0: number;
  readonly cr2: number;
  readonly cr3: number;
  readonly cr4: number;
  readonly halted: boolean;
  /** No interrupt before the next instruction has retired (after STI, MOV SS, POP SS). */
  readonly inhibit: boolean;
  /** A triple fault has stopped the processor. */
  readonly shutdown: boolean;
  /** Guest cycles and retired instructions since power-on. */
  readonly cycles: number;
  readonly retired: number;
}

/** A page of guest-physical memory that was written: 4096 characters below 256. Absent pages are zero. */
export interface PageRow {
  readonly frame: number;
  readonly bytes: string;
}

export interface MachineState {
  readonly cpu: CpuState;
  /** Bytes of guest-physical memory. */
  readonly memorySize: number;
  /** Levels of the guest's page tables, 2 to 5. */
  readonly levels: number;
  readonly pages: ReadonlyMap<number, string>;
  readonly devices: readonly DeviceRow[];
  /** What the guest has printed. */
  readonly console: string;
}

/** Why a run ended. `budget`: the instructions that were asked for are done. */
export type RunEnd = "budget" | "halt" | "shutdown" | "breakpoint";
