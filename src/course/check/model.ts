/**
 * What a check can ask of a world: lists of the API's own objects, what was typed and printed, requests of clients, answers given; and a
 * few functions so that checks read like sentences.
 *
 * An object becomes CEL values once and is remembered by identity, since stored objects are values.
 */
import { type CelFunc, CelScalar, celFunc, mapType } from "@bufbuild/cel";
import type { EndpointSlice } from "../../kube/apis/objects";
import { storeTable } from "../../kube/apiserver/storage/store";
import { flowTable } from "../../kube/proxy/tables";
import { outputTable } from "../../shell/tables";
import type { Facts } from "../../session/ground";
import type { Timeline } from "../../sim/timeline";
import type { Json, Micros } from "../../sim/types";
import type { Bindings } from "./expression";

/** Where a timeline stands. */
export type CheckedWorld = Timeline;

const VARIABLES = ["pods", "replicasets", "deployments", "services", "endpointslices", "nodes", "events"] as const;

/** What the learner did beside the world, as far as checks go. */
export interface Deeds {
  /** Lines typed since the start of the exercise. */
  readonly commands: readonly string[];
  readonly answers: Readonly<Record<string, string>>;
}

const converted = new WeakMap<object, unknown>();

/** JSON as CEL takes it: integers as `bigint`, objects as maps. */
export function celOf(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value !== "object" || value === null) return value;
  const known = converted.get(value);
  if (known !== undefined) return known;
  const out: unknown = Array.isArray(value)
    ? value.map(celOf)
    : new Map(
        Object.entries(value)
          .filter(([, member]) => member !== undefined)
          .map(([key, member]) => [key, celOf(member)]),
      );
  converted.set(value, out);
  return out;
}

export function bindingsOf(world: CheckedWorld, deeds: Deeds, facts?: Facts): Bindings {
  const out: Record<string, unknown> = { now: world.now / 1e6, commands: [...deeds.commands] };
  for (const name of VARIABLES)
    out[name] = world
      .table(storeTable(name))
      .rows()
      .map((row) => celOf(row.object));
  for (const [name, value] of Object.entries(facts?.variables(world) ?? {})) out[name] = celOf(value);
  return out;
}

type CelObject = { get(key: string): unknown } | undefined;
const at = (object: unknown, ...path: readonly string[]): unknown => path.reduce((value, key) => (value as CelObject)?.get?.(key), object);
const listAt = (object: unknown, ...path: readonly string[]): readonly unknown[] => {
  const value = at(object, ...path);
  return typeof value === "object" && value !== null && Symbol.iterator in value ? [...(value as Iterable<unknown>)] : [];
};

function isReady(pod: unknown): boolean {
  return listAt(pod, "status", "conditions").some((condition) => at(condition, "type") === "Ready" && at(condition, "status") === "True");
}

function ownerOf(object: unknown): string {
  const owner = listAt(object, "metadata", "ownerReferences").find((reference) => at(reference, "controller") === true);
  return owner === undefined ? "" : `${String(at(owner, "kind"))}/${String(at(owner, "name"))}`;
}

/** `*` stands for any run of characters. */
export function matchesGlob(text: string, glob: string): boolean {
  const pattern = glob.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`, "s").test(text);
}

const RECENT: Micros = 10e6;

/** Requests that a client Pod has sent of late. The rate of errors is a percentage over the last ten seconds. */
function trafficOf(world: CheckedWorld, client: string): Map<string, unknown> {
  const mine = world
    .table(flowTable)
    .rows()
    .filter((flow) => flow.result !== undefined && flow.from.pod === client);
  const recent = mine.filter((flow) => (flow.arrivedAt ?? flow.startedAt) > world.now - RECENT);
  const failed = recent.filter((flow) => (flow.result !== "http" && flow.result !== "connected") || (flow.status ?? 0) >= 400).length;
  const backends = [...new Set(recent.flatMap((flow) => flow.endpointPod ?? []))].sort((a, b) => (a < b ? -1 : 1));
  const errorRate = recent.length === 0 ? 100 : (100 * failed) / recent.length;
  return new Map<string, unknown>([
    ["requests", BigInt(recent.length)],
    ["failed", BigInt(failed)],
    ["errorRate", errorRate],
    ["backends", backends],
  ]);
}

function readyEndpoints(world: CheckedWorld, service: string): bigint {
  let ready = 0;
  for (const { object } of world.table(storeTable("endpointslices")).rows()) {
    if (object.metadata.labels?.["kubernetes.io/service-name"] !== service) continue;
    for (const endpoint of (object as EndpointSlice).endpoints ?? []) if (endpoint.conditions?.ready !== false) ready++;
  }
  return BigInt(ready);
}

interface Look {
  readonly world: CheckedWorld;
  readonly deeds: Deeds;
  readonly facts?: Facts;
}

/** Functions over the world that `look` returns at the time of the call. */
export function functionsFor(look: () => Look): CelFunc[] {
  const { DYN, BOOL, INT, STRING } = CelScalar;
  return [
    celFunc("ready", [DYN], BOOL, (pod) => isReady(pod)),
    celFunc("terminating", [DYN], BOOL, (object) => at(object, "metadata", "deletionTimestamp") !== undefined),
    celFunc("restarts", [DYN], INT, (pod) =>
      listAt(pod, "status", "containerStatuses").reduce((sum: bigint, status) => sum + BigInt(Number(at(status, "restartCount") ?? 0)), 0n),
    ),
    celFunc("owner", [DYN], STRING, (object) => ownerOf(object)),
    celFunc("endpoints", [STRING], INT, (service) => readyEndpoints(look().world, service)),
    celFunc("traffic", [STRING], mapType(STRING, DYN), (client) => trafficOf(look().world, client) as never),
    celFunc("used", [STRING], BOOL, (glob) => look().deeds.commands.some((line) => matchesGlob(line.trim(), glob))),
    celFunc("unused", [STRING], BOOL, (glob) => !look().deeds.commands.some((line) => matchesGlob(line.trim(), glob))),
    celFunc("printed", [STRING], BOOL, (glob) => printed(look(), glob)),
    celFunc("exists", [STRING], BOOL, (path) => fileAt(look(), path) !== undefined),
    celFunc("file", [STRING], mapType(STRING, DYN), (path) => celOf(fileAt(look(), path) ?? {}) as never),
    celFunc("answer", [STRING], STRING, (id) => look().deeds.answers[id] ?? ""),
  ];
}

const fileAt = ({ world, facts }: Look, path: string): Json | undefined => facts?.file(world, path);

function printed({ world, facts }: Look, glob: string): boolean {
  if (facts?.printed(world).some((text) => text.split(/\r?\n/).some((line) => matchesGlob(line, glob))) === true) return true;
  return world
    .table(outputTable)
    .rows()
    .some((row) => row.stream !== "in" && matchesGlob(row.text, glob));
}
