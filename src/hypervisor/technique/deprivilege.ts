/**
 * Ring compression: the guest's kernel runs in ring 1 of the real processor, with the monitor's descriptor tables in its registers.
 *
 * Selectors of CS and SS carry the ring they really run in; descriptors of ring 0 are shadowed with DPL 1 and a limit that ends below the
 * monitor; code of ring 3 is not present while the kernel runs, so returns to it trap; IF is always on, IOPL always 0. All of this shows
 * through the instructions that read it without trapping: that is the point.
 *
 * @source Robin & Irvine 2000 §3; Intel SDM vol. 3A 5.5; Bugnion et al. 2012 (ring compression, segment truncation)
 * Not modelled: tracing of the guest's descriptor tables (the shadow is always up to date).
 */
import { type Cpu, getSegment, setSegment } from "../cpu/cpu";
import { fetchDescriptor, usable } from "../cpu/segments";
import { CR0_MP, CR0_NE, CR0_PE, CR0_PG, CR0_TS, CR0_WP } from "../isa/names";
import type { SegmentState, TableRegister } from "../types";
import { count, type Monitor } from "./monitor";

/** Where the monitor lives: the last four MiB of every address space. */
const MONITOR_BASE = 0xffc00000;
const MONITOR_GDTR: TableRegister = { base: 0xffc01000, limit: 0x7f };
const MONITOR_IDTR: TableRegister = { base: 0xffc00000, limit: 0x7ff };
const MONITOR_TASK: SegmentState = { selector: 0x60, base: 0xffc02000, limit: 0x67, access: 0x8b };
const MONITOR_LDT: SegmentState = { selector: 0x70, base: 0xffc03000, limit: 0xff, access: 0x82 };
const MONITOR_CR0 = (CR0_PE | CR0_MP | CR0_TS | CR0_NE | CR0_WP | CR0_PG) >>> 0;

/** The high half of a guest's descriptor as the shadow table has it while the real processor is in ring `ring`. */
function shadowHigh(high: number, ring: number): number {
  if ((high & 0x1000) === 0) return high;
  const dpl = (high >> 13) & 3;
  const code = (high & 0x0800) !== 0;
  if (dpl === 0) {
    const cut = (high & 0x8f0000) === 0x8f0000 ? high & ~0x010000 : high;
    return cut | 0x2000;
  }
  return code && dpl > ring ? high & ~0x8000 : high;
}

function shadowState(state: SegmentState, segment: number, cpl: number): SegmentState {
  const stackOrCode = segment === 1 || segment === 2;
  const selector = stackOrCode && cpl === 0 ? (state.selector & ~3) | 1 : state.selector;
  const ring0 = (state.access & 0x60) === 0 && (state.access & 0x10) !== 0;
  return {
    selector,
    base: state.base,
    limit: ring0 ? Math.min(state.limit, MONITOR_BASE - 1) : state.limit,
    access: ring0 ? state.access | 0x20 : state.access,
  };
}

/** Sets the real processor up once. */
export function prepare(
  monitor: Monitor,
  miss: NonNullable<Cpu["hooks"]>["miss"],
  stops: NonNullable<Cpu["hooks"]>["stops"],
  stopMask: number,
): void {
  const { real, guest } = monitor;
  real.ruling = "deprivileged";
  real.gdtr = MONITOR_GDTR;
  real.idtr = MONITOR_IDTR;
  real.tr = MONITOR_TASK;
  real.ldtr = MONITOR_LDT;
  real.cr0 = MONITOR_CR0;
  real.translating = true;
  real.stopMask = stopMask;
  real.hooks = {
    descriptor: (high) => shadowHigh(high, real.cpl),
    table: (local) => (local ? usable(guest.ldtr) : guest.gdtr),
    ...(miss ? { miss } : {}),
    ...(stops ? { stops } : {}),
  };
}

/** Guest's state → real processor. */
export function lower(monitor: Monitor): void {
  const { guest, real } = monitor;
  real.r.set(guest.r);
  real.eip = guest.eip;
  real.cf = guest.cf;
  real.zf = guest.zf;
  real.sf = guest.sf;
  real.of = guest.of;
  real.df = guest.df;
  real.interruptFlag = 1;
  real.iopl = 0;
  real.cpl = Math.max(guest.cpl, 1);
  real.cycles = guest.cycles;
  real.retired = guest.retired;
  real.inhibit = false;
  for (let segment = 0; segment < 6; segment++) setSegment(real, segment, shadowState(getSegment(guest, segment), segment, guest.cpl));
}

/** Real processor → guest's state: registers as they are, segments as the guest's own tables describe them. */
export function raise(monitor: Monitor): void {
  const { guest, real } = monitor;
  for (let segment = 0; segment < 6; segment++) {
    const lowered = shadowState(getSegment(guest, segment), segment, guest.cpl);
    const now = getSegment(real, segment);
    if (now.selector === lowered.selector && now.base === lowered.base && now.limit === lowered.limit && now.access === lowered.access) continue;
    const own = segment === 1 || segment === 2 ? (now.selector & ~3) | guest.cpl : now.selector;
    const found = (own & 0xfffc) === 0 ? undefined : fetchDescriptor(guest, own);
    setSegment(guest, segment, { selector: own, base: found?.base ?? 0, limit: found?.limit ?? 0, access: found?.access ?? 0 });
  }
  guest.r.set(real.r);
  guest.eip = real.eip;
  guest.cf = real.cf;
  guest.zf = real.zf;
  guest.sf = real.sf;
  guest.of = real.of;
  guest.df = real.df;
  guest.cycles = real.cycles;
  guest.retired = real.retired;
}

/** Counts what runs unnoticed: sensitive, unprivileged, in the guest's kernel. */
export function noteSilent(monitor: Monitor, id: string, differs: boolean): void {
  if (differs && monitor.guest.cpl === 0) count(monitor.counters.silent, id);
}
