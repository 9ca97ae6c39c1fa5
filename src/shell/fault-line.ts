/**
 * Faults as a line of text: what the terminal's `fault` takes, what scenario files say, and what the list of equivalent commands prints.
 * `parseFault` and `faultLine` are each other's inverse.
 *
 * Not modelled: faults that come by themselves.
 */
import type { Micros } from "../sim/types";
import { parseDuration } from "./kubectl/flags";

export type Fault =
  /** A container's main process (or the first running one's) gets a signal. */
  | {
      readonly type: "fault.kill";
      readonly namespace: string;
      readonly pod: string;
      readonly container?: string;
      readonly signal?: "SIGTERM" | "SIGKILL";
    }
  | { readonly type: "fault.delete-pod"; readonly namespace: string; readonly pod: string; readonly force?: boolean }
  /** Power is lost: everything on the machine is gone; with restore it starts again. */
  | { readonly type: "fault.crash"; readonly node: string }
  | { readonly type: "fault.restore"; readonly node: string }
  /** The machine runs on, but nobody hears it. */
  | { readonly type: "fault.partition"; readonly node: string }
  | { readonly type: "fault.heal"; readonly node: string }
  | { readonly type: "fault.drain"; readonly node: string }
  /** A component's process, for example `scheduler` or `kubelet/node-a`. */
  | { readonly type: "fault.stop"; readonly component: string }
  | { readonly type: "fault.start"; readonly component: string }
  /** Every message that it sends or gets takes longer by this; 0 ends it. */
  | { readonly type: "fault.slow"; readonly component: string; readonly delay: Micros }
  /** What the API server tells a watcher: dropped, late, or not at all (a stale cache). */
  | { readonly type: "fault.watch"; readonly watcher: string; readonly mode: "drop" | "delay" | "freeze" | "none"; readonly delay?: Micros }
  /** Pulls of an image (`name*` for a prefix) fail, on one node or on all. */
  | { readonly type: "fault.fail-pull"; readonly image: string; readonly node?: string; readonly message?: string; readonly off?: boolean }
  /** A node that runs out of something. */
  | { readonly type: "fault.pressure"; readonly node: string; readonly memory?: boolean; readonly disk?: boolean; readonly pid?: boolean };

export const FAULT_USAGE = [
  "kill [NAMESPACE/]POD [CONTAINER] [SIGTERM]",
  "delete-pod [NAMESPACE/]POD [force]",
  "crash|restore|partition|heal|drain NODE",
  "stop|start COMPONENT",
  "slow COMPONENT DURATION",
  "watch WATCHER drop|freeze|none",
  "watch WATCHER delay DURATION",
  "fail-pull IMAGE [on NODE] [off]",
  "pressure NODE memory|disk|pid [off]",
] as const;

export type ParsedFault = { readonly fault: Fault } | { readonly error: string };

const usage = (): ParsedFault => ({ error: `a fault is one of: ${FAULT_USAGE.join("; ")}` });

function podOf(text: string): { namespace: string; pod: string } {
  const slash = text.indexOf("/");
  return slash < 0 ? { namespace: "default", pod: text } : { namespace: text.slice(0, slash), pod: text.slice(slash + 1) };
}

const NODE_FAULTS = new Set(["crash", "restore", "partition", "heal", "drain"]);
const MODES = new Set(["drop", "freeze", "none", "delay"]);
const RESOURCES = ["memory", "disk", "pid"] as const;

function kill(pod: string, words: readonly string[]): ParsedFault {
  const signal = words.find((word) => word === "SIGTERM" || word === "SIGKILL") as "SIGTERM" | "SIGKILL" | undefined;
  const container = words.find((word) => word !== signal);
  return {
    fault: { type: "fault.kill", ...podOf(pod), ...(container === undefined ? {} : { container }), ...(signal === undefined ? {} : { signal }) },
  };
}

