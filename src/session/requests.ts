/** Answers to questions that a state does not carry. */
import { RESOURCES, resourceNamed } from "../kube/apis/resources";
import { storeTable } from "../kube/apiserver/storage/store";
import { complete } from "../shell/completion";
import { fileTable, terminalTable } from "../shell/tables";
import type { Timeline } from "../sim/timeline";
import type { Json } from "../sim/types";
import { clusterView } from "../stage/readmodel/cluster-view";
import { countedOf } from "../stage/readmodel/counted";
import { gridView } from "../stage/readmodel/grid-view";
import { tableView } from "../stage/readmodel/table-view";
import type { Branches } from "./branches";
import type { ObjectDifference, SessionRequest } from "./types";

type Asked = Exclude<SessionRequest, { readonly kind: "record" | "extension" }>;

export function answer(request: Asked, timeline: Timeline, branches: Branches): Json {
  switch (request.kind) {
    case "hash":
      return timeline.hash();
    case "objects":
      return objectsOf(timeline, request.resource);
    case "text":
      return tableView(clusterView(timeline, {})) as unknown as Json;
    case "grid":
      return (gridView(timeline, request.uid) ?? null) as Json;
    case "counted":
      return countedOf(timeline, request.uid) as unknown as Json;
    case "compare":
      return compareBranches(branches, request) as unknown as Json;
    case "cluster": {
      const other = branches.reading(request.branch);
      return other === undefined ? null : (clusterView(other.timeline) as unknown as Json);
    }
    case "why":
      return branches.ground?.why(timeline, request.uid) ?? [];
    case "complete":
      return completion(request.terminal, request.line, request.cursor, timeline);
  }
}

function objectsOf(timeline: Timeline, resource: string): Json {
  if (resourceNamed(resource) === undefined) return [];
  return timeline
    .table(storeTable(resource))
    .rows()
    .map((row) => row.object as unknown as Json);
}

function completion(terminal: string, line: string, cursor: number, timeline: Timeline): Json {
  const row = timeline.table(terminalTable).get(`terminal/${terminal}`);
  const snapshot = {
    namespace: row?.namespace ?? "default",
    files: timeline.table(fileTable).keys(),
    names: (resource: string, namespace: string | undefined): readonly string[] => {
      if (resourceNamed(resource) === undefined) return [];
      const rows = timeline.table(storeTable(resource)).rows();
      return rows
        .filter(({ object }) => namespace === undefined || (object.metadata.namespace ?? namespace) === namespace)
        .map(({ object }) => object.metadata.name);
    },
  };
  return complete(line, cursor, snapshot) as unknown as Json;
}

/** Differences that tell branches apart only because time passed are left out. */
const RESTLESS: ReadonlySet<string> = new Set(["leases", "events"]);
const UNTOLD: ReadonlySet<string> = new Set(["metadata.resourceVersion", "metadata.uid", "metadata.creationTimestamp"]);

/** Reads a timeline as it stood at a time that was played; it stands where it stood afterwards. */
function readAt<T>(timeline: Timeline, at: number, read: () => T): T {
  const { now, position } = timeline;
  if (at === now) return read();
  timeline.seek(at);
  const found = read();
  if (timeline.positionAt(now) === position) timeline.seek(now);
  else timeline.seekPosition(position);
  return found;
}

function compareBranches(branches: Branches, request: Extract<SessionRequest, { readonly kind: "compare" }>): readonly ObjectDifference[] {
  const [a, b] = [branches.reading(request.a), branches.reading(request.b)];
  if (a === undefined || b === undefined) return [];
  const both = (): readonly ObjectDifference[] => compare(a.timeline, b.timeline);
  if (request.at === undefined) return both();
  const at = Math.max(0, Math.min(request.at, a.head, b.head));
  return readAt(a.timeline, at, () => readAt(b.timeline, at, both));
}

export function compare(a: Timeline | undefined, b: Timeline | undefined): readonly ObjectDifference[] {
  const out: ObjectDifference[] = [];
  if (a === undefined || b === undefined) return out;
  for (const { name: resource } of RESOURCES) {
    if (RESTLESS.has(resource)) continue;
    const [left, right] = [a.table(storeTable(resource)), b.table(storeTable(resource))];
    const keys = [...new Set([...left.keys(), ...right.keys()])].sort((x, y) => (x < y ? -1 : 1));
    for (const key of keys) {
      const [one, other] = [left.get(key)?.object, right.get(key)?.object];
      if (one === other) continue;
      if (one === undefined || other === undefined) {
        out.push({ resource, key, side: one === undefined ? "b" : "a" });
        continue;
      }
      const paths = differingPaths(one as unknown as Json, other as unknown as Json, "").filter(
        (path) => !UNTOLD.has(path) && !/Time$|Timestamp$/.test(path),
      );
      if (paths.length > 0) out.push({ resource, key, side: "both", paths });
    }
  }
  return out;
}

function differingPaths(a: Json | undefined, b: Json | undefined, path: string): readonly string[] {
  if (a === b) return [];
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return [path];
  const [left, right] = [a as { readonly [key: string]: Json | undefined }, b as { readonly [key: string]: Json | undefined }];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return keys.flatMap((key) => differingPaths(left[key], right[key], path === "" ? key : `${path}.${key}`));
}
