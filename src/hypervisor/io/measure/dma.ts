/**
 * Memory as the device reaches it: with passthrough every access goes through an IOMMU whose tables map the guest's pages, else directly.
 * Guest and host addresses differ by a constant here; the translation is done all the same, so that a missing mapping is a fault.
 */
import type { DeviceContext } from "../../types";
import { sparseMemory } from "../../translate/build";
import { attach, createDomain, emptyIommu, type Iommu, mapDma, translateDma } from "../iommu";
import type { Run } from "./run";

const HOST_BASE = 0x1_0000_0000;
const DEVICE = 0x0300;

export interface DmaPath {
  readonly context: DeviceContext;
  readonly iommu: Iommu | undefined;
  faults(): number;
}

export function dmaPath(run: Run, direct: DeviceContext, bytes: number): DmaPath {
  if (run.knobs.path !== "passthrough" && run.knobs.path !== "sr-iov") return { context: direct, iommu: undefined, faults: () => 0 };
  const memory = sparseMemory();
  let next = 0x10_0000;
  const allocate = (): number => {
    next += 4096;
    return next;
  };
  const iommu = emptyIommu();
  createDomain(iommu, "guest", 4, allocate);
  attach(iommu, DEVICE, "guest");
  for (let at = 0; at < bytes; at += 4096) mapDma(iommu, memory, "guest", { address: at, physical: HOST_BASE + at, level: 1, write: true }, allocate);
  const through = (physical: number, write: boolean): number | undefined => {
    const found = translateDma(iommu, memory, DEVICE, physical, write);
    return found.ok ? found.physical - HOST_BASE : undefined;
  };
  const context: DeviceContext = {
    ...direct,
    readByte(physical) {
      const at = through(physical, false);
      return at === undefined ? 0xff : direct.readByte(at);
    },
    writeByte(physical, value) {
      const at = through(physical, true);
      if (at !== undefined) direct.writeByte(at, value);
    },
  };
  return { context, iommu, faults: () => iommu.faults.length };
}
