/**
 * What Tab offers: programs, kubectl's commands, flags and values, resource types, names of objects there are, files. Pure.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/util/completion/completion.go
 */
import { RESOURCES } from "../kube/apis/resources";
import { COMMANDS } from "./kubectl/commands";
import { GENERATORS } from "./kubectl/generators";
import { resourceOfWord } from "./kubectl/mapper";
import { entriesOf, resolvePath } from "./paths";
import { PROGRAMS } from "./programs";

export interface Completed {
  /** Where the word that is replaced begins. */
  readonly from: number;
  /** Whole words, ascending. One that ends with `/` or `=` goes on. */
  readonly candidates: readonly string[];
}

export interface CompletionSnapshot {
  readonly namespace: string;
  readonly files: readonly string[];
  readonly cwd?: string;
  names(resource: string, namespace: string | undefined): readonly string[];
}

const SUBCOMMANDS: Readonly<Record<string, readonly string[]>> = {
  rollout: ["history", "pause", "restart", "resume", "status", "undo"],
  set: ["env", "image", "resources", "selector", "serviceaccount"],
  config: ["current-context", "get-contexts", "set-context", "use-context", "view"],
  auth: ["can-i", "whoami"],
  top: ["node", "pod"],
  create: [...new Set([...GENERATORS.keys(), "token"].map((name) => name.split(" ")[0] ?? ""))],
};
const SECRETS = ["docker-registry", "generic"];
const SERVICES = ["clusterip", "externalname", "loadbalancer", "nodeport"];

const ON_TYPES = new Set(["get", "describe", "delete", "edit", "label", "annotate", "patch", "scale", "expose", "wait", "explain", "autoscale"]);
const ON_NODES = new Set(["cordon", "uncordon", "drain"]);
const ON_PODS = new Set(["logs", "exec", "attach", "port-forward"]);
const WORKLOADS = ["deployments"];

const COMMON_FLAGS = ["--namespace=", "-n"];
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  get: [
    "-o",
    "--output=",
    "-w",
    "--watch",
    "-A",
    "--all-namespaces",
    "-l",
    "--selector=",
    "--field-selector=",
    "--sort-by=",
    "--show-labels",
    "-L",
    "--label-columns=",
    "--no-headers",
    "--ignore-not-found",
  ],
  describe: ["-A", "--all-namespaces", "-l", "--selector=", "-f", "--filename="],
  apply: ["-f", "--filename=", "-R", "--recursive", "--dry-run=", "--server-side", "--force-conflicts", "--force", "--validate=", "-o", "--output="],
  create: [
    "-f",
    "--filename=",
    "--dry-run=",
    "-o",
    "--output=",
    "--image=",
    "--replicas=",
    "--port=",
    "--from-literal=",
    "--from-file=",
    "--tcp=",
    "--save-config",
  ],
  delete: [
    "-f",
    "--filename=",
    "--all",
    "-l",
    "--selector=",
    "--force",
    "--grace-period=",
    "--now",
    "--cascade=",
    "--wait=",
    "--ignore-not-found",
    "--dry-run=",
  ],
  run: ["--image=", "--port=", "--env=", "--labels=", "-l", "--restart=", "--command", "--dry-run=", "-o"],
  expose: ["--port=", "--target-port=", "--name=", "--type=", "--protocol=", "--dry-run=", "-o"],
  scale: ["--replicas=", "--current-replicas=", "-f", "--timeout="],
  rollout: ["--timeout=", "--revision=", "--to-revision=", "-w", "--watch="],
  logs: [
    "-f",
    "--follow",
    "--tail=",
    "-p",
    "--previous",
    "-c",
    "--container=",
    "--all-containers",
    "-l",
    "--selector=",
    "--timestamps",
    "--since=",
    "--prefix",
  ],
  exec: ["-it", "-c", "--container=", "--"],
  label: ["--overwrite", "--all", "-l", "--list"],
  annotate: ["--overwrite", "--all", "-l", "--list"],
  patch: ["-p", "--patch=", "--type=", "--dry-run="],
  drain: ["--ignore-daemonsets", "--delete-emptydir-data", "--force", "--grace-period=", "--timeout="],
  taint: ["--overwrite", "--all"],
  wait: ["--for=", "--timeout=", "-l", "--all"],
  events: ["--for=", "--types=", "-w", "--watch", "-A"],
  set: ["--limits=", "--requests=", "-c", "--list", "--from="],
  diff: ["-f", "--filename="],
  replace: ["-f", "--filename=", "--force"],
};
const FORMATS = ["custom-columns=", "go-template=", "json", "jsonpath=", "kyaml", "name", "wide", "yaml"];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  "-o": FORMATS,
  "--output": FORMATS,
  "--dry-run": ["client", "none", "server"],
  "--cascade": ["background", "foreground", "orphan"],
  "--type": ["ClusterIP", "LoadBalancer", "NodePort", "json", "merge", "strategic"],
  "--for": ["condition=Available", "condition=Ready", "create", "delete", "jsonpath="],
  "--restart": ["Always", "Never", "OnFailure"],
  "--validate": ["ignore", "strict", "warn"],
};

const byCode = (a: string, b: string): number => (a < b ? -1 : 1);

