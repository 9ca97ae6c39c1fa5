/** Programs about the network: devices and routes, reaching others, serving them, and the packet filter. */
import type { Program } from "../../../linux/program";
import { ip } from "./net-ip";
import { iptables } from "./net-iptables";
import { nc } from "./net-nc";
import { ping } from "./net-ping";

export const netPrograms: Readonly<Record<string, Program>> = { ip, iptables, nc, ping };
