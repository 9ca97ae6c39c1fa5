/**
 * Which slices the controller wrote, and at what revision, so that it neither acts on a cache from before its own writes nor answers them.
 * @source kubernetes@1.35 staging/src/k8s.io/endpointslice/util/endpointslice_tracker.go
 */
import { defineTable } from "../../../sim/table";
import type { Tx } from "../../../sim/types";
import type { EndpointSlice } from "../../apis/objects";

const DELETED = -1;

interface TrackerRow {
  /** `namespace/name` of the Service. */
  readonly service: string;
  /** Revision of the last write by name of the slice; -1 for deleted. */
  readonly slices: Readonly<Record<string, number>>;
}
export const trackerTable = defineTable<TrackerRow>({ name: "endpointslice.tracker", key: (row) => row.service });

export function wrote(tx: Tx, service: string, name: string, revision: number | undefined): void {
  const table = tx.write(trackerTable);
  table.put({ service, slices: { ...table.get(service)?.slices, [name]: revision ?? DELETED } });
}

export const forgetService = (tx: Tx, service: string): void => tx.write(trackerTable).delete(service);
export const sliceCount = (tx: Pick<Tx, "read">, service: string): number => Object.keys(tx.read(trackerTable).get(service)?.slices ?? {}).length;

/** Another's deletion of a slice: nothing is to be waited for. */
export function sawDeleted(tx: Tx, service: string, name: string): boolean {
  const table = tx.write(trackerTable);
  const row = table.get(service);
  const revision = row?.slices[name];
  if (row === undefined || revision === undefined) return false;
  const { [name]: _gone, ...slices } = row.slices;
  table.put({ service, slices });
  return revision === DELETED;
}

/** The slice is as the controller wrote it, or older. */
export function isOwnWrite(tx: Pick<Tx, "read">, service: string, slice: EndpointSlice): boolean {
  const revision = tx.read(trackerTable).get(service)?.slices[slice.metadata.name];
  return revision !== undefined && (revision === DELETED || Number(slice.metadata.resourceVersion) <= revision);
}

/**
 * The cache is from before one of the controller's own writes.
 * @rule kube.endpointslice.stale
 * @source kubernetes@1.35 staging/src/k8s.io/endpointslice/util/endpointslice_tracker.go StaleSlices
 */
export function isStale(tx: Pick<Tx, "read">, service: string, cached: readonly EndpointSlice[]): boolean {
  const row = tx.read(trackerTable).get(service);
  if (row === undefined) return false;
  const revisions = new Map(cached.map((slice) => [slice.metadata.name, Number(slice.metadata.resourceVersion)]));
  return Object.entries(row.slices).some(([name, revision]) => {
    const seen = revisions.get(name);
    return revision === DELETED ? seen !== undefined : seen === undefined || seen < revision;
  });
}
