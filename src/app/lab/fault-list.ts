/**
 * Faults a person can cause from the page, and the way back from those that are active. Each is an input of the session: it replays,
 * rewinds and travels with a link. Only what applies is offered: nothing stopped can be stopped, nothing that works be mended.
 */
import { type Fault, parseFault } from "../../shell/fault-line";
import type { FaultView, Session, SessionState } from "../../session/types";
import type { ClusterView, ComponentView, NodeView, Words } from "../../stage/readmodel/types";

export type Group = "pod" | "node" | "component" | "image";
export const GROUPS: readonly Group[] = ["pod", "node", "component", "image"];

/** A fault, or a command typed in the terminal. */
export type Deed = Fault | { readonly type: "command"; readonly line: string };

export interface Choice {
  /** Key of what it does, under `app.faults.do`. */
  readonly verb: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly deed: Deed;
}

export interface Breakable {
  readonly id: string;
  readonly group: Group;
  readonly what: Words;
  readonly choices: readonly Choice[];
}

export interface Broken {
  readonly id: string;
  readonly what: Words;
  /** Key of what is the matter, under `app.faults.is`, and of the way back, under `app.faults.back`. */
  readonly matter: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly back: string;
  readonly mends: Deed;
}

type World = Pick<SessionState, "cluster" | "faults">;

const SLOW_MICROS = 5_000_000;
const named = (name: string): Words => ({ key: "stage.who.other", params: { name } });

function has(faults: readonly FaultView[], type: Fault["type"], field: string, value: string): boolean {
  return faults.some(({ fault }) => fault.type === type && (fault as unknown as Readonly<Record<string, unknown>>)[field] === value);
}

function podChoices({ cluster }: World): readonly Breakable[] {
  // On a machine without power nothing runs, whatever was last reported.
  const down = new Set(cluster.nodes.filter((node) => node.stopped).map((node) => node.name));
  return cluster.pods
    .filter((pod) => pod.deletedAt === undefined && !down.has(pod.node ?? "") && pod.containers.some(({ state }) => state === "running"))
    .map(({ uid, name, namespace, containers }): Breakable => {
      const running = containers.filter(({ state }) => state === "running");
      const choices = running.map(({ name: container }): Choice => {
        if (containers.length === 1) return { verb: "kill", deed: { type: "fault.kill", namespace, pod: name } };
        return { verb: "killContainer", params: { container }, deed: { type: "fault.kill", namespace, pod: name, container } };
      });
      return { id: uid, group: "pod", what: named(name), choices };
    });
}

function nodeChoices(node: NodeView, faults: readonly FaultView[]): Breakable {
  const { name, uid } = node;
  const kubelet = `kubelet/${name}`;
  const choices: (Choice | false)[] = [
    !node.stopped && { verb: "crash", deed: { type: "fault.crash", node: name } },
    !node.stopped && !node.cutOff && { verb: "partition", deed: { type: "fault.partition", node: name } },
    !node.stopped && !has(faults, "fault.stop", "component", kubelet) && { verb: "stopKubelet", deed: { type: "fault.stop", component: kubelet } },
    !node.cordoned && {
      verb: "drain",
      deed: { type: "command", line: `kubectl drain ${name} --ignore-daemonsets --delete-emptydir-data --force` },
    },
    !node.stopped && !has(faults, "fault.pressure", "node", name) && { verb: "fill", deed: { type: "fault.pressure", node: name, disk: true } },
  ];
  return { id: uid, group: "node", what: named(name), choices: choices.filter((choice) => choice !== false) };
}

function componentChoices({ address, who, running }: ComponentView, faults: readonly FaultView[]): Breakable {
  const component = address.replace(/\/main$/, "");
  const choices: (Choice | false)[] = [
    running && { verb: "stop", deed: { type: "fault.stop", component } },
    !has(faults, "fault.slow", "component", component) && { verb: "slow", deed: { type: "fault.slow", component, delay: SLOW_MICROS } },
  ];
  if (component !== "apiserver" && !has(faults, "fault.watch", "watcher", address)) {
    choices.push({ verb: "freeze", deed: { type: "fault.watch", watcher: address, mode: "freeze" } });
    choices.push({ verb: "late", deed: { type: "fault.watch", watcher: address, mode: "delay", delay: SLOW_MICROS } });
  }
  return { id: address, group: "component", what: who, choices: choices.filter((choice) => choice !== false) };
}

const componentsOf = (cluster: ClusterView): readonly ComponentView[] => [
  ...cluster.components,
  ...cluster.nodes.filter((node) => node.controlPlane).flatMap((node) => node.components.filter(({ address }) => !address.startsWith("kubelet/"))),
];

/** All that can be broken here. */
export function breakables(world: World): readonly Breakable[] {
  const { cluster, faults } = world;
  const images = [...new Set(cluster.pods.flatMap((pod) => pod.containers.map((container) => container.image)))];
  return [
    ...podChoices(world),
    ...cluster.nodes.filter((node) => !node.controlPlane).map((node) => nodeChoices(node, faults)),
    ...componentsOf(cluster).map((component) => componentChoices(component, faults)),
    ...images
      .filter((image) => !has(faults, "fault.fail-pull", "image", image))
      .map(
        (image): Breakable => ({
          id: image,
          group: "image",
          what: named(image),
          choices: [{ verb: "failPull", deed: { type: "fault.fail-pull", image } }],
        }),
      ),
  ].filter(({ choices }) => choices.length > 0);
}

function matterOf(fault: Fault): { readonly matter: string; readonly params?: Readonly<Record<string, string | number>> } {
  if (fault.type === "fault.slow") return { matter: "slow", params: { seconds: fault.delay / 1e6 } };
  if (fault.type === "fault.watch" && fault.mode === "delay") return { matter: "late", params: { seconds: (fault.delay ?? 0) / 1e6 } };
  if (fault.type === "fault.watch") return { matter: "silent" };
  if (fault.type === "fault.pressure") return { matter: fault.memory === true ? "noMemory" : fault.disk === true ? "noDisk" : "noPids" };
  if (fault.type === "fault.fail-pull")
    return fault.node === undefined ? { matter: "failPull" } : { matter: "failPullOn", params: { node: fault.node } };
  return { matter: fault.type.slice("fault.".length) };
}

/** All that is broken here, each with its way back. A node that takes no Pods is no fault, but stands for the drain that made it so. */
export function brokenNow({ cluster, faults }: World): readonly Broken[] {
  const out = faults.map(({ fault, mends, what }): Broken => {
    const { matter, params = {} } = matterOf(fault);
    return { id: JSON.stringify(fault), what, matter, params, back: matter.replace(/On$/, ""), mends };
  });
  const cordoned = cluster.nodes.filter((node) => node.cordoned);
  return [
    ...out,
    ...cordoned.map(({ name }): Broken => {
      const mends: Deed = { type: "command", line: `kubectl uncordon ${name}` };
      return { id: `cordoned ${name}`, what: named(name), matter: "cordoned", params: {}, back: "cordoned", mends };
    }),
  ];
}

export function perform(session: Session, deed: Deed): void {
  if (deed.type === "command") session.type("1", deed.line);
  else session.submit("fault/main", { ...deed });
}

/** A fault as a deck's beats write it: `crash node-a`, `stop scheduler`, `kill web-abc`. */
export function faultOfLine(line: string): Fault | undefined {
  const parsed = parseFault(line);
  return "fault" in parsed ? parsed.fault : undefined;
}
