/**
 * Files of /proc about the network of whoever reads: /proc/sys/net, /proc/net/dev and the like.
 *
 * Not modelled: most switches keep what is written and do nothing; forwarding is for all devices of a namespace at once.
 *
 * @rule linux.proc.net
 * @source linux@6.12 net/ipv4/devinet.c devinet_sysctl_forward net/core/net-procfs.c
 */
import { namespaceOf, INITIAL } from "../namespace/table";
import { capableIn } from "../namespace/user";
import { devicesIn } from "../net/device";
import { networkOfId, putNetwork } from "../net/network";
import { findTask } from "../process/task";
import { failure, type Kernel, type Result, value } from "../types";
import type { SystemFile } from "./system-files";

function mine(kernel: Kernel): number {
  const row = kernel.task === undefined ? undefined : findTask(kernel, kernel.task);
  return row?.namespaces.net ?? INITIAL.net;
}

function mayWrite(kernel: Kernel): boolean {
  const row = kernel.task === undefined ? undefined : findTask(kernel, kernel.task);
  return row === undefined || capableIn(kernel, row.credentials, namespaceOf(kernel, row.namespaces.net).owner, "NET_ADMIN");
}

const NUMBER = /^\s*(-?\d+)\s*$/;

const forwarding: SystemFile = {
  mode: 0o644,
  read: (kernel) => `${networkOfId(kernel, mine(kernel)).forward ? 1 : 0}\n`,
  write: (kernel, text): Result<number> => {
    if (!mayWrite(kernel)) return failure("EPERM");
    const number = NUMBER.exec(text)?.[1];
    if (number === undefined) return failure("EINVAL");
    putNetwork(kernel, { ...networkOfId(kernel, mine(kernel)), forward: number !== "0" });
    return value(text.length);
  },
};

const kept = (name: string, initial: string): SystemFile => ({
  mode: 0o644,
  read: (kernel) => `${networkOfId(kernel, mine(kernel)).sysctl[name] ?? initial}\n`,
  write: (kernel, text) => {
    if (!mayWrite(kernel)) return failure("EPERM");
    const row = networkOfId(kernel, mine(kernel));
    putNetwork(kernel, { ...row, sysctl: { ...row.sysctl, [name]: text.replace(/\n$/, "").trim().replace(/\s+/g, "\t") } });
    return value(text.length);
  },
});

function devices(kernel: Kernel): string {
  const head =
    "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";
  const cell = (of: number, width: number): string => String(of).padStart(width);
  return (
    head +
    devicesIn(kernel, mine(kernel))
      .map(({ name, counters: c }) => {
        const rx = `${cell(c.rxBytes, 8)} ${cell(c.rxPackets, 7)} ${cell(0, 4)} ${cell(c.rxDropped, 4)} ${cell(0, 4)} ${cell(0, 5)} ${cell(0, 10)} ${cell(0, 9)}`;
        return `${name.padStart(6)}:${rx} ${cell(c.txBytes, 8)} ${cell(c.txPackets, 7)} ${cell(0, 4)} ${cell(c.txDropped, 4)} ${cell(0, 4)} ${cell(0, 5)} ${cell(0, 7)} ${cell(0, 10)}\n`;
      })
      .join("")
  );
}

const SWITCHES: Readonly<Record<string, string>> = {
  "sys/net/core/somaxconn": "4096",
  "sys/net/ipv4/icmp_echo_ignore_broadcasts": "1",
  "sys/net/ipv4/ip_default_ttl": "64",
  "sys/net/ipv4/ip_local_port_range": "32768\t60999",
  "sys/net/ipv4/ip_unprivileged_port_start": "1024",
  "sys/net/ipv4/ping_group_range": "1\t0",
  "sys/net/ipv4/conf/all/rp_filter": "0",
  "sys/net/ipv4/conf/default/rp_filter": "0",
  "sys/net/ipv4/conf/all/proxy_arp": "0",
  "sys/net/ipv6/conf/all/disable_ipv6": "0",
  "sys/net/ipv6/conf/default/disable_ipv6": "0",
  "sys/net/ipv6/conf/all/forwarding": "0",
};

export const NET_FILES: Readonly<Record<string, SystemFile>> = {
  "net/dev": { mode: 0o444, read: devices },
  "sys/net/ipv4/ip_forward": forwarding,
  "sys/net/ipv4/conf/all/forwarding": forwarding,
  ...Object.fromEntries(Object.entries(SWITCHES).map(([path, initial]) => [path, kept(path, initial)])),
};
