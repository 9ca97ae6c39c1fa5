/**
 * hypervisor.io.measure, .exit-trip, .interrupt-delivery, .ide-driver: exits of every path against closed forms, latencies against sums
 * written out here from (changed) parameters, and what the ladder of E2.2 and the hundred packets of E1.3 rely on.
 */
import { describe, expect, it } from "vitest";
import { type ParameterName, PARAMETERS } from "../../parameters";
import { defaultKnobs, type ExitReason, type IoPath, ONE_READ, type PathKnobs, type Workload } from "../path";
import { checkWorkload, measure, migratable, ratioToNative } from "./measure";

const PATHS: readonly IoPath[] = ["bare-metal", "emulated", "virtio", "vhost", "passthrough", "sr-iov"];

/** Exits by cause for requests that go in lockstep (as deep as a batch), from the rules of each path alone. */
function closedForm(knobs: PathKnobs, work: Workload): Record<ExitReason, number> {
  const none = { IO_INSTRUCTION: 0, EPT_MISCONFIG: 0, EXTERNAL_INTERRUPT: 0, MSR_WRITE: 0, HLT: 0 };
  if (knobs.path === "bare-metal") return none;
  const n = work.requests;
  const batches = Math.ceil(n / work.batch);
  const sectors = work.bytes / 512;
  const words = work.device === "disk" && knobs.transfer === "words" && !work.write;
  let registers = 0;
  let interrupts = batches;
  if (knobs.path === "emulated") {
    if (work.device === "net") registers = 3 * n;
    else if (words) registers = n * (5 + 1 + sectors * (1 + 256));
    else registers = n * (8 + 3);
    interrupts = words ? n * sectors : n;
  }
  return {
    IO_INSTRUCTION: registers,
    EPT_MISCONFIG: knobs.path === "virtio" || knobs.path === "vhost" ? batches : 0,
    EXTERNAL_INTERRUPT: knobs.waiting === "busy" && knobs.interrupts === "injected" ? interrupts : 0,
    MSR_WRITE: knobs.interrupts === "injected" ? interrupts : 0,
    HLT: knobs.waiting === "halt" ? interrupts : 0,
  };
}

