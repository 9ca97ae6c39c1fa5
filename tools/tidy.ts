/**
 * The style guide as a test: who may import whom (docs/ARCHITECTURE.md), what the deterministic core may not contain, how long a file
 * may be, no Hangul outside locale and content files. Prints each breach with its place; exit 1 when there is one.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** Layer → layers it may import. A layer may always import itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  sim: [],
  hypervisor: ["sim"],
  net: ["sim"],
  linux: ["sim", "net"],
  cri: ["sim"],
  cloud: ["sim"],
  oci: ["sim", "cri", "net", "linux"],
  kube: ["sim", "cri"],
  world: ["sim", "hypervisor", "net", "linux", "cri", "cloud", "oci", "kube", "shell"],
  session: ["sim", "world", "shell", "stage/readmodel", "kube/apis", "kube/apiserver/storage", "kube/scheduler"],
  shell: [
    "sim",
    "kube/apis",
    "kube/apiserver/door",
    "linux/errno",
    "linux/fs/types",
    "linux/fs/differences",
    "linux/net/address",
    "linux/net/model",
    "linux/program",
    "linux/syscalls",
    "linux/types",
    "linux/namespace/table",
    "linux/process/capability-names",
    "linux/process/signal-names",
    "linux/process/task",
    "locales/manual",
  ],
  "stage/readmodel": [
    "sim",
    "linux",
    "kube/apis",
    "kube/apiserver",
    "kube/client",
    "kube/controllers",
    "kube/scheduler",
    "kube/kubelet",
    "kube/proxy",
  ],
  "stage/scene": ["stage/readmodel"],
  stage: ["sim", "stage/readmodel", "stage/scene", "session"],
  course: ["sim", "session", "stage", "shell", "world", "kube/apis", "kube/apiserver/storage", "kube/proxy/tables"],
  app: ["sim", "session", "stage", "shell", "course", "kube/apis", "locales"],
  serve: ["sim", "session", "kube/apis/schema", "kube/apiserver/door", "world"],
  locales: [],
};
const CORE = ["sim", "hypervisor", "net", "linux", "cri", "oci", "kube", "cloud", "world"];
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b|\bnew Date\(|\bperformance\.now\b/, "a clock"],
  [/\bMath\.(random|log|log2|log10|exp|pow|sin|cos|tan)\b/, "randomness or inexact mathematics"],
  [/\basync\b|\bawait\b|\bPromise\b/, "asynchrony"],
  [/\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/, "a timer"],
  [/^(export )?let /, "module-level state"],
  [/\.(sort|toSorted)\(\)/, "a sort without comparator"],
  [/\blocaleCompare\b|\bIntl\b/, "locale"],
];
const LONGEST = 400;
const breaches: string[] = [];

function walk(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? walk(path) : [path];
    });
}

function layerOf(path: string): string {
  const parts = relative("src", path).split("/");
  const two = parts.slice(0, 2).join("/");
  return two in MAY_IMPORT ? two : (parts[0] ?? "");
}

function allowed(from: string, target: string): boolean {
  const own = layerOf(from);
  const inside = relative("src", target);
  if (layerOf(target) === own || layerOf(target).startsWith(`${own}/`)) return true;
  return (MAY_IMPORT[own] ?? []).some((prefix) => inside === prefix || inside.startsWith(`${prefix}/`));
}

function imports(path: string, text: string): void {
  for (const match of text.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g)) {
    const target = resolve(dirname(path), match[1] ?? "");
    if (!target.startsWith(resolve("src"))) continue;
    if (!allowed(path, target)) breaches.push(`${path}: ${layerOf(path)} may not import ${relative("src", target)}`);
  }
}

for (const path of walk("src").filter((file) => /\.(ts|tsx)$/.test(file))) {
  const text = readFileSync(path, "utf8");
  const test = /\.(test|bench)\.tsx?$/.test(path);
  const lines = text.split("\n");
  if (!test) imports(path, text);
  if (!test && !/generated/.test(path) && lines.length > LONGEST) breaches.push(`${path}: ${lines.length} lines, at most ${LONGEST}`);
  if (/[가-힣]/.test(text) && !/locales|content|\.test\./.test(path)) breaches.push(`${path}: Korean text belongs into a locale or content file`);
  if (test || !CORE.includes(layerOf(path).split("/")[0] ?? "")) continue;
  for (const [index, line] of lines.entries()) {
    if (/^\s*(\*|\/\/|\/\*)/.test(line)) continue;
    const code = line.replace(/(["'`])(?:\\.|(?!\1).)*\1/g, '""').replace(/\/\/.*$/, "");
    for (const [pattern, what] of BANNED) if (pattern.test(code)) breaches.push(`${path}:${index + 1}: ${what} in the deterministic core`);
  }
}
for (const breach of breaches) console.log(breach);
console.log(`tidy: ${breaches.length} breaches`);
process.exitCode = breaches.length > 0 ? 1 : 0;
