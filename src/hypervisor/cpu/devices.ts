/**
 * The two devices every machine has: a console and a timer.
 *
 * Console: a byte written to port 0xe9 is printed; port 0x3f8 does the same (as the data register of a serial port whose 0x3fd says "empty").
 * Timer: in the manner of the PC's 8253, channel 0. A command byte to 0x43 begins; two bytes to 0x40 (low, high) set the reload value and
 * start it; it raises line 0 each time the count is over (mode 2) or once (mode 0). Reading 0x40 gives the count, low then high.
 *
 * Not modelled: channels 1 and 2, BCD, latching.
 */
import type { DeviceModel } from "../types";
import { NEVER } from "./bus";

/** Guest cycles per tick of the timer. Chosen: short, so that small guests see ticks. */
export const TIMER_CYCLES_PER_TICK = 16;

export const CONSOLE: DeviceModel<null> = {
  kind: "console",
  ports: [
    [0xe9, 0xea],
    [0x3f8, 0x400],
  ],
  initial: () => null,
  copy: () => null,
  readPort: (_, port) => (port === 0x3fd ? 0x60 : port === 0xe9 ? 0xe9 : 0),
  writePort: (_, port, __, value, context) => {
    if (port === 0xe9 || port === 0x3f8) context.print(value);
  },
  due: () => NEVER,
  tick: () => undefined,
};

export interface TimerState {
  mode: number;
  reload: number;
  /** Low byte already written, or −1. */
  low: number;
  /** High byte is read next. */
  high: boolean;
  startedAt: number;
  due: number;
}

function count(state: TimerState, now: number): number {
  if (state.reload === 0) return 0;
  const ticks = Math.floor((now - state.startedAt) / TIMER_CYCLES_PER_TICK);
  return state.mode === 2 ? state.reload - (ticks % state.reload) : Math.max(state.reload - ticks, 0);
}

export const TIMER: DeviceModel<TimerState> = {
  kind: "timer",
  ports: [[0x40, 0x44]],
  initial: () => ({ mode: 2, reload: 0, low: -1, high: false, startedAt: 0, due: NEVER }),
  copy: (state) => ({ ...state }),
  readPort: (state, port, _, context) => {
    if (port !== 0x40) return 0xff;
    const now = count(state, context.now);
    state.high = !state.high;
    return state.high ? now & 0xff : now >> 8;
  },
  writePort: (state, port, _, value, context) => {
    const byte = value & 0xff;
    if (port === 0x43) {
      state.mode = (byte >> 1) & 7;
      state.low = -1;
      state.due = NEVER;
      context.line(0, false);
    } else if (port === 0x40 && state.low < 0) state.low = byte;
    else if (port === 0x40) {
      state.reload = state.low | (byte << 8) || 0x10000;
      state.low = -1;
      state.startedAt = context.now;
      state.due = context.now + state.reload * TIMER_CYCLES_PER_TICK;
    }
  },
  due: (state) => state.due,
  tick: (state, context) => {
    context.line(0, false);
    context.line(0, true);
    context.line(0, false);
    state.due = state.mode === 2 ? state.due + state.reload * TIMER_CYCLES_PER_TICK : NEVER;
  },
};
