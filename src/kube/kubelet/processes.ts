/** Main processes that do more than wait: shell scripts and load generators. (The shell is in shell/.) */
import type { Message, Tx } from "../../sim/types";
import { endFollowers } from "./logs";
import type { ContainerRow, PodRow } from "./tables";

export function startProcess(_tx: Tx, _row: PodRow, _container: ContainerRow): void {}

export function endProcesses(tx: Tx, uid: string, container: string): void {
  endFollowers(tx, uid, container);
}

export function processMessage(_tx: Tx, _node: string, _message: Message): void {}