export function complete(line: string, cursor: number, snapshot: CompletionSnapshot): Completed {
  const before = line.slice(0, cursor);
  const segment = before.slice(Math.max(...["|", ";", "&", "(", "\n"].map((mark) => before.lastIndexOf(mark))) + 1);
  const words = segment.trimStart().split(/\s+/);
  const current = words.pop() ?? "";
  const from = cursor - current.length;
  const options = candidatesFor(words, current, snapshot);
  const candidates = [...new Set(options)].filter((word) => word.startsWith(current) && word !== current).sort(byCode);
  return { from, candidates };
}

function candidatesFor(words: readonly string[], current: string, snapshot: CompletionSnapshot): readonly string[] {
  const [program, ...rest] = words;
  if (program === undefined) return [...PROGRAMS.keys()];
  if (/^[<>]+$/.test(words.at(-1) ?? "")) return files(current, snapshot);
  if (program === "kubectl" || program === "k") return kubectlWords(rest, current, snapshot);
  if (program === "watch" || program === "xargs") return rest.length === 0 ? [...PROGRAMS.keys()] : candidatesFor(rest, current, snapshot);
  return current.startsWith("-") ? [] : files(current, snapshot);
}

/** Workspace entries, as typed so far. */
function files(current: string, snapshot: CompletionSnapshot): readonly string[] {
  const slash = current.lastIndexOf("/");
  const folder = slash < 0 ? "" : current.slice(0, slash + 1);
  const path = resolvePath(snapshot.cwd ?? "", folder === "" ? "." : folder);
  return path === undefined ? [] : entriesOf(snapshot.files, path).map((name) => folder + name);
}

function namespaceOf(words: readonly string[], snapshot: CompletionSnapshot): string {
  for (const [i, word] of words.entries()) {
    if (word === "-n" || word === "--namespace") return words[i + 1] ?? snapshot.namespace;
    if (word.startsWith("--namespace=")) return word.slice("--namespace=".length);
  }
  return snapshot.namespace;
}

function kubectlWords(words: readonly string[], current: string, snapshot: CompletionSnapshot): readonly string[] {
  const last = words.at(-1) ?? "";
  const inline = /^(--[a-z-]+)=(.*)$/.exec(current);
  const flag = inline?.[1] ?? last;
  const prefix = inline === null ? "" : `${inline[1]}=`;
  if (flag === "-n" || flag === "--namespace") return snapshot.names("namespaces", undefined).map((name) => prefix + name);
  if (flag === "-f" || flag === "--filename" || flag === "--from-file" || flag === "--patch-file") {
    const verb = words.find((word) => !word.startsWith("-"));
    if (verb !== "logs" || flag !== "-f") return files(inline?.[2] ?? current, snapshot).map((name) => prefix + name);
  }
  const values = VALUES[flag];
  if (values !== undefined && (inline !== null || flag.startsWith("-"))) return values.map((value) => prefix + value);
  const plain = words.filter((word, i) => !word.startsWith("-") && !/^(-n|--namespace|-f|-l|-o|-c|-L|-p)$/.test(words[i - 1] ?? ""));
  const [verb, ...args] = plain;
  if (verb === undefined) return [...COMMANDS.keys()];
  if (current.startsWith("-")) return [...(FLAGS[verb] ?? []), ...COMMON_FLAGS];
  return argumentsOf(verb, args, current, namespaceOf(words, snapshot), snapshot);
}

const TYPES: readonly string[] = RESOURCES.map((resource) => resource.name);
const named = (snapshot: CompletionSnapshot, resource: string, namespace: string, prefix = ""): readonly string[] =>
  snapshot.names(resource, namespace).map((name) => prefix + name);

function argumentsOf(verb: string, args: readonly string[], current: string, namespace: string, snapshot: CompletionSnapshot): readonly string[] {
  const subcommands = SUBCOMMANDS[verb];
  if (subcommands !== undefined && args.length === 0) return subcommands;
  if (verb === "create" && args.length === 1) return args[0] === "secret" ? SECRETS : args[0] === "service" ? SERVICES : [];
  const slash = current.indexOf("/");
  if (slash > 0) {
    const resource = resourceOfWord(current.slice(0, slash));
    return resource === undefined ? [] : named(snapshot, resource.name, namespace, current.slice(0, slash + 1));
  }
  if (ON_NODES.has(verb)) return named(snapshot, "nodes", namespace);
  if (verb === "taint") return args.length === 0 ? ["nodes"] : named(snapshot, "nodes", namespace);
  if (ON_PODS.has(verb))
    return args.length > 0
      ? []
      : [...named(snapshot, "pods", namespace), ...WORKLOADS.flatMap((type) => named(snapshot, type, namespace, "deployment/"))];
  if (verb === "rollout" || verb === "set") {
    if (args.length === 1) return [...named(snapshot, "deployments", namespace, "deployment/"), "deployment"];
    return args[1] === "deployment" ? named(snapshot, "deployments", namespace) : [];
  }
  if (!ON_TYPES.has(verb)) return [];
  const [type] = args;
  if (type === undefined) return [...TYPES, ...(verb === "get" || verb === "delete" ? ["all"] : [])];
  const resource = resourceOfWord(type.split(",").at(-1) ?? "");
  return resource === undefined ? [] : named(snapshot, resource.name, namespace).filter((name) => !args.includes(name));
}
