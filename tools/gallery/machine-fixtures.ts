/** Views of a machine made by hand, for pictures and their tests: a union mount with a copy in flight, and nested namespaces. */
import type { MachineView, SheetRole, SheetView, UnionPathView, UnionView } from "../../src/stage/readmodel/machine/types";

const MIB = 2 ** 20;

const sheet = (id: string, role: SheetRole, path: string, bytes: number, number?: number): SheetView => ({
  id,
  role,
  path,
  bytes,
  alsoIn: [],
  ...(number === undefined ? {} : { number }),
});

function path(whole: string, from: string | undefined, entries: UnionPathView["entries"]): UnionPathView {
  const cut = whole.lastIndexOf("/");
  return {
    path: whole,
    directory: `/${whole.slice(0, cut)}`,
    name: whole.slice(cut + 1),
    kind: "file",
    bytes: 4096,
    entries,
    ...(from === undefined ? {} : { from }),
  };
}

export function layered(): UnionView {
  return {
    id: "m1",
    type: "overlay",
    mountpoint: "/merged",
    more: 12,
    sheets: [
      sheet("u", "upper", "/u", 4200),
      sheet("w", "work", "/w", 0),
      sheet("l3", "lower", "/l/3", 128.2 * MIB, 3),
      sheet("l2", "lower", "/l/2", 4.6 * MIB, 2),
      sheet("l1", "lower", "/l/1", 7.8 * MIB, 1),
    ],
    paths: [
      path("bin/sh", "l1", [{ sheet: "l1", state: "seen" }]),
      path("etc/os-release", "l1", [{ sheet: "l1", state: "seen" }]),
      path("usr/sbin/nginx", "l2", [{ sheet: "l2", state: "seen" }]),
      path("srv/app.db", "l3", [{ sheet: "l3", state: "seen" }]),
      path("srv/www/index.html", "l3", [
        { sheet: "l3", state: "seen" },
        { sheet: "l2", state: "hidden" },
      ]),
      path("usr/share/doc/nginx.txt", undefined, [
        { sheet: "u", state: "whiteout" },
        { sheet: "l2", state: "hidden" },
      ]),
      path("var/log/access.log", "u", [{ sheet: "u", state: "seen" }]),
    ],
    copyUp: { path: "srv/app.db", from: "l3", done: 79 * MIB, of: 128 * MIB },
  };
}

/** Name, depth, parent's row, numbers from the outside in. */
const ROWS: readonly (readonly [name: string, depth: number, parent: number, pids: readonly number[]])[] = [
  ["systemd", 0, -1, [1]],
  ["sshd", 1, 0, [812]],
  ["containerd", 1, 0, [934]],
  ["shim", 1, 0, [2210]],
  ["sh", 2, 3, [2231, 1]],
  ["nginx", 3, 4, [2248, 7]],
  ["worker", 4, 5, [2249, 8]],
  ["bash", 3, 4, [2260, 15, 1]],
  ["sleep", 4, 7, [2263, 16, 2]],
];
const RAN = [22, 31, 50, 50, 50, 44, 18, 50, 50, 50, 50, 26, 12, 9, 38, 50];
const THROTTLED = [0, 0, 34, 50, 12, 0, 0, 50, 50, 41, 8, 0, 0, 0, 0, 22];

export function nested(): MachineView {
  return {
    machine: "host",
    now: 8_100_000,
    viewpoints: [{ id: 4026531836 }, { id: 4026532401, letter: "A", parent: 0 }, { id: 4026532561, letter: "B", parent: 1 }],
    processes: ROWS.map(([name, depth, parent, pids], i) => ({
      uid: `host/${i}`,
      name,
      state: "S",
      depth,
      ...(parent < 0 ? {} : { parent }),
      pids: [0, 1, 2].map((column) => pids[column] ?? null),
      own: pids.length - 1,
      namespaces: [],
      cgroup: pids.length > 1 ? "/A" : "/system",
      user: "root",
      root: { path: "/", type: "tmpfs", source: "rootfs", own: false },
    })),
    unions: [layered()],
    groups: [
      {
        path: "/A",
        processes: 3,
        memory: 118 * MIB,
        memoryMax: 256 * MIB,
        periods: RAN.map((ran, i) => ({ ran: ran * 1000, throttled: (THROTTLED[i] ?? 0) * 1000 })),
        cpuMax: { quota: 50_000, period: 100_000 },
        throttled: 8,
      },
      { path: "/A/B", processes: 2, memory: 61 * MIB, memoryMax: 64 * MIB, periods: [], throttled: 0 },
      { path: "/system", processes: 4, memory: 203 * MIB, periods: [], throttled: 0 },
    ],
    nets: [
      {
        id: 4026531840,
        processes: [],
        devices: [
          { name: "lo", kind: "loopback", up: true, addresses: ["127.0.0.1"] },
          { name: "eth0", kind: "ethernet", up: true, addresses: ["192.168.1.10"] },
          { name: "cni0", kind: "bridge", up: true, addresses: ["10.244.1.1"] },
          { name: "veth3f2a", kind: "veth", up: true, addresses: [], bridge: "cni0" },
          { name: "veth91bc", kind: "veth", up: true, addresses: [], bridge: "cni0" },
        ],
      },
      { id: 4026532404, letter: "A", processes: ["nginx"], devices: [{ name: "eth0", kind: "veth", up: true, addresses: ["10.244.1.19"] }] },
      { id: 4026532564, letter: "B", processes: ["bash"], devices: [{ name: "eth0", kind: "veth", up: true, addresses: ["10.244.1.23"] }] },
    ],
    cables: [
      {
        ends: [
          { net: 4026531840, device: "veth3f2a" },
          { net: 4026532404, device: "eth0" },
        ],
        frames: [{ uid: "frame", share: 0.6, what: "SYN to :80" }],
      },
      {
        ends: [
          { net: 4026531840, device: "veth91bc" },
          { net: 4026532564, device: "eth0" },
        ],
        frames: [],
      },
    ],
  };
}
