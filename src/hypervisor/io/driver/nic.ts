/** A guest's driver for the plain adapter: three accesses a packet. */
import { NIC, NIC_STATUS } from "../nic";
import type { Registers } from "./registers";

export function sendPacket(on: Registers, address: number, length: number): void {
  on.out(NIC.sendAddress, 4, address);
  on.out(NIC.sendLength, 2, length);
}

/** After the interrupt; whether the packet has left. */
export const acknowledgeSent = (on: Registers): boolean => (on.in(NIC.status, 1) & NIC_STATUS.sent) !== 0;
