/** Addresses and node ports of Services: checked when asked for by name, drawn by lot otherwise, kept on update. */
import type { Json } from "../../../sim/types";
import { flagOf, int, items, type Obj, strings, text, textOf, texts, withFields } from "../../apis/schema/typed-json";
import { type FieldError, invalid } from "../validation/field-error";
import { formatIp, parseCidr, parseIp, type Range } from "../validation/ip";
import { isHeadless, needsHealthCheck, validateClusterIps } from "../validation/service";
import type { StrategyContext } from "../strategy-context";
import { addressBand, hostsPerNetwork, isAllocatable, pickFree, portBand } from "./ip-range";

type Result = { readonly spec: Obj } | { readonly errors: readonly FieldError[] };

const needsAddress = (spec: Obj): boolean => ["ClusterIP", "NodePort", "LoadBalancer"].includes(text(spec, "type"));
const needsNodePorts = (spec: Obj): boolean => {
  const type = text(spec, "type");
  return type === "NodePort" || (type === "LoadBalancer" && flagOf(spec, "allocateLoadBalancerNodePorts") !== false);
};

/** clusterIP and clusterIPs say the same. @source kubernetes@1.35 pkg/registry/core/service/strategy.go NormalizeClusterIPs */
export function normalizeClusterIps(spec: Obj, before: Obj | undefined): Obj {
  const [ip, ips] = [text(spec, "clusterIP"), texts(spec, "clusterIPs")];
  if (before === undefined) return ip !== "" && ips.length === 0 ? withFields(spec, { clusterIPs: [ip] }) : spec;
  const [oldIp, oldIps] = [text(before, "clusterIP"), texts(before, "clusterIPs")];
  if (ip !== oldIp) {
    if (ip === "" && ips.join() === oldIps.join()) return withFields(spec, { clusterIPs: undefined });
    if (ip !== "" && (oldIps.length === 0 ? ips.length === 0 : ips.length === 0 || ips.join() === oldIps.join()))
      return withFields(spec, { clusterIPs: [ip] });
  } else if (ip !== "" && ips.length === 0) return withFields(spec, { clusterIPs: oldIps.length > 0 ? (oldIps as Json) : [ip] });
  return spec;
}

/**
 * This cluster has one family, IPv4.
 * @rule kube.service.ip-families
 * @source kubernetes@1.35 pkg/registry/core/service/storage/alloc.go initIPFamilyFields
 */
export function initFamilies(spec: Obj, range: Range): Result {
  if (text(spec, "type") === "ExternalName") return { spec };
  const wrong = validateClusterIps(spec);
  if (wrong.length > 0) return { errors: wrong };
  const policy = textOf(spec, "ipFamilyPolicy");
  const given = texts(spec, "ipFamilies");
  if (isHeadless(spec) && Object.keys(strings(spec, "selector")).length === 0) {
    const other = range.family === "IPv4" ? "IPv6" : "IPv4";
    const families = given.length > 0 ? given : policy === "SingleStack" ? [range.family] : [range.family, other];
    return {
      spec: withFields(spec, { ipFamilyPolicy: policy ?? (given.length === 1 ? "SingleStack" : "RequireDualStack"), ipFamilies: families as Json }),
    };
  }
  const held = texts(spec, "clusterIPs").flatMap((ip) => parseIp(ip)?.family ?? []);
  const families = given.length > 0 ? given : held.length > 0 ? held : [range.family];
  const errors: FieldError[] = [];
  if (policy === "RequireDualStack" || (policy === undefined && families.length > 1))
    errors.push(invalid("spec.ipFamilyPolicy", policy ?? "RequireDualStack", "this cluster is not configured for dual-stack services"));
  for (const [i, family] of families.entries())
    if (family !== range.family && policy !== "PreferDualStack")
      errors.push(invalid(`spec.ipFamilies[${i}]`, family, "not configured on this cluster"));
  if (errors.length > 0) return { errors };
  return { spec: withFields(spec, { ipFamilyPolicy: policy ?? "SingleStack", ipFamilies: families as Json }) };
}

