/** Requests that arrive at a Pod of this node. */
import type { Message, Tx } from "../../sim/types";

export function networkMessage(_tx: Tx, _name: string, _message: Message): void {}
