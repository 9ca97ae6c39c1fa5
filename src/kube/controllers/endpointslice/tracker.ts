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

/** All slices are as the controller wrote them last. */
export function isAsWritten(tx: Pick<Tx, "read">, service: string, cached: readonly EndpointSlice[]): boolean {
  const slices = tx.read(trackerTable).get(service)?.slices ?? {};
  return cached.every(({ metadata }) => slices[metadata.name] === Number(metadata.resourceVersion));
}

interface PendingRow {
  readonly service: string;
  /** Names of Pods that changed since the last sync. */
  readonly pods: readonly string[];
}
export const pendingTable = defineTable<PendingRow>({ name: "endpointslice.pending", key: (row) => row.service });

/** Notes a Pod whose endpoint may have changed. A Service never looked at is looked at in full anyway. */
export function podChanged(tx: Tx, service: string, pod: string): void {
  const table = tx.write(pendingTable);
  const row = table.get(service);
  if (row !== undefined && !row.pods.includes(pod)) table.put({ ...row, pods: [...row.pods, pod] });
}
export const needsAll = (tx: Tx, service: string): void => tx.write(pendingTable).delete(service);

/** What to look at in a sync that begins now: Pods by name, or undefined for all. */
export function takePending(tx: Tx, service: string): readonly string[] | undefined {
  const table = tx.write(pendingTable);
  const row = table.get(service);
  table.put({ service, pods: [] });
  return row?.pods;
}
