/** What the rules of a write may ask about the rest of the cluster, and what they give back. */
import type { KubeObject } from "../apis/objects";
import type { Obj } from "../apis/schema/typed-json";
import type { ApiResponse } from "./door";

export interface StrategyContext {
  /** From the path; undefined for kinds without namespace. */
  readonly namespace: string | undefined;
  readonly fieldValidation: "Strict" | "Warn" | "Ignore";
  /** RFC 3339. */
  readonly now: string;
  /** A number in [0, 1); asked only when something is drawn by lot. */
  random(): number;
  namespaceState(name: string): "Active" | "Terminating" | undefined;
  priorityClass(name: string): Obj | undefined;
  defaultPriorityClass(): Obj | undefined;
  /** Whether another Service holds the address. */
  isAddressTaken(address: string): boolean;
  /** Whether another Service holds the port on every node. */
  isNodePortTaken(port: number): boolean;
  readonly serviceRange: string;
  readonly nodePorts: { readonly first: number; readonly count: number };
  /** The uid the new object will have; Jobs write it into labels. */
  readonly uid: string;
  /** An account of the request's namespace; absent where the ServiceAccount admission is off. */
  account?(name: string): Obj | undefined;
}

export type Outcome = { readonly object: KubeObject; readonly warnings?: readonly string[] } | ApiResponse;
export const isRefusal = (outcome: object): outcome is ApiResponse => "code" in outcome;
