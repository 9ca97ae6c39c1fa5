/** Services: their address and the Pods behind them, as the EndpointSlices say. */
import type { EndpointSlice, Pod, Service } from "../../kube/apis/objects";
import { labelIndexValue, storeTable } from "../../kube/apiserver/storage/store";
import type { EndpointView, ServiceView, WorldReader } from "./types";

const SERVICE_NAME = "kubernetes.io/service-name";

function endpointsOf(reader: WorldReader, namespace: string, name: string): readonly EndpointView[] {
  const byPod = new Map<string, EndpointView>();
  for (const row of reader.table(storeTable("endpointslices")).by("label", labelIndexValue(namespace, SERVICE_NAME, name))) {
    for (const { targetRef, conditions } of (row.object as EndpointSlice).endpoints ?? []) {
      if (targetRef?.uid === undefined) continue;
      byPod.set(targetRef.uid, { pod: targetRef.uid, ready: conditions?.ready !== false, terminating: conditions?.terminating === true });
    }
  }
  return [...byPod.values()];
}

const portText = ({ port, nodePort }: { readonly port: number; readonly nodePort?: number }): string =>
  nodePort === undefined ? String(port) : `${port}:${nodePort}`;

export function serviceView(reader: WorldReader, service: Service): ServiceView {
  const { uid, name, namespace = "" } = service.metadata;
  const endpoints = endpointsOf(reader, namespace, name);
  return {
    uid,
    name,
    namespace,
    type: service.spec.type ?? "ClusterIP",
    clusterIP: service.spec.clusterIP,
    ports: (service.spec.ports ?? []).map(portText),
    endpoints,
    readyCount: endpoints.filter((one) => one.ready).length,
  };
}

export function serviceViews(reader: WorldReader, shown: (service: Service) => boolean): readonly ServiceView[] {
  const views: ServiceView[] = [];
  for (const { object } of reader.table(storeTable("services")).rows()) {
    if (shown(object as Service)) views.push(serviceView(reader, object as Service));
  }
  return views;
}

/** Whether a Service's selector picks a Pod. A Service without selector picks none. */
export function selects(service: Service, pod: Pod): boolean {
  const selector = Object.entries(service.spec.selector ?? {});
  if (selector.length === 0 || service.metadata.namespace !== pod.metadata.namespace) return false;
  return selector.every(([key, value]) => pod.metadata.labels?.[key] === value);
}