describe("exits equal the closed forms", () => {
  for (const path of PATHS)
    for (const device of ["disk", "net"] as const)
      it(`${path}, ${device}`, () => {
        for (const interrupts of ["injected", "posted"] as const)
          for (const waiting of ["halt", "busy"] as const)
            for (const deviceModel of ["hypervisor", "user"] as const)
              for (const [requests, batch] of [
                [1, 1],
                [7, 1],
                [7, 4],
                [64, 8],
                [33, 32],
              ] as const)
                for (const transfer of ["dma", "words"] as const) {
                  const knobs: PathKnobs = { ...defaultKnobs(path), interrupts, waiting, deviceModel, transfer };
                  const bytes = device === "disk" ? 1024 : 1000;
                  const work: Workload = { device, requests, bytes, depth: batch, batch, write: false };
                  const result = measure(knobs, work);
                  expect(result.exits, JSON.stringify({ knobs, work })).toEqual(closedForm(knobs, work));
                  expect(result.intact).toBe(true);
                  const ring = path !== "emulated";
                  expect(result.kicks).toBe(ring ? Math.ceil(requests / batch) : 0);
                  expect(result.vcpu.guest).toBeGreaterThan(0);
                  expect(result.vcpu.guest + result.vcpu.exits + result.vcpu.halted).toBe(result.vcpu.window);
                }
      });
  it("copies: a packet once or twice by path, a block never", () => {
    const copies = (path: IoPath, device: "disk" | "net", deviceModel: "hypervisor" | "user" = "user") =>
      measure({ ...defaultKnobs(path), deviceModel }, { device, requests: 5, bytes: 1024, depth: 1, batch: 1, write: device === "net" }).copies;
    expect(PATHS.map((path) => copies(path, "disk"))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(PATHS.map((path) => copies(path, "net"))).toEqual([0, 10, 5, 5, 0, 0]);
    expect(copies("emulated", "net", "hypervisor")).toBe(5);
  });
});

describe("the latency of one 4 KiB read is the sum of its parts", () => {
  // Every parameter gets a value of its own, so that a missing or doubled one shows.
  const names = Object.keys(PARAMETERS) as ParameterName[];
  const values = Object.fromEntries(names.map((name, index) => [name, 1000 + 7 * index * index])) as Record<ParameterName, number>;
  const p = { ...values, diskParallel: 16, nicParallel: 8, clock: 3000 };
  const device = p.disk + 4 * p.diskByte;
  const start = p.guestCall + p.guestBlock;
  const lone = ONE_READ;
  const latency = (knobs: Partial<PathKnobs> & { path: IoPath }) =>
    measure({ ...defaultKnobs(knobs.path), ...knobs }, lone, { parameters: p }).latency.mean;
  const woken = p.haltWake + p.inject + p.vmEntry + p.interruptGuest;
  const kicked = p.vmExit + p.exitDispatch + p.registerModel;

  it("bare metal", () => expect(latency({ path: "bare-metal" })).toBe(start + p.driverRing + p.doorbell + device + p.interruptGuest));
  it("passthrough, halted and posted to a running guest", () => {
    const before = start + p.driverRing + p.doorbell + p.iotlb + device;
    expect(latency({ path: "passthrough" })).toBe(before + p.interruptHost + woken);
    expect(latency({ path: "passthrough", interrupts: "posted", waiting: "busy" })).toBe(before + p.interruptGuest);
  });
  it("vhost", () =>
    expect(latency({ path: "vhost" })).toBe(
      start + p.driverRing + kicked + p.wakeup + p.ringModel + p.hostBlock + device + p.interruptHost + p.registerModel + woken,
    ));
  it("virtio", () =>
    expect(latency({ path: "virtio" })).toBe(
      start +
        p.driverRing +
        kicked +
        (p.wakeup + p.modelLock + p.ringModel + p.syscall + p.hostBlock) +
        device +
        (p.interruptHost + p.wakeup + p.modelLock + p.registerModel + p.syscall) +
        woken,
    ));
  it("emulated in a process: eight trips before, three after; the drive starts within the eighth", () => {
    const there = p.vmExit + p.exitDispatch + p.vmmReturn + p.modelLock + p.registerModel;
    const back = p.vmmEnter + p.vmEntry;
    const before = start + 7 * (there + back) + there + p.syscall + p.hostBlock;
    const after = p.interruptHost + p.wakeup + p.modelLock + p.registerModel + p.syscall + woken + 3 * (there + back);
    expect(latency({ path: "emulated" })).toBe(before + device + after);
  });
  it("emulated in the hypervisor", () => {
    const there = p.vmExit + p.exitDispatch + p.registerModel;
    const before = start + 7 * (there + p.vmEntry) + there + p.hostBlock;
    const after = p.interruptHost + p.registerModel + woken + 3 * (there + p.vmEntry);
    expect(latency({ path: "emulated", deviceModel: "hypervisor" })).toBe(before + device + after);
  });
  it("the type of the host changes no number", () => {
    for (const path of PATHS) expect(latency({ path, hostType: 1 })).toBe(latency({ path, hostType: 2 }));
  });
});

describe("the steps of a request", () => {
  it("name each register: the eighth write starts the disk, three accesses clean up", () => {
    const { steps, exits } = measure(defaultKnobs("emulated"), { ...ONE_READ, requests: 2 });
    const left = steps.filter((step) => step.exit === "IO_INSTRUCTION");
    expect(left.map((step) => step.register?.at.toString(16))).toEqual(
      ["1f6", "1f2", "1f3", "1f4", "1f5", "c004", "1f7", "c000"].concat(["1f7", "c000", "c002"]),
    );
    expect(left.map((step) => step.register?.access)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(exits.IO_INSTRUCTION).toBe(22);
    const works = steps.find((step) => step.what === "device works");
    expect(works?.at).toBeGreaterThan(left[7]?.at ?? 0);
    expect(works?.at).toBeLessThan(left[8]?.at ?? 0);
    expect(steps.every((step) => step.duration === Math.round(step.duration) && step.request === 0)).toBe(true);
  });
});

describe("what exercises rely on", () => {
  it("E1.3: a hundred packets cost 300 register exits emulated, and at most 40 exits in all with batches of eight", () => {
    const packets = (path: IoPath, batch: number) =>
      measure(defaultKnobs(path), { device: "net", requests: 100, bytes: 1000, depth: batch, batch, write: true });
    expect(packets("emulated", 1).exits.IO_INSTRUCTION).toBe(300);
    expect(packets("virtio", 1).exitsTotal).toBeGreaterThanOrEqual(100);
    expect(packets("virtio", 8).exitsTotal).toBeLessThanOrEqual(40);
  });
  // The defaults were chosen so that this holds at depth 1 (parameters.ts); the test keeps the exercise solvable, it proves no ratio.
  it("E2.2: each rung is higher, vhost is the first above 85 % and still moves", () => {
    const read: Workload = { device: "disk", requests: 50, bytes: 4096, depth: 1, batch: 1, write: false };
    const ladder = (["emulated", "virtio", "vhost", "passthrough"] as const).map((path) => ratioToNative(defaultKnobs(path), read));
    expect(ladder).toEqual(ladder.toSorted((a, b) => a - b));
    expect(ladder[0]).toBeLessThan(500);
    expect(ladder[1]).toBeLessThan(850);
    expect(ladder[2]).toBeGreaterThanOrEqual(850);
    const posted = ratioToNative({ ...defaultKnobs("passthrough"), interrupts: "posted", waiting: "busy" }, read);
    expect(posted).toBeGreaterThanOrEqual(970);
    expect(PATHS.map((path) => migratable(defaultKnobs(path)))).toEqual([false, true, true, true, false, false]);
  });
  it("the event index turns one interrupt a completion into one a batch", () => {
    const work: Workload = { device: "disk", requests: 64, bytes: 512, depth: 32, batch: 32, write: false };
    const count = (eventIndex: boolean) => measure({ ...defaultKnobs("vhost"), eventIndex }, work).interrupts;
    expect(count(true)).toBe(2);
    expect(count(false)).toBeGreaterThan(2);
  });
  it("a deep queue with small batches loses nothing; SR-IOV's sharers share the drive", () => {
    for (const path of PATHS)
      for (const eventIndex of [false, true]) {
        const result = measure(
          { ...defaultKnobs(path), eventIndex },
          { device: "disk", requests: 100, bytes: 512, depth: 13, batch: 3, write: true },
        );
        expect([path, result.intact, result.requests]).toEqual([path, true, 100]);
      }
    const deep: Workload = { device: "disk", requests: 64, bytes: 512, depth: 16, batch: 16, write: false };
    const shared = (sharers: number) => measure({ ...defaultKnobs("sr-iov"), sharers }, deep).perSecond;
    expect(shared(4)).toBeLessThan(shared(1) / 2);
  });
  it("refuses what no device could do, by field", () => {
    const fields = (work: Partial<Workload>) =>
      checkWorkload({ device: "disk", requests: 1, bytes: 4096, depth: 1, batch: 1, write: false, ...work }, defaultKnobs("virtio")).map(
        ({ field }) => field,
      );
    expect(fields({})).toEqual([]);
    expect(fields({ requests: 0, bytes: 100, depth: 65, batch: 66 })).toEqual(["requests", "depth", "batch", "bytes", "bytes"]);
    expect(fields({ depth: 2, batch: 4 })).toEqual(["batch"]);
    expect(() => measure(defaultKnobs("virtio"), { device: "net", requests: 1, bytes: 9000, depth: 1, batch: 1, write: true })).toThrow("bytes");
  });
});