function allocateAddress(spec: Obj, before: Obj | undefined, range: Range, context: StrategyContext): Result {
  if (!needsAddress(spec) || isHeadless(spec)) return { spec };
  const wanted = texts(spec, "clusterIPs");
  if (wanted.length > 0) {
    for (const ip of wanted) {
      if (before !== undefined && texts(before, "clusterIPs").includes(ip)) continue;
      const address = parseIp(ip);
      const refuse = (why: string): Result => ({ errors: [invalid("spec.clusterIPs", wanted as never, `failed to allocate IP ${ip}: ${why}`)] });
      if (address === undefined || !isAllocatable(range, address))
        return refuse(`the provided IP (${ip}) is not in the valid range. The range of valid IPs is ${context.serviceRange}`);
      if (context.isAddressTaken(ip)) return refuse("provided IP is already allocated");
    }
    return { spec };
  }
  const shown = (value: bigint): string => formatIp({ family: range.family, value });
  const value = pickFree(range.base + 1n, hostsPerNetwork(range), addressBand(range), context.random(), (at) => context.isAddressTaken(shown(at)));
  if (value === undefined) return { errors: [invalid("spec.clusterIPs", wanted as never, "failed to allocate a serviceIP: range is full")] };
  return { spec: withFields(spec, { clusterIP: shown(value), clusterIPs: [shown(value)] }) };
}

/** Ports with the same number and another protocol share their node port. */
function allocateNodePorts(spec: Obj, before: Obj | undefined, context: StrategyContext): Result {
  const { first, count } = context.nodePorts;
  const kept = new Set(before === undefined ? [] : items(before, "ports").map((port) => int(port, "nodePort")));
  const mine = new Map<number, Set<string>>();
  const byPort = new Map<number, { readonly node: number; readonly protocol: string }>();
  const errors: FieldError[] = [];
  const out = items(spec, "ports").map((port, i) => {
    const wanted = int(port, "nodePort");
    const protocol = text(port, "protocol");
    const at = `spec.ports[${i}].nodePort`;
    if (wanted !== 0) {
      const inside = wanted >= first && wanted < first + count;
      const range = `${first}-${first + count - 1}`;
      if (!inside && !kept.has(wanted))
        errors.push(invalid(at, wanted, `provided port is not in the valid range. The range of valid ports is ${range}`));
      else if (mine.get(wanted)?.has(protocol) || (!kept.has(wanted) && context.isNodePortTaken(wanted)))
        errors.push(invalid(at, wanted, "provided port is already allocated"));
      mine.set(wanted, new Set([...(mine.get(wanted) ?? []), protocol]));
      byPort.set(int(port, "port"), { node: wanted, protocol });
      return port;
    }
    if (!needsNodePorts(spec)) return port;
    const shared = byPort.get(int(port, "port"));
    const taken = (value: bigint): boolean => mine.has(Number(value)) || context.isNodePortTaken(Number(value));
    const drawn =
      shared !== undefined && shared.protocol !== protocol
        ? shared.node
        : Number(pickFree(BigInt(first), BigInt(count), BigInt(portBand(count)), context.random(), taken) ?? 0n);
    mine.set(drawn, new Set([...(mine.get(drawn) ?? []), protocol]));
    byPort.set(int(port, "port"), { node: drawn, protocol });
    return withFields(port, { nodePort: drawn });
  });
  if (errors.length > 0) return { errors: errors.slice(0, 1) };
  return { spec: out.some((port, i) => port !== items(spec, "ports")[i]) ? withFields(spec, { ports: out as Json }) : spec };
}

function allocateHealthPort(spec: Obj, context: StrategyContext): Obj {
  if (!needsHealthCheck(spec) || int(spec, "healthCheckNodePort") !== 0) return spec;
  const { first, count } = context.nodePorts;
  const own = new Set(items(spec, "ports").map((port) => int(port, "nodePort")));
  const taken = (value: bigint): boolean => own.has(Number(value)) || context.isNodePortTaken(Number(value));
  const drawn = pickFree(BigInt(first), BigInt(count), BigInt(portBand(count)), context.random(), taken);
  return withFields(spec, { healthCheckNodePort: Number(drawn ?? 0n) });
}

