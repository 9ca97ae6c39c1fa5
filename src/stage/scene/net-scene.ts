/**
 * Network namespaces as regions: the host's on the left with its devices and bridges, every other one on the right, and a cable for each
 * pair of virtual Ethernet devices. A frame in flight stands on its cable by its share of the way.
 */
import type { CableView, MachineView, NetView } from "../readmodel/machine/types";
import type { Box, Point } from "./types";

const HOST = { x: 44, width: 500 };
const FAR = { x: 672, width: 314 };
const ROW = 74;
const HEAD = 34;
const DEVICE = { width: 54, height: 24 };
const BRIDGE_X = 452;

export interface DeviceMark extends Box {
  readonly name: string;
  readonly up: boolean;
  readonly address?: string;
}

export interface NetMark extends Box {
  readonly net: NetView;
  readonly host: boolean;
  readonly devices: readonly DeviceMark[];
}

export interface BridgeMark extends Box {
  readonly name: string;
  readonly address?: string;
}

export interface CableMark {
  readonly key: string;
  readonly path: string;
  readonly frames: readonly (Point & { readonly uid: string; readonly what: string })[];
  /** The plug at the near end. */
  readonly plug: Point & { readonly name: string };
}

export interface NetScene {
  readonly height: number;
  readonly nets: readonly NetMark[];
  readonly bridges: readonly BridgeMark[];
  readonly cables: readonly CableMark[];
}

/** A bent cable between two points, and the place on it after a share of the way. */
function cable(from: Point, to: Point): { readonly path: string; readonly at: (share: number) => Point } {
  const reach = Math.min(90, Math.abs(to.x - from.x) / 2);
  const [b, c] = [
    { x: from.x + reach, y: from.y + 10 },
    { x: to.x - reach, y: to.y - 10 },
  ];
  const mix = (share: number, key: "x" | "y"): number => {
    const rest = 1 - share;
    return rest ** 3 * from[key] + 3 * rest ** 2 * share * b[key] + 3 * rest * share ** 2 * c[key] + share ** 3 * to[key];
  };
  return { path: `M${from.x} ${from.y}C${b.x} ${b.y} ${c.x} ${c.y} ${to.x} ${to.y}`, at: (share) => ({ x: mix(share, "x"), y: mix(share, "y") }) };
}

export function netScene(view: MachineView, top: number): NetScene {
  const host = view.nets[0];
  if (host === undefined) return { height: 0, nets: [], bridges: [], cables: [] };
  const far = view.nets.slice(1);
  const bridges = host.devices.filter(({ kind }) => kind === "bridge");
  const plain = host.devices.filter(({ kind, bridge }) => kind !== "bridge" && kind !== "loopback" && bridge === undefined);
  const own = plain.filter(({ name }) => !view.cables.some(({ ends }) => ends.some((end) => end.net === host.id && end.device === name)));
  const rows = Math.max(far.length, 1);
  const height = HEAD + Math.max(rows * ROW + 16, own.length * 34 + 20);
  const rowOf = (i: number): number => top + HEAD + i * ROW + ROW / 2;
  const middle = top + HEAD + (rows * ROW) / 2;

  const nets: NetMark[] = [
    {
      net: host,
      host: true,
      x: HOST.x,
      y: top,
      width: HOST.width,
      height,
      devices: own.map((device, i) => ({
        name: device.name,
        up: device.up,
        ...(device.addresses[0] === undefined ? {} : { address: device.addresses[0] }),
        x: HOST.x - 8,
        y: middle - DEVICE.height / 2 + (i - (own.length - 1) / 2) * 34,
        ...DEVICE,
      })),
    },
    ...far.map((net, i): NetMark => {
      const y = rowOf(i);
      const shown = net.devices.filter(({ kind }) => kind !== "loopback").slice(0, 1);
      return {
        net,
        host: false,
        x: FAR.x,
        y: y - 32,
        width: FAR.width,
        height: 64,
        devices: shown.map((device) => ({
          name: device.name,
          up: device.up,
          ...(device.addresses[0] === undefined ? {} : { address: device.addresses[0] }),
          x: FAR.x - 20,
          y: y - DEVICE.height / 2,
          ...DEVICE,
        })),
      };
    }),
  ];
  const bridgeMarks = bridges.map(
    (bridge, i): BridgeMark => ({
      name: bridge.name,
      ...(bridge.addresses[0] === undefined ? {} : { address: bridge.addresses[0] }),
      x: BRIDGE_X - i * 60,
      y: top + HEAD + 10,
      width: 16,
      height: rows * ROW - 20,
    }),
  );
  return { height, nets, bridges: bridgeMarks, cables: view.cables.map((one) => cableMark(one, view, host, bridgeMarks, rowOf)) };
}

function cableMark(one: CableView, view: MachineView, host: NetView, bridges: readonly BridgeMark[], rowOf: (i: number) => number): CableMark {
  const far = view.nets.slice(1);
  const place = (net: number): number => far.findIndex(({ id }) => id === net);
  const [near, away] = one.ends[0].net === host.id ? one.ends : [one.ends[1], one.ends[0]];
  const device = host.devices.find(({ name }) => name === near.device);
  const bridge = bridges.find(({ name }) => name === device?.bridge);
  const row = Math.max(0, place(away.net));
  const from: Point =
    near.net === host.id ? { x: (bridge?.x ?? HOST.x + HOST.width - 80) + 28, y: rowOf(row) } : { x: FAR.x - 20, y: rowOf(place(near.net)) };
  const to: Point = { x: FAR.x - 20, y: rowOf(row) };
  const { path, at } = cable(from, to);
  // A frame's share counts from the first end; the cable is drawn from the near one.
  const turned = one.ends[0] !== near;
  return {
    key: `${one.ends[0].net}/${one.ends[0].device}`,
    path,
    frames: one.frames.map(({ uid, share, what }) => ({ uid, what, ...at(turned ? 1 - share : share) })),
    plug: { x: from.x - 14, y: from.y - 6, name: near.device },
  };
}
