/**
 * Requests that clients send through Services. A request is drawn for at least `SHOWN`, so that one that took a millisecond is seen.
 */
import { storeTable } from "../../kube/apiserver/storage/store";
import { type FlowRow, flowTable } from "../../kube/proxy/tables";
import type { Micros } from "../../sim/types";
import type { RequestView, TrafficView, WorldReader } from "./types";

const SHOWN: Micros = 700_000;
const RATE_WINDOW: Micros = 2_000_000;
const MOST_DRAWN = 40;

const clientOf = ({ from }: FlowRow): string => from.pod ?? from.ip;
const failed = ({ result, status }: FlowRow): boolean =>
  result === "refused" || result === "timeout" || result === "unresolved" || (status !== undefined && status >= 500);

function uidOf(reader: WorldReader, resource: string, key: string | undefined): string | undefined {
  return key === undefined ? undefined : reader.table(storeTable(resource)).get(key)?.object.metadata.uid;
}

/** `namespace/name` of the Pod that a flow went to. */
function podKey(flow: FlowRow): string | undefined {
  if (flow.endpointPod === undefined || flow.endpointPod.includes("/")) return flow.endpointPod;
  return `${flow.service?.split("/")[0] ?? "default"}/${flow.endpointPod}`;
}

export function trafficViews(reader: WorldReader): { readonly requests: readonly RequestView[]; readonly traffic: readonly TrafficView[] } {
  const flows = reader.table(flowTable);
  if (flows.size === 0) return { requests: [], traffic: [] };
  const requests: RequestView[] = [];
  const rates = new Map<string, { client: string; service?: string; count: number; failed: number }>();
  for (const flow of flows.rows()) {
    const age = reader.now - flow.startedAt;
    if (age < 0 || age > Math.max(RATE_WINDOW, SHOWN)) continue;
    const service = uidOf(reader, "services", flow.service);
    const client = clientOf(flow);
    const key = `${client} ${service ?? ""}`;
    const rate = rates.get(key) ?? { client, service, count: 0, failed: 0 };
    rate.count++;
    if (failed(flow)) rate.failed++;
    rates.set(key, rate);
    const arrivesAt = Math.max(flow.arrivedAt ?? reader.now, flow.startedAt + SHOWN);
    if (reader.now > arrivesAt || requests.length >= MOST_DRAWN) continue;
    const pod = uidOf(reader, "pods", podKey(flow));
    requests.push({
      id: String(flow.number),
      client,
      ...(service === undefined ? {} : { service }),
      ...(pod === undefined ? {} : { pod }),
      failed: failed(flow),
      sentAt: flow.startedAt,
      arrivesAt,
    });
  }
  const traffic = [...rates.values()].map(({ count, ...rate }) => ({ ...rate, perSecond: Math.round((count / RATE_WINDOW) * 1e7) / 10 }));
  return { requests, traffic };
}
