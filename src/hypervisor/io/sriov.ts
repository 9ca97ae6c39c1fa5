/**
 * SR-IOV: one physical function offers virtual ones, each with registers, queues and a source id of its own, so that each may be given to
 * another guest and the IOMMU tells them apart. They share the device's work.
 */
import { attach, type Iommu, type SourceId } from "./iommu";

export interface VirtualFunction {
  readonly index: number;
  readonly source: SourceId;
  /** The guest (IOMMU domain) that has it. */
  readonly owner?: string;
}

export interface PhysicalFunction {
  readonly source: SourceId;
  /** TotalVFs: as many as the device can offer. */
  readonly total: number;
  readonly firstOffset: number;
  readonly stride: number;
  readonly functions: readonly VirtualFunction[];
}

export const physicalFunction = (source: SourceId, total: number, firstOffset = 16, stride = 1): PhysicalFunction => ({
  source,
  total,
  firstOffset,
  stride,
  functions: [],
});

export type SriovFailure = "too many" | "in use" | "no such function";

/**
 * `sriov_numvfs`: from none to some or from some to none; never while one is in use.
 *
 * @rule hypervisor.io.sriov-enable
 * @source PCI Express Base 5.0 §9.3.3.3 (NumVFs), §9.3.3.8 (offset and stride); Linux 6.12 drivers/pci/iov.c sriov_enable
 * Not modelled: ARI, resizing BARs, migration of virtual functions, representors.
 */
export function enable(of: PhysicalFunction, count: number): PhysicalFunction | SriovFailure {
  if (count > of.total) return "too many";
  if (of.functions.some((each) => each.owner !== undefined)) return "in use";
  if (of.functions.length > 0 && count > 0) return "in use";
  return {
    ...of,
    functions: Array.from({ length: count }, (_, index) => ({ index, source: of.source + of.firstOffset + index * of.stride })),
  };
}

/** Gives a virtual function to a guest, or takes it back; its DMA follows. */
export function assign(of: PhysicalFunction, iommu: Iommu, index: number, owner: string | undefined): PhysicalFunction | SriovFailure {
  const found = of.functions[index];
  if (found === undefined) return "no such function";
  if (owner !== undefined && found.owner !== undefined && found.owner !== owner) return "in use";
  attach(iommu, found.source, owner);
  const fresh: VirtualFunction = owner === undefined ? { index, source: found.source } : { index, source: found.source, owner };
  return { ...of, functions: of.functions.map((each) => (each.index === index ? fresh : each)) };
}
