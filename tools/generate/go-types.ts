/**
 * `npx tsx tools/generate/go-types.ts API_CHECKOUT APIMACHINERY_CHECKOUT TAG`: writes fixtures/schema/go-types.json, the facts of the
 * published Go types that OpenAPI does not tell: order of fields, names of types, pointers, omitempty, patch keys. Names and flags only.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const [api = "", apimachinery = "", tag = ""] = process.argv.slice(2);
const PACKAGES: Readonly<Record<string, readonly [string, string]>> = {
  core: [api, "core/v1/types.go"],
  apps: [api, "apps/v1/types.go"],
  batch: [api, "batch/v1/types.go"],
  networking: [api, "networking/v1/types.go"],
  policy: [api, "policy/v1/types.go"],
  rbac: [api, "rbac/v1/types.go"],
  scheduling: [api, "scheduling/v1/types.go"],
  storage: [api, "storage/v1/types.go"],
  coordination: [api, "coordination/v1/types.go"],
  discovery: [api, "discovery/v1/types.go"],
  autoscalingv1: [api, "autoscaling/v1/types.go"],
  autoscaling: [api, "autoscaling/v2/types.go"],
  meta: [apimachinery, "pkg/apis/meta/v1/types.go"],
};
/** How Go files name the packages they import. */
const ALIASES: Readonly<Record<string, string>> = { metav1: "meta", v1: "core", corev1: "core", apiv1: "core" };
const LEAVES: Readonly<Record<string, string>> = {
  string: "s",
  bool: "b",
  int: "i64",
  int32: "i32",
  int64: "i64",
  float64: "f64",
  "resource.Quantity": "Q",
  "intstr.IntOrString": "IS",
  "runtime.RawExtension": "R",
  "runtime.Object": "R",
};
const META_LEAVES: Readonly<Record<string, string>> = { Time: "T", MicroTime: "MT", Duration: "D", FieldsV1: "R" };

type Field = { name: string; go: string; type: string; flags: string; merge?: string; key?: string; list?: string; keys?: string[] };
interface Struct {
  embeds: (string | Field)[];
}
const structs = new Map<string, Struct>();
const named = new Map<string, { pkg: string; go: string }>();

const sources = Object.entries(PACKAGES).map(([pkg, [dir, path]]) => ({
  pkg,
  text: execFileSync("git", ["-C", dir, "show", `${tag}:${path}`], { maxBuffer: 1 << 26 }).toString("utf8"),
}));
for (const { pkg, text } of sources) {
  for (const match of text.matchAll(/^type (\w+) ((?:map\[|\[\]|\w)[^\s{]*(?:\.\w+)?)$/gm))
    named.set(`${pkg}.${match[1]}`, { pkg, go: match[2] ?? "" });
}

function goName(pkg: string, name: string): string {
  return `${pkg === "autoscaling" ? "v2" : "v1"}.${name}`;
}

/** The compact form of a Go type as seen from `pkg`; a named type keeps its name in angle brackets. */
function compact(pkg: string, go: string): string {
  if (go.startsWith("*")) return `*${compact(pkg, go.slice(1))}`;
  if (go === "[]byte") return "B";
  if (go.startsWith("[]")) return `[]${compact(pkg, go.slice(2))}`;
  const map = /^map\[[\w.]+\](.+)$/.exec(go);
  if (map) return `{}${compact(pkg, map[1] ?? "")}`;
  const leaf = LEAVES[go];
  if (leaf !== undefined) return leaf;
  const dot = go.indexOf(".");
  const alias = dot < 0 ? pkg : go.slice(0, dot);
  const name = go.slice(dot + 1);
  if (alias === "types") return `s<types.${name}>`;
  const home = dot < 0 ? pkg : (ALIASES[alias] ?? alias);
  const special = home === "meta" ? META_LEAVES[name] : undefined;
  if (special !== undefined) return special;
  const alias2 = named.get(`${home}.${name}`);
  if (alias2 !== undefined) return `${compact(home, alias2.go)}<${goName(home, name)}>`;
  return `${home}.${name}`;
}

for (const { pkg, text } of sources) {
  for (const match of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    const embeds: (string | Field)[] = [];
    let comments: string[] = [];
    for (const raw of (match[2] ?? "").split("\n")) {
      const line = raw.trim();
      if (line.startsWith("//")) {
        comments.push(line);
        continue;
      }
      const tagged = /^(?:(\w+)\s+)?([^\s`]+)\s+`(.*)`/.exec(line);
      const json = tagged ? /json:"([^"]*)"/.exec(tagged[3] ?? "")?.[1] : undefined;
      if (tagged && json !== undefined && json !== "-") {
        const [name = "", ...options] = json.split(",");
        if (name === "") {
          if (!tagged[2]?.endsWith("TypeMeta")) embeds.push(compact(pkg, tagged[2] ?? ""));
          else embeds.push("meta.TypeMeta");
        } else {
          const field: Field = { name, go: tagged[1] ?? tagged[2] ?? "", type: compact(pkg, tagged[2] ?? ""), flags: "" };
          if (options.includes("omitempty")) field.flags += "e";
          if (options.includes("omitzero")) field.flags += "z";
          const strategy = /patchStrategy:"([^"]*)"/.exec(tagged[3] ?? "")?.[1];
          const key = /patchMergeKey:"([^"]*)"/.exec(tagged[3] ?? "")?.[1];
          if (strategy) field.merge = strategy;
          if (key) field.key = key;
          for (const comment of comments) {
            const list = /^\/\/ \+listType=(\w+)/.exec(comment)?.[1];
            const listKey = /^\/\/ \+listMapKey=(\w+)/.exec(comment)?.[1];
            if (list) field.list = list;
            if (listKey) field.keys = [...(field.keys ?? []), listKey];
          }
          embeds.push(field);
        }
      }
      comments = [];
    }
    structs.set(`${pkg}.${match[1]}`, { embeds });
  }
}

function flat(id: string): Field[] {
  return (structs.get(id)?.embeds ?? []).flatMap((entry) => (typeof entry === "string" ? flat(entry.replace(/^\*/, "")) : [entry]));
}

const rows: Record<string, unknown[][]> = {};
for (const id of [...structs.keys()].sort((a, b) => (a < b ? -1 : 1))) {
  rows[id] = flat(id).map(({ name, type, flags, merge, key, list, keys }) => {
    const row: unknown[] = [name, type, flags, merge ?? "", key ?? "", list ?? "", (keys ?? []).join(",")];
    while (row.at(-1) === "") row.pop();
    return row;
  });
}
const lines = Object.entries(rows).map(([id, fields]) => `${JSON.stringify(id)}: ${JSON.stringify(fields)}`);
writeFileSync("fixtures/schema/go-types.json", `{\n${lines.join(",\n")}\n}\n`);
console.log(`${lines.length} types`);
