/** Faults as a line of text: what scenario files and the lab's command line say. */
import { parseDuration } from "../shell/kubectl/flags";
import type { Fault } from "./faults";

export const FAULT_USAGE = [
  "kill [NAMESPACE/]POD [CONTAINER]",
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
      return { fault: { type: "fault.kill", ...podOf(first), ...(second === undefined ? {} : { container: second }) } };
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
