/** Variables that tell a container of the Services that exist when it starts: NAME_SERVICE_HOST, NAME_PORT and so on. */
import type { Service } from "../apis/objects";
import type { Env } from "./expansion";

const variable = (name: string): string => name.toUpperCase().replace(/-/g, "_");
const hasIP = ({ spec }: Service): boolean => (spec.clusterIP ?? "") !== "" && spec.clusterIP !== "None";

/** @source kubernetes@1.35 pkg/kubelet/envvars/envvars.go makeLinkVariables */
function linkVariables(service: Service): Record<string, string> {
  const prefix = variable(service.metadata.name);
  const ip = service.spec.clusterIP ?? "";
  const host = ip.includes(":") ? `[${ip}]` : ip;
  const out: Record<string, string> = {};
  for (const [i, port] of (service.spec.ports ?? []).entries()) {
    const protocol = port.protocol ?? "TCP";
    const url = `${protocol.toLowerCase()}://${host}:${port.port}`;
    const each = `${prefix}_PORT_${port.port}_${protocol.toUpperCase()}`;
    if (i === 0) out[`${prefix}_PORT`] = url;
    out[each] = url;
    out[`${each}_PROTO`] = protocol.toLowerCase();
    out[`${each}_PORT`] = String(port.port);
    out[`${each}_ADDR`] = ip;
  }
  return out;
}

/** @source kubernetes@1.35 pkg/kubelet/envvars/envvars.go FromServices */
function serviceVariables(service: Service): Record<string, string> {
  const prefix = variable(service.metadata.name);
  const ports = service.spec.ports ?? [];
  const out: Record<string, string> = {
    [`${prefix}_SERVICE_HOST`]: service.spec.clusterIP ?? "",
    [`${prefix}_SERVICE_PORT`]: String(ports[0]?.port ?? ""),
  };
  for (const { name, port } of ports) if (name) out[`${prefix}_SERVICE_PORT_${variable(name)}`] = String(port);
  return { ...out, ...linkVariables(service) };
}

/**
 * The `kubernetes` Service always; the namespace's own Services when links are on. Headless ones have no address and no variables.
 * @rule kube.env.service-links
 * @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go getServiceEnvVarMap
 */
export function serviceEnv(services: readonly Service[], namespace: string, enableServiceLinks: boolean): Env {
  const chosen = new Map<string, Service>();
  for (const service of services) {
    const { name, namespace: own } = service.metadata;
    if (!hasIP(service)) continue;
    if (own === "default" && name === "kubernetes") {
      if (!chosen.has(name)) chosen.set(name, service);
    } else if (own === namespace && enableServiceLinks) chosen.set(name, service);
  }
  return Object.assign({}, ...[...chosen.values()].map(serviceVariables)) as Env;
}
