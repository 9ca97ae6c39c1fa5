/**
 * Faults as a person names them, `fault/main`: each is one input, which this actor turns into what it means for the components below
 * (a machine is several actors). So a fault replays, rewinds and travels with a link.
 *
 * Interface: faultActor; `src/shell/fault-line.ts` lists the faults. Not modelled: faults that come by themselves.
 */
import { nodeTable } from "../kube/kubelet/tables";
import { dropStreams } from "../kube/apiserver/proxy";
import { storeTable } from "../kube/apiserver/storage/store";
import { dropOutside } from "../kube/apiserver/watch/outside";
import type { Pod } from "../kube/apis/objects";
import { defineDelay, delayOf } from "../sim/delays";
import { seconds } from "../sim/time";
import type { Fault } from "../shell/fault-line";
import type { Actor, Address, Message, Micros, Tx } from "../sim/types";
import { processesOf } from "./static-pods";

const SOON: Micros = 1;
const PROCESS_RESTART = defineDelay({
  name: "world.process-restart",
  real: seconds(2),
  teaching: seconds(4),
  source: "chosen: the kubelet notices and starts the container",
});
const FAULTS = "sim/faults";

const addressOf = (component: string): Address => (component.includes("/") ? component : `${component}/main`);
/** The actors of one machine. */
const crewOf = (node: string): readonly Address[] => [`kubelet/${node}`, `containerd/${node}`, `kube-proxy/${node}`, `net/${node}`];

const send = (tx: Tx, to: Address, message: object, delay: Micros = SOON): void => {
  tx.send(to, message as Message, delay);
};

const link = (tx: Tx, from: string, to: string, change: { readonly drop?: boolean; readonly delay?: Micros }): void =>
  send(tx, FAULTS, { type: "sim.link", from, to, ...change });

function both(tx: Tx, a: string, b: string, change: { readonly drop?: boolean; readonly delay?: Micros }): void {
  link(tx, a, b, change);
  link(tx, b, a, change);
}

/** Cuts a machine off from the API server and from the other machines, or joins it again. */
function partition(tx: Tx, node: string, drop: boolean): void {
  for (const address of crewOf(node)) both(tx, address, "apiserver/*", { drop });
  both(tx, `net/${node}`, "dns/*", { drop });
  for (const { config } of tx.read(nodeTable).rows()) {
    if (config.name === node) continue;
    both(tx, `net/${node}`, `net/${config.name}`, { drop });
    both(tx, `net/${node}`, `containerd/${config.name}`, { drop });
    both(tx, `containerd/${node}`, `net/${config.name}`, { drop });
  }
}

function podOf(tx: Tx, namespace: string, name: string): Pod | undefined {
  return tx.read(storeTable("pods")).get(`${namespace}/${name}`)?.object as Pod | undefined;
}

/** With the API server's process the connections of its clients end; components find out when they next ask. */
function stop(tx: Tx, actor: Address): void {
  send(tx, FAULTS, { type: "sim.stop", actor });
  if (actor !== "apiserver/main") return;
  dropOutside(tx);
  dropStreams(tx);
}

function kill(tx: Tx, fault: Extract<Fault, { readonly type: "fault.kill" }>): void {
  const { namespace, pod, container, signal } = fault;
  const node = podOf(tx, namespace, pod)?.spec.nodeName;
  if (node === undefined) return;
  const part = { ...(container === undefined ? {} : { container }), ...(signal === undefined ? {} : { signal }) };
  send(tx, `containerd/${node}`, { type: "kubelet.kill", namespace, pod, ...part });
  // A container of the control plane is an actor: it goes, and comes back when the kubelet has started it again.
  for (const actor of processesOf(namespace, pod)) {
    stop(tx, actor);
    send(tx, FAULTS, { type: "sim.start", actor }, delayOf(tx, PROCESS_RESTART));
  }
}

function deletePod(tx: Tx, { namespace, pod, force }: Extract<Fault, { readonly type: "fault.delete-pod" }>): void {
  const query = force === true ? { gracePeriodSeconds: "0" } : undefined;
  const request = {
    method: "DELETE",
    path: `/api/v1/namespaces/${namespace}/pods/${pod}`,
    ...(query === undefined ? {} : { query }),
    user: "kubectl",
  };
  send(tx, "apiserver/main", { type: "api.request", id: 0, replyTo: "", request });
}

function failPull(tx: Tx, { image, node, message, off }: Extract<Fault, { readonly type: "fault.fail-pull" }>): void {
  const names = node === undefined ? tx.read(nodeTable).keys() : [node];
  const part = { ...(message === undefined ? {} : { message }), ...(off === undefined ? {} : { off }) };
  for (const name of names) send(tx, `kubelet/${name}`, { type: "kubelet.fail-pull", image, ...part });
}

function crash(tx: Tx, node: string): void {
  send(tx, `kubelet/${node}`, { type: "kubelet.crash" });
  for (const actor of crewOf(node)) send(tx, FAULTS, { type: "sim.stop", actor }, SOON + 1);
}

function onFault(tx: Tx, fault: Fault): void {
  switch (fault.type) {
    case "fault.kill":
      return kill(tx, fault);
    case "fault.delete-pod":
      return deletePod(tx, fault);
    case "fault.crash":
      return crash(tx, fault.node);
    case "fault.restore":
      for (const actor of crewOf(fault.node)) send(tx, FAULTS, { type: "sim.start", actor });
      return;
    case "fault.partition":
      return partition(tx, fault.node, true);
    case "fault.heal":
      return partition(tx, fault.node, false);
    case "fault.drain":
      return send(tx, "terminal/1", {
        type: "terminal.type",
        line: `kubectl drain ${fault.node} --ignore-daemonsets --delete-emptydir-data --force`,
      });
    case "fault.stop":
      return stop(tx, addressOf(fault.component));
    case "fault.start":
      return send(tx, FAULTS, { type: "sim.start", actor: addressOf(fault.component) });
    case "fault.slow":
      return both(tx, addressOf(fault.component), "*", { delay: fault.delay });
    case "fault.watch":
      return send(tx, "apiserver/main", fault);
    case "fault.fail-pull":
      return failPull(tx, fault);
    case "fault.pressure": {
      const { node, memory, disk, pid } = fault;
      return send(tx, `kubelet/${node}`, { type: "kubelet.pressure", memory, disk, pid });
    }
  }
}

export const faultActor: Actor = {
  kind: "fault",
  receive(tx: Tx, _name: string, message: Message): void {
    if (message.type.startsWith("fault.")) onFault(tx, message as Fault);
  },
};