/**
 * @rule kube.service.allocate
 * @source kubernetes@1.35 pkg/registry/core/service/storage/alloc.go allocateCreate, allocateUpdate
 */
export function allocateService(given: Obj, before: Obj | undefined, context: StrategyContext): Result {
  const range = parseCidr(context.serviceRange);
  if (range === undefined) return { spec: given };
  const families = initFamilies(normalizeClusterIps(given, before), range);
  if ("errors" in families) return families;
  if (text(families.spec, "type") === "ExternalName") return families;
  const addressed = allocateAddress(families.spec, before, range, context);
  if ("errors" in addressed) return addressed;
  const ported = allocateNodePorts(addressed.spec, before, context);
  return "errors" in ported ? ported : { spec: allocateHealthPort(ported.spec, context) };
}

/**
 * An update may leave out what was allocated; what the new type has no use for goes.
 * @rule kube.service.keep-allocated
 * @source kubernetes@1.35 pkg/registry/core/service/strategy.go PatchAllocatedValues, dropTypeDependentFields
 */
export function keepAllocated(spec: Obj, before: Obj): Obj {
  let out = spec;
  if (needsAddress(before) && needsAddress(out) && text(out, "clusterIP") === "" && texts(out, "clusterIPs").length === 0)
    out = withFields(out, { clusterIP: before["clusterIP"], clusterIPs: before["clusterIPs"] });
  if (needsAddress(before) && needsAddress(out)) {
    if (texts(out, "ipFamilies").length === 0) out = withFields(out, { ipFamilies: before["ipFamilies"] });
    if (textOf(out, "ipFamilyPolicy") === undefined) out = withFields(out, { ipFamilyPolicy: before["ipFamilyPolicy"] });
  }
  if (needsNodePorts(before) && needsNodePorts(out)) {
    const old = items(before, "ports");
    const ports = items(out, "ports").map((port) => {
      const same = old.find((one) => text(one, "protocol") === text(port, "protocol") && int(one, "port") === int(port, "port"));
      return int(port, "nodePort") === 0 && same !== undefined ? withFields(port, { nodePort: int(same, "nodePort") }) : port;
    });
    out = withFields(out, { ports: ports as Json });
  }
  if (needsHealthCheck(before) && needsHealthCheck(out) && int(out, "healthCheckNodePort") === 0)
    out = withFields(out, { healthCheckNodePort: int(before, "healthCheckNodePort") });
  return text(out, "type") === text(before, "type") ? out : dropUseless(out, before);
}

function dropUseless(spec: Obj, before: Obj): Obj {
  let out = spec;
  if (needsAddress(before) && !needsAddress(out) && texts(out, "clusterIPs").join() === texts(before, "clusterIPs").join())
    out = withFields(out, { clusterIP: undefined, clusterIPs: undefined, ipFamilies: undefined, ipFamilyPolicy: undefined });
  if (needsNodePorts(before) && !needsNodePorts(out)) {
    const had = new Set(items(before, "ports").map((port) => int(port, "nodePort")));
    const kept = items(out, "ports").every((port) => int(port, "nodePort") === 0 || had.has(int(port, "nodePort")));
    if (kept) out = withFields(out, { ports: items(out, "ports").map((port) => withFields(port, { nodePort: undefined })) as Json });
  }
  if (needsHealthCheck(before) && !needsHealthCheck(out) && int(out, "healthCheckNodePort") === int(before, "healthCheckNodePort"))
    out = withFields(out, { healthCheckNodePort: undefined });
  const type = text(out, "type");
  if (type !== "LoadBalancer")
    for (const name of ["allocateLoadBalancerNodePorts", "loadBalancerClass"])
      if (out[name] !== undefined && out[name] === before[name]) out = withFields(out, { [name]: undefined });
  const external = type === "NodePort" || type === "LoadBalancer" || texts(out, "externalIPs").length > 0;
  if (!external && out["externalTrafficPolicy"] === before["externalTrafficPolicy"]) out = withFields(out, { externalTrafficPolicy: undefined });
  return out;
}
