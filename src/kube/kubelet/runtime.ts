/**
 * `containerd/NODE`: the machine's container runtime, where the containers' processes live. They run, answer requests and end whether or
 * not the kubelet does; it hears of it when it lists them again.
 *
 * Not modelled: the CRI's calls themselves; the kubelet decides and this plays what it decided.
 */
import type { Actor, Message, Tx } from "../../sim/types";
import { containerExited } from "./container-end";
import { killContainer, renewRuntime } from "./machine";
import type { ExitCause, KubeletInput } from "./messages";
import { networkMessage } from "./pod-network";
import { processMessage } from "./processes";
import { containerOf, savePod } from "./rows";
import { podTable } from "./tables";

interface Exited extends Message {
  readonly type: "kubelet.exited";
  readonly uid: string;
  readonly container: string;
  readonly attempt: number;
  readonly code: number;
  readonly cause: ExitCause;
}

function exited(tx: Tx, message: Exited): void {
  const row = tx.read(podTable).get(message.uid);
  if (row && containerOf(row, message.container)?.restartCount === message.attempt)
    savePod(tx, containerExited(tx, row, message.container, message.code, message.cause));
}

export const containerdActor: Actor = {
  kind: "containerd",
  receive(tx: Tx, name: string, message: Message): void {
    if (message.type === "actor.start") renewRuntime(tx, name);
    else if (message.type === "kubelet.exited") exited(tx, message as Exited);
    else if (message.type === "kubelet.kill") killContainer(tx, name, message as Extract<KubeletInput, { readonly type: "kubelet.kill" }>);
    else if (message.type.startsWith("process.")) processMessage(tx, name, message);
    else networkMessage(tx, name, message);
  },
};
