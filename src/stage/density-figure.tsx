/** Many nodes as a field of cells on a canvas: each fills from below as its Pods become ready. Exceptions keep an outline, drawn last. */
import { quadtree } from "d3";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { ClusterView, DensityView } from "./readmodel/types";
import { type DensityCell, densityScene } from "./scene/density-scene";
import type { Viewport } from "./scene/types";
import { useSay } from "./words";

interface DensityFigureProps {
  readonly view: ClusterView;
  readonly density: DensityView;
  readonly viewport: Viewport;
  readonly selection?: string;
  readonly onSelect: (uid: string | undefined) => void;
  readonly label: string;
  readonly describedBy: string;
}

const COLORS = ["--pod-area", "--pod-mid", "--alarm", "--ink", "--edge", "--paper", "--ink-3", "--sunken"] as const;
type Color = (typeof COLORS)[number];

function colorsOf(element: Element): Readonly<Record<Color, string>> {
  const style = getComputedStyle(element);
  return Object.fromEntries(COLORS.map((name) => [name, style.getPropertyValue(name).trim()])) as Record<Color, string>;
}

function paint(canvas: HTMLCanvasElement, cells: readonly DensityCell[], width: number, height: number, selected: string | undefined): void {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (context === null) return;
  const color = colorsOf(canvas);
  context.scale(ratio, ratio);
  for (const cell of cells) {
    // Nothing that could be unready lies on an empty node.
    context.fillStyle = color[cell.pods === 0 ? "--sunken" : "--pod-mid"];
    context.fillRect(cell.x, cell.y, cell.size, cell.size);
  }
  context.fillStyle = color["--pod-area"];
  for (const cell of cells) {
    const fill = Math.round(cell.size * cell.ready);
    if (fill > 0) context.fillRect(cell.x, cell.y + cell.size - fill, cell.size, fill);
  }
  context.strokeStyle = color["--ink-3"];
  context.lineWidth = 1;
  for (const cell of cells) {
    if (!cell.cordoned) continue;
    context.beginPath();
    for (let d = 3; d < cell.size * 2; d += 4) {
      context.moveTo(cell.x + Math.max(0, d - cell.size), cell.y + Math.min(d, cell.size));
      context.lineTo(cell.x + Math.min(d, cell.size), cell.y + Math.max(0, d - cell.size));
    }
    context.stroke();
  }
  context.strokeStyle = color["--alarm"];
  context.lineWidth = 2;
  for (const cell of cells) {
    if (!cell.lost && !cell.failing) continue;
    context.strokeRect(cell.x + 0.5, cell.y + 0.5, cell.size - 1, cell.size - 1);
    if (!cell.failing) continue;
    context.beginPath();
    context.moveTo(cell.x + 3, cell.y + 3);
    context.lineTo(cell.x + cell.size - 3, cell.y + cell.size - 3);
    context.moveTo(cell.x + cell.size - 3, cell.y + 3);
    context.lineTo(cell.x + 3, cell.y + cell.size - 3);
    context.stroke();
  }
  const chosen = cells.find((cell) => cell.uid === selected);
  if (chosen !== undefined) {
    context.strokeStyle = color["--ink"];
    context.strokeRect(chosen.x - 3, chosen.y - 3, chosen.size + 6, chosen.size + 6);
  }
}

/** Pixels beside a cell that still pick it. */
const REACH = 3;
const middle = (cell: DensityCell | undefined, axis: "x" | "y"): number => (cell === undefined ? 0 : cell[axis] + cell.size / 2);

export function DensityFigure({ view, density, viewport, selection, onSelect, label, describedBy }: DensityFigureProps): ReactNode {
  const say = useSay();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pointed, setPointed] = useState<number>();
  const scene = useMemo(() => densityScene(view, density, viewport), [view, density, viewport]);
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, scene.cells, scene.width, scene.height, selection);
  }, [scene, selection]);
  const tree = useMemo(
    () =>
      quadtree<number>()
        .x((i) => middle(scene.cells[i], "x"))
        .y((i) => middle(scene.cells[i], "y"))
        .addAll(scene.cells.map((_, i) => i)),
    [scene],
  );
  /** The cell under the pointer, or the nearest a finger's width away. */
  const at = (event: PointerEvent<HTMLElement> | React.MouseEvent<HTMLElement>): number | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    const scale = box.width / scene.width;
    return tree.find((event.clientX - box.left) / scale, (event.clientY - box.top) / scale, (scene.cells[0]?.size ?? 0) * 0.75 + REACH / scale);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: scene.columns, ArrowUp: -scene.columns }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      setPointed((old) => Math.min(scene.cells.length - 1, Math.max(0, (old ?? 0) + step)));
    } else if (event.key === "Enter" && pointed !== undefined) onSelect(scene.cells[pointed]?.uid);
  };
  const cell = pointed === undefined ? undefined : scene.cells[pointed];
  const words =
    cell === undefined ? undefined : `${cell.name}: ${say({ key: "stage.density.counts", params: { ready: cell.readyPods, pods: cell.pods } })}`;
  return (
    <div className="density" style={{ width: scene.width, height: scene.height }}>
      <div className="density-title">{say({ key: "stage.density.title" })}</div>
      {scene.zones.map((zone) => (
        <div key={zone.name} className="density-zone" style={{ left: zone.x, top: zone.y - 24, width: zone.width }}>
          <b>
            {zone.name === ""
              ? say({ key: "stage.density.all" })
              : say({ key: "stage.density.zone", params: { zone: zone.name.replace(/^zone-/, "") } })}
          </b>
          <span>{`${Math.round(zone.ready * 100)}%`}</span>
        </div>
      ))}
      {/* biome-ignore lint: a field of thousands of cells is one control; arrows walk in it */}
      <canvas
        ref={canvas}
        style={{ width: scene.width, height: scene.height }}
        tabIndex={0}
        role="application"
        aria-label={words ?? label}
        aria-describedby={describedBy}
        onPointerMove={(event) => setPointed(at(event))}
        onPointerLeave={() => setPointed(undefined)}
        onClick={(event) => {
          const found = at(event);
          onSelect(found === undefined ? undefined : scene.cells[found]?.uid);
        }}
        onKeyDown={onKeyDown}
      />
      {cell !== undefined && (
        <div className="density-tip" style={{ left: Math.min(cell.x, scene.width - 220), top: cell.y + cell.size + 8 }}>
          <span className="mono">{cell.name}</span> {say({ key: "stage.density.counts", params: { ready: cell.readyPods, pods: cell.pods } })}
        </div>
      )}
      <div className="density-legend" style={{ top: scene.legendY }}>
        <span className="k ready">{say({ key: "stage.density.ready" })}</span>
        <span className="k waiting">{say({ key: "stage.density.waiting" })}</span>
        <span className="k cordoned">{say({ key: "stage.density.cordoned" })}</span>
        <span className="k lost">{say({ key: "stage.density.lost" })}</span>
        <span className="k failing">{say({ key: "stage.density.failing" })}</span>
      </div>
    </div>
  );
}
