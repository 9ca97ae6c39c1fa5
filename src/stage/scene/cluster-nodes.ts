/** Nodes as columns that stand on a ground line, with gauges at the foot; the control plane's node lists its components. */
import type { NodeView } from "../readmodel/types";
import { type Columns, type Layout, NODE_TOP, PART_PITCH } from "./cluster-rows";
import type { GaugeMark, NodeMark } from "./types";

const HEAD_HEIGHT = 28;

function gauges(node: NodeView, x: number, width: number, bottom: number): readonly GaugeMark[] {
  if (width < 96 || node.cpu === undefined || node.memory === undefined) return [];
  const bar = width > 140 ? 40 : 28;
  const share = (used: number, of: number): number => (of > 0 ? Math.min(1, used / of) : 0);
  return [
    { name: "cpu", x: x + 12, y: bottom - 34, share: share(node.cpu.used, node.cpu.of), text: node.cpu.text, width: bar },
    { name: "mem", x: x + 12, y: bottom - 20, share: share(node.memory.used, node.memory.of), text: node.memory.text, width: bar },
  ];
}

function nodeMark(node: NodeView, x: number, width: number, layout: Layout): NodeMark {
  const bottom = layout.nodeBottom;
  return {
    uid: node.uid,
    name: node.name,
    ...(width > 150 ? { podCIDR: node.podCIDR } : {}),
    lost: node.state === "unknown",
    notReady: node.state === "notReady",
    troubles: width < 64 ? [] : node.troubles,
    stopped: node.stopped,
    cordoned: node.cordoned,
    controlPlane: node.controlPlane,
    x,
    y: NODE_TOP,
    width,
    height: bottom - NODE_TOP,
    headHeight: HEAD_HEIGHT,
    gauges: node.controlPlane ? [] : gauges(node, x, width, bottom),
    components: node.controlPlane
      ? node.components.map(({ address, who, running, behind }, i) => ({
          address,
          who,
          running,
          behind,
          x: x + 18,
          y: NODE_TOP + 44 + i * PART_PITCH,
        }))
      : [],
  };
}

export function nodeMarks(columns: Columns, layout: Layout): readonly NodeMark[] {
  const marks = columns.nodes.map((node) => nodeMark(node.view, node.x, columns.nodeWidth, layout));
  const { controlPlane } = columns;
  if (controlPlane === undefined) return marks;
  return [...marks, nodeMark(controlPlane.view, controlPlane.x, controlPlane.width, layout)];
}
