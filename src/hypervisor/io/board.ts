/**
 * Devices, memory and a clock without a processor: what drivers written as functions run against, in the benchmark and in tests.
 * The same models sit behind the simulated processor's ports; this board calls them in the same way.
 */
import type { DeviceContext, DeviceModel, Width } from "../types";

/** A model with its state; the state is the board's to change. */
export interface Plugged {
  readonly model: DeviceModel;
  readonly state: unknown;
}

export const plug = <State>(model: DeviceModel<State>, state: State): Plugged => ({ model: model as DeviceModel, state });

export interface Board {
  readonly memory: Uint8Array;
  readonly devices: readonly Plugged[];
  /** Cycles since power-on. */
  now: number;
  /** Lines that are raised, and how often each was. */
  readonly raised: Set<number>;
  readonly edges: Map<number, number>;
  printed: string;
}

export const board = (memoryBytes: number, devices: readonly Plugged[]): Board => ({
  memory: new Uint8Array(memoryBytes),
  devices,
  now: 0,
  raised: new Set(),
  edges: new Map(),
  printed: "",
});

export function contextOf(on: Board): DeviceContext {
  return {
    now: on.now,
    line(irq, raised) {
      if (!raised) on.raised.delete(irq);
      else if (!on.raised.has(irq)) {
        on.raised.add(irq);
        on.edges.set(irq, (on.edges.get(irq) ?? 0) + 1);
      }
    },
    readByte: (physical) => on.memory[physical] ?? 0xff,
    writeByte(physical, value) {
      if (physical < on.memory.length) on.memory[physical] = value;
    },
    print(code) {
      on.printed += String.fromCharCode(code);
    },
  };
}

const inside = (ranges: readonly (readonly [number, number])[] | undefined, at: number): boolean =>
  ranges?.some(([from, to]) => at >= from && at < to) ?? false;

export function portIn(on: Board, port: number, width: Width): number {
  const found = on.devices.find(({ model }) => inside(model.ports, port));
  return found === undefined ? 2 ** (8 * width) - 1 : found.model.readPort(found.state, port, width, contextOf(on));
}

export function portOut(on: Board, port: number, width: Width, value: number): void {
  const found = on.devices.find(({ model }) => inside(model.ports, port));
  found?.model.writePort(found.state, port, width, value, contextOf(on));
}

export function memoryIn(on: Board, physical: number, width: Width): number {
  const found = on.devices.find(({ model }) => inside(model.mmio, physical));
  return found?.model.readMemory?.(found.state, physical, width, contextOf(on)) ?? 0xffff_ffff;
}

export function memoryOut(on: Board, physical: number, width: Width, value: number): void {
  const found = on.devices.find(({ model }) => inside(model.mmio, physical));
  found?.model.writeMemory?.(found.state, physical, width, value, contextOf(on));
}

export const nextDue = (on: Board): number => Math.min(Number.MAX_SAFE_INTEGER, ...on.devices.map(({ model, state }) => model.due(state)));

/** Lets time pass; devices act at their moments, in order. */
export function advance(on: Board, to: number): void {
  for (let due = nextDue(on); due <= to; due = nextDue(on)) {
    on.now = Math.max(on.now, due);
    for (const { model, state } of on.devices) if (model.due(state) <= due) model.tick(state, contextOf(on));
  }
  on.now = Math.max(on.now, to);
}