function failPull(words: readonly string[]): ParsedFault {
  const [image, ...rest] = words;
  if (image === undefined) return usage();
  const on = rest.indexOf("on");
  const node = on < 0 ? undefined : rest[on + 1];
  const off = rest.includes("off");
  return { fault: { type: "fault.fail-pull", image, ...(node === undefined ? {} : { node }), ...(off ? { off } : {}) } };
}

function watch(words: readonly string[]): ParsedFault {
  const span = words.at(-1);
  const delayed = words.at(-2) === "delay" && span !== undefined ? parseDuration(span) : undefined;
  const mode = delayed === undefined ? words.at(-1) : "delay";
  const watcher = words.slice(0, delayed === undefined ? -1 : -2).join(" ");
  if (watcher === "" || mode === undefined || !MODES.has(mode) || (mode === "delay" && delayed === undefined)) return usage();
  const fault: Fault = { type: "fault.watch", watcher, mode: mode as "drop" | "delay" | "freeze" | "none" };
  return { fault: delayed === undefined ? fault : { ...fault, delay: delayed } };
}

/** Reads a line such as `crash node-a` or `slow scheduler 5s`. */
export function parseFault(line: string): ParsedFault {
  const [verb = "", ...words] = line.trim().split(/\s+/);
  const [first, second, third] = words;
  if (first === undefined) return usage();
  if (NODE_FAULTS.has(verb)) return { fault: { type: `fault.${verb}`, node: first } as Fault };
  switch (verb) {
    case "kill":
      return kill(first, words.slice(1));
    case "delete-pod":
      return { fault: { type: "fault.delete-pod", ...podOf(first), ...(second === "force" ? { force: true } : {}) } };
    case "stop":
    case "start":
      return { fault: { type: `fault.${verb}`, component: first } };
    case "slow": {
      const delay = second === undefined ? undefined : parseDuration(second);
      return delay === undefined ? usage() : { fault: { type: "fault.slow", component: first, delay } };
    }
    case "watch":
      return watch(words);
    case "fail-pull":
      return failPull(words);
    case "pressure":
      if (second !== "memory" && second !== "disk" && second !== "pid") return usage();
      return { fault: { type: "fault.pressure", node: first, [second]: third !== "off" } as Fault };
    default:
      return usage();
  }
}

const spanText = (micros: Micros): string => (micros % 1000 === 0 ? (micros % 1e6 === 0 ? `${micros / 1e6}s` : `${micros / 1000}ms`) : `${micros}us`);
const podText = ({ namespace, pod }: { readonly namespace: string; readonly pod: string }): string =>
  namespace === "default" ? pod : `${namespace}/${pod}`;
const given = (...words: readonly (string | undefined | false)[]): string => words.filter((word) => typeof word === "string").join(" ");

function wordsOf(fault: Fault): readonly string[] {
  switch (fault.type) {
    case "fault.kill":
      return [given("kill", podText(fault), fault.container, fault.signal)];
    case "fault.delete-pod":
      return [given("delete-pod", podText(fault), fault.force === true && "force")];
    case "fault.stop":
    case "fault.start":
      return [`${fault.type.slice(6)} ${fault.component}`];
    case "fault.slow":
      return [`slow ${fault.component} ${spanText(fault.delay)}`];
    case "fault.watch":
      return [given("watch", fault.watcher, fault.mode, fault.mode === "delay" && spanText(fault.delay ?? 0))];
    case "fault.fail-pull":
      return [given("fail-pull", fault.image, fault.node !== undefined && `on ${fault.node}`, fault.off === true && "off")];
    case "fault.pressure":
      return RESOURCES.filter((name) => fault[name] !== undefined).map((name) => given("pressure", fault.node, name, fault[name] === false && "off"));
    default:
      return [`${fault.type.slice(6)} ${fault.node}`];
  }
}

/** What a word must be to mean itself in the shell. */
const PLAIN = /^[\w./:@%+,=-]+$/;
const quoted = (word: string): string => (PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The terminal's line that causes a fault. */
export function faultLine(fault: Fault): string {
  return wordsOf(fault)
    .map((words) => ["fault", ...words.split(" ").map(quoted)].join(" "))
    .join("; ");
}
