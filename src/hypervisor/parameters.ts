/**
 * Every number with a time, or a size that times depend on, of this stratum: one line each, with its unit and where it comes from.
 *
 * `cited`: a source gives it (converted to nanoseconds at `clock`, which is chosen). `chosen`: ours, of a plausible order of magnitude, not
 * taken from a source and never a measurement. `disk`, `modelLock`, `hostBlock`, `syscall`, `wakeup` and `haltWake` were set so that the ladder
 * of exercise E2.2 shows at depth 1 (vhost above, virtio below 85 % of bare metal): that ladder illustrates counted steps, it proves no
 * ratio. All are integers, all may be changed by whoever runs a world: results follow from counted exits, reads and copies times these.
 */
export interface Parameter {
  readonly value: number;
  readonly unit: "ns" | "MHz" | "bytes" | "count" | "ns/KiB";
  readonly kind: "cited" | "chosen";
  readonly source: string;
}

const cited = (value: number, unit: Parameter["unit"], source: string): Parameter => ({ value, unit, kind: "cited", source });
const chosen = (value: number, unit: Parameter["unit"], source: string): Parameter => ({ value, unit, kind: "chosen", source });

const KVM_CYCLES = "KVM list, December 2020, SVM save/load of host state: 576 cycles into the ioctl, 1,344–1,376 around VMRUN, 576–656 out";

export const PARAMETERS = {
  /** The processor's clock; guest cycles and cited cycles become time through it. */
  clock: chosen(3000, "MHz", "a server processor of the 2020s, rounded"),

  // Crossings.
  vmExit: cited(250, "ns", `${KVM_CYCLES}; about 1,350 cycles for exit and entry together; the division 5:4 is ours`),
  vmEntry: cited(200, "ns", `${KVM_CYCLES}; see vmExit`),
  exitDispatch: chosen(100, "ns", "reading the exit reason and finding its handler in the hypervisor"),
  vmmReturn: cited(190, "ns", `${KVM_CYCLES}; the way out of ioctl(KVM_RUN)`),
  vmmEnter: cited(190, "ns", `${KVM_CYCLES}; the way into ioctl(KVM_RUN)`),
  syscall: chosen(150, "ns", "a system call and back, with mitigations"),
  wakeup: chosen(600, "ns", "waking a thread that sleeps: run queue, interprocessor interrupt, switch"),
  interruptHost: chosen(300, "ns", "a device's interrupt in the kernel that owns the device"),
  interruptGuest: chosen(300, "ns", "the guest's handler from vector to IRET, without its device's registers"),
  inject: chosen(150, "ns", "writing the interrupt to inject into the VMCS"),
  haltWake: chosen(200, "ns", "a vCPU that halted goes on; its thread was polling, as KVM does for up to 200 µs by default"),

  // Running a guest's instructions without help of the hardware.
  trap: chosen(180, "ns", "a fault from ring 1 to the monitor in ring 0 and IRET back; well below a VM exit of the first processors"),
  emulate: chosen(150, "ns", "decoding one instruction and doing it on the virtual processor"),
  callout: chosen(20, "ns", "translated code calls a routine of the monitor: no change of ring"),
  translate: chosen(100, "ns", "translating one instruction, once for each block"),
  blockLookup: chosen(10, "ns", "finding the next block in the translation cache when it is not chained"),
  hypercall: chosen(120, "ns", "a deliberate call from ring 1 to the monitor and back, without decoding"),
  shadowFill: chosen(700, "ns", "a hidden page fault: walking the guest's tables and writing the shadow entry"),

  // Emulated devices.
  registerModel: chosen(150, "ns", "a register of a device model: find the range, change the state"),
  modelLock: chosen(1500, "ns", "a user-space VMM wakes up to an exit: global lock, memory region, event loop"),
  ringModel: chosen(300, "ns", "one descriptor chain popped and its buffer translated"),

  // The request in kernels and in the device.
  guestCall: chosen(100, "ns", "a program of the guest makes a system call"),
  guestBlock: chosen(700, "ns", "file, block layer and driver for one request, without device registers"),
  guestNet: chosen(900, "ns", "socket, TCP/IP and driver for one packet, without device registers"),
  driverRing: chosen(60, "ns", "writing a descriptor chain and the available index"),
  hostBlock: chosen(400, "ns", "the host's block layer and driver for one request"),
  hostNet: chosen(500, "ns", "the host's tap, bridge and driver for one packet"),
  copy: chosen(60, "ns/KiB", "copying at about 17 GB/s with cold caches"),
  disk: chosen(15_000, "ns", "a fast NVMe drive reads; slower drives hide the software"),
  diskByte: chosen(200, "ns/KiB", "5 GB/s from the drive"),
  diskParallel: chosen(16, "count", "requests such a drive works on at once"),
  nic: chosen(1500, "ns", "a packet's time in the adapter and on the wire"),
  nicByte: chosen(80, "ns/KiB", "100 Gbit/s"),
  nicParallel: chosen(8, "count", "packets an adapter works on at once"),
  doorbell: chosen(100, "ns", "an uncached write to a real device"),
  deviceRegister: chosen(250, "ns", "an uncached read or port access that reaches a real device"),
  iotlb: chosen(40, "ns", "DMA remapping of one request, mostly from the IOTLB"),

  // Memory.
  walkRead: chosen(20, "ns", "one entry read by the page walker, from a cache"),
  pageFault: chosen(600, "ns", "a fault into a kernel and back, without its work"),
  copyPage: chosen(240, "ns", "copying 4 KiB"),
  comparePage: chosen(250, "ns", "KSM compares two pages that are equal"),
  swapRead: chosen(90_000, "ns", "4 KiB from a flash drive used for swap"),
  swapWrite: chosen(30_000, "ns", "4 KiB into such a drive's cache"),
} as const satisfies Readonly<Record<string, Parameter>>;

export type ParameterName = keyof typeof PARAMETERS;
/** Values by name, as a world may change them. */
export type ParameterValues = Readonly<Record<ParameterName, number>>;

/** The values above, with what a world changes. */
export function parameterValues(changed: Partial<ParameterValues> = {}): ParameterValues {
  const values = Object.fromEntries(Object.entries(PARAMETERS).map(([name, parameter]) => [name, parameter.value])) as Record<ParameterName, number>;
  return { ...values, ...changed };
}
