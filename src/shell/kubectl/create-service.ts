/**
 * The Service that `kubectl create service` makes from its flags.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/create/create_service.go
 */
import { isValidPortName, isValidPortNum } from "../../kube/apis/names";
import type { JsonObject } from "../../kube/apis/objects";

export interface ServiceOptions {
  readonly name: string;
  readonly type: string;
  readonly tcp: readonly string[];
  readonly clusterIP: string;
  readonly nodePort: number;
  readonly externalName: string;
}

export type Made<T> = { readonly value: T } | { readonly error: string };

/** `80`, `80:8080`, `80:http`. @source parsePorts */
export function parseServicePort(text: string): Made<{ readonly port: number; readonly targetPort: number | string }> {
  const [first = "", second] = text.split(":");
  const port = Number(first);
  if (!/^\d+$/.test(first) || port > 65535)
    return { error: `parsing "${first}": ${/^\d+$/.test(first) ? "value out of range" : "invalid syntax"}`.replace(/^/, "strconv.ParseUint: ") };
  if (second === undefined) return { value: { port, targetPort: port } };
  if (/^[-+]?\d+$/.test(second)) {
    const problems = isValidPortNum(Number(second));
    return problems.length > 0 ? { error: problems.join(",") } : { value: { port, targetPort: Number(second) } };
  }
  const problems = isValidPortName(second);
  return problems.length > 0 ? { error: problems.join(",") } : { value: { port, targetPort: second } };
}

/**
 * @rule kubectl.create.service
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/create/create_service.go createService, Validate
 */
export function serviceOf(options: ServiceOptions): Made<JsonObject> {
  const { name, type, tcp, clusterIP, nodePort, externalName } = options;
  if (name === "") return { error: "name must be specified" };
  if (clusterIP === "None" && type !== "ClusterIP") return { error: "ClusterIP=None can only be used with ClusterIP service type" };
  if (clusterIP !== "None" && tcp.length === 0 && type !== "ExternalName") return { error: "at least one tcp port specifier must be provided" };
  if (type === "ExternalName" && externalName === "" && clusterIP === "") return { error: "externalName must be specified" };
  const ports: JsonObject[] = [];
  for (const text of tcp) {
    const parsed = parseServicePort(text);
    if ("error" in parsed) return parsed;
    ports.push({
      name: text.replaceAll(":", "-"),
      port: parsed.value.port,
      targetPort: parsed.value.targetPort,
      protocol: "TCP",
      ...(type === "NodePort" && nodePort !== 0 ? { nodePort } : {}),
    });
  }
  const spec = {
    type,
    selector: { app: name },
    ...(ports.length > 0 ? { ports } : {}),
    ...(externalName === "" ? {} : { externalName }),
    ...(clusterIP === "" ? {} : { clusterIP }),
  };
  return { value: { metadata: { name, labels: { app: name } }, spec, status: { loadBalancer: {} } } };
}
