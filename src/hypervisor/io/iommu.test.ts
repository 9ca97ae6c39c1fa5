/** hypervisor.io.dma-remapping, .interrupt-remapping, .sriov-enable: what a device may reach, what stays cached, and whose interrupt it is. */
import { describe, expect, it } from "vitest";
import { sparseMemory } from "../translate/build";
import { attach, createDomain, emptyIommu, FAULT_REASON, invalidateIotlb, mapDma, remapInterrupt, translateDma, unmapDma } from "./iommu";
import { assign, enable, type PhysicalFunction, physicalFunction } from "./sriov";

function world() {
  const memory = sparseMemory();
  const iommu = emptyIommu(2);
  let next = 0x10_0000;
  const allocate = () => {
    next += 4096;
    return next;
  };
  for (const name of ["a", "b"]) createDomain(iommu, name, 4, allocate);
  mapDma(iommu, memory, "a", { address: 0x1000, physical: 0x5000_1000, level: 1, write: true }, allocate);
  mapDma(iommu, memory, "a", { address: 0x2000, physical: 0x5000_2000, level: 1, write: false }, allocate);
  mapDma(iommu, memory, "a", { address: 0x4000_0000, physical: 0x8000_0000, level: 2, write: true }, allocate);
  mapDma(iommu, memory, "b", { address: 0x1000, physical: 0x6000_0000, level: 1, write: true }, allocate);
  attach(iommu, 8, "a");
  attach(iommu, 9, "b");
  return { memory, iommu };
}

describe("DMA", () => {
  it("goes where the domain of the device says; a large page takes a read less", () => {
    const { memory, iommu } = world();
    expect(translateDma(iommu, memory, 8, 0x1234, true)).toEqual({ ok: true, physical: 0x5000_1234, reads: 4 });
    expect(translateDma(iommu, memory, 9, 0x1234, true)).toEqual({ ok: true, physical: 0x6000_0234, reads: 4 });
    expect(translateDma(iommu, memory, 8, 0x4010_0000, false)).toEqual({ ok: true, physical: 0x8010_0000, reads: 3 });
    expect(translateDma(iommu, memory, 8, 0x1234, false)).toEqual({ ok: true, physical: 0x5000_1234, reads: 4 });
    expect(translateDma(iommu, memory, 8, 0x4010_0008, true)).toEqual({ ok: true, physical: 0x8010_0008, reads: 0 });
    expect([iommu.hits, iommu.misses]).toEqual([1, 4]);
  });
  it("faults without a domain, without a mapping, without the right to write", () => {
    const { memory, iommu } = world();
    expect(translateDma(iommu, memory, 7, 0x1000, false)).toEqual({ ok: false, reason: FAULT_REASON.noContext });
    expect(translateDma(iommu, memory, 8, 0x9000, false)).toEqual({ ok: false, reason: FAULT_REASON.read });
    expect(translateDma(iommu, memory, 8, 0x2000, true)).toEqual({ ok: false, reason: FAULT_REASON.write });
    expect(iommu.faults.map(({ source, address }) => [source, address])).toEqual([
      [7, 0x1000],
      [8, 0x9000],
      [8, 0x2000],
    ]);
  });
  it("still reaches a page that was taken away until the IOTLB is told", () => {
    const { memory, iommu } = world();
    translateDma(iommu, memory, 8, 0x1000, true);
    unmapDma(iommu, memory, "a", 0x1000);
    expect(translateDma(iommu, memory, 8, 0x1000, true).ok).toBe(true);
    invalidateIotlb(iommu, "a", 0x1000);
    expect(translateDma(iommu, memory, 8, 0x1000, true)).toEqual({ ok: false, reason: FAULT_REASON.write });
  });
});

describe("interrupts", () => {
  it("are remapped through an entry of the device's own only", () => {
    const { iommu } = world();
    const entry = { source: 8, destination: "a/0", vector: 0x41, posted: true };
    iommu.interrupts[3] = entry;
    expect(remapInterrupt(iommu, 8, 3)).toEqual(entry);
    expect(remapInterrupt(iommu, 9, 3)).toEqual({ ok: false, reason: FAULT_REASON.wrongSource });
    expect(remapInterrupt(iommu, 8, 4)).toEqual({ ok: false, reason: FAULT_REASON.noInterrupt });
  });
});

describe("SR-IOV", () => {
  it("offers functions with source ids of their own, which the IOMMU tells apart", () => {
    const { memory, iommu } = world();
    const some = enable(physicalFunction(0x300, 4), 2) as PhysicalFunction;
    expect(some.functions.map(({ source }) => source)).toEqual([0x310, 0x311]);
    const given = assign(assign(some, iommu, 0, "a") as PhysicalFunction, iommu, 1, "b") as PhysicalFunction;
    const physical = [0x310, 0x311].map((source) => translateDma(iommu, memory, source, 0x1000, false));
    expect(physical).toMatchObject([{ physical: 0x5000_1000 }, { physical: 0x6000_0000 }]);
    expect([
      enable(given, 0),
      assign(given, iommu, 1, "a"),
      assign(given, iommu, 7, "a"),
      enable(some, 1),
      enable(physicalFunction(1, 4), 5),
    ]).toEqual(["in use", "in use", "no such function", "in use", "too many"]);
    const back = assign(assign(given, iommu, 0, undefined) as PhysicalFunction, iommu, 1, undefined) as PhysicalFunction;
    expect((enable(back, 0) as PhysicalFunction).functions).toEqual([]);
    expect(translateDma(iommu, memory, 0x310, 0x1000, false)).toEqual({ ok: false, reason: FAULT_REASON.noContext });
  });
});
