/** Where the kinds' own rules (decoding, defaults, validation, admission) meet the store: what those rules may ask is answered here. */
import type { Json, Tx } from "../../sim/types";
import type { KubeObject, Namespace, PriorityClass, Service } from "../apis/objects";
import type { ResourceInfo } from "../apis/resources";
import type { Obj } from "../apis/schema/typed-json";
import { pluginTable, SERVICE_ACCOUNT } from "./admission/plugins";
import { nowText } from "./identity";
import { keyOf, storeTable } from "./storage/store";
import { create, update } from "./strategy";
import type { Outcome, StrategyContext } from "./strategy-context";

type Query = Readonly<Record<string, string>>;

/** The ranges of a kubeadm cluster. */
const SERVICE_RANGE = "10.96.0.0/16";
const NODE_PORTS = Object.freeze({ first: 30000, count: 2768 });

const validationOf = (query: Query): "Strict" | "Warn" | "Ignore" => {
  const asked = query["fieldValidation"];
  return asked === "Strict" || asked === "Ignore" ? asked : "Warn";
};

class Context implements StrategyContext {
  readonly namespace: string | undefined;
  readonly fieldValidation: "Strict" | "Warn" | "Ignore";
  readonly now: string;
  readonly uid: string;
  readonly serviceRange = SERVICE_RANGE;
  readonly nodePorts = NODE_PORTS;
  private readonly tx: Tx;
  private addresses: ReadonlySet<string> | undefined;
  private ports: ReadonlySet<number> | undefined;

  constructor(tx: Tx, namespace: string | undefined, query: Query, uid: string) {
    this.tx = tx;
    this.namespace = namespace;
    this.fieldValidation = validationOf(query);
    this.now = nowText(tx);
    this.uid = uid;
  }

  random(): number {
    return this.tx.random("apiserver/allocation");
  }
  namespaceState(name: string): "Active" | "Terminating" | undefined {
    const found = this.tx.read(storeTable("namespaces")).get(name)?.object as Namespace | undefined;
    if (found === undefined) return undefined;
    return found.metadata.deletionTimestamp === undefined ? "Active" : "Terminating";
  }
  priorityClass(name: string): Obj | undefined {
    return this.tx.read(storeTable("priorityclasses")).get(name)?.object as unknown as Obj | undefined;
  }
  /** The one with the lowest value, where several say that they are. */
  defaultPriorityClass(): Obj | undefined {
    const table = this.tx.read(storeTable("priorityclasses"));
    if (table.size === 0) return undefined;
    let least: PriorityClass | undefined;
    for (const { object } of table.rows()) {
      const candidate = object as PriorityClass;
      if (candidate.globalDefault === true && (least === undefined || candidate.value < least.value)) least = candidate;
    }
    return least as unknown as Obj | undefined;
  }
  account(name: string): Obj | undefined {
    if (!this.tx.read(pluginTable).has(SERVICE_ACCOUNT)) return undefined;
    const key = keyOf(this.namespace, name);
    return this.tx.read(storeTable("serviceaccounts")).get(key)?.object as unknown as Obj | undefined;
  }
  private services(): readonly Service[] {
    return this.tx
      .read(storeTable("services"))
      .rows()
      .map((row) => row.object as Service);
  }
  isAddressTaken(address: string): boolean {
    this.addresses ??= new Set(this.services().flatMap(({ spec }) => spec.clusterIPs ?? []));
    return this.addresses.has(address);
  }
  isNodePortTaken(port: number): boolean {
    this.ports ??= new Set(
      this.services().flatMap(({ spec }) => [
        ...(spec.ports ?? []).flatMap(({ nodePort }) => nodePort ?? []),
        Number((spec as { readonly healthCheckNodePort?: number }).healthCheckNodePort ?? 0),
      ]),
    );
    return this.ports.has(port);
  }
}

/** Whether new content may go into a namespace. */
export function isActive(tx: Tx, namespace: string | undefined): boolean {
  const found = namespace === undefined ? undefined : tx.read(storeTable("namespaces")).get(namespace)?.object;
  return found !== undefined && found.metadata.deletionTimestamp === undefined;
}

/** `uid` is what the object will have. */
export function admitCreate(
  tx: Tx,
  resource: ResourceInfo,
  body: Json | undefined,
  namespace: string | undefined,
  query: Query,
  uid: string,
): Outcome {
  return create(resource, body, new Context(tx, namespace, query, uid));
}

export function admitUpdate(
  tx: Tx,
  resource: ResourceInfo,
  body: Json | undefined,
  previous: KubeObject,
  subresource: string | undefined,
  query: Query,
): Outcome {
  return update(resource, body, previous, new Context(tx, previous.metadata.namespace, query, previous.metadata.uid), subresource);
}
