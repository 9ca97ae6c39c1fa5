/** Network namespaces, painted. */
import type { ReactNode } from "react";
import { PacketMark } from "../glyphs/marks";
import type { NetScene } from "../scene/net-scene";
import { useSay } from "../words";

const BOUNDARY = "9 3.5 1.5 3.5";

export function Nets({ scene, fills }: { readonly scene: NetScene; readonly fills: ReadonlyMap<number, string> }): ReactNode {
  const say = useSay();
  return (
    <>
      {scene.nets.map(({ net, host, x, y, width, height }) => (
        <g key={net.id}>
          <rect
            x={x}
            y={y}
            width={width}
            height={height}
            fill={host ? "none" : (fills.get(net.id) ?? "var(--kern-tint)")}
            stroke={host ? "var(--edge)" : "var(--kern)"}
            strokeWidth={host ? 1.2 : 1.5}
            strokeDasharray={BOUNDARY}
          />
          <text x={host ? x + 12 : x + 46} y={host ? y + 20 : y + 26} className="d-b">
            {say(host ? { key: "machine.net.host" } : { key: "machine.net.own", params: { namespace: net.letter ?? String(net.id) } })}
          </text>
          {!host && (
            <text x={x + width - 12} y={y + 36} textAnchor="end" className="d-m">
              {net.processes.slice(0, 2).join(", ")}
            </text>
          )}
        </g>
      ))}
      {scene.bridges.map(({ name, address, x, y, width, height }) => (
        <g key={name}>
          <rect x={x} y={y} width={width} height={height} fill="var(--kern)" />
          <text x={x + width / 2} y={y + height + 16} textAnchor="middle" className="d-lab">
            {say({ key: "machine.net.bridge", params: { name } })}
          </text>
          {address !== undefined && (
            <text x={x - 8} y={y + 12} textAnchor="end" className="d-m2">
              {address}
            </text>
          )}
        </g>
      ))}
      {scene.cables.map(({ key, path, frames, plug }) => (
        <g key={key}>
          <path d={path} fill="none" stroke="var(--ink)" strokeWidth={2.2} />
          <rect x={plug.x} y={plug.y} width={14} height={12} fill="var(--raised)" stroke="var(--ink)" strokeWidth={1.4} />
          <text x={plug.x + 20} y={plug.y - 2} className="d-m2 halo">
            {plug.name}
          </text>
          {frames.map((frame) => (
            <g key={frame.uid}>
              <PacketMark x={frame.x} y={frame.y} size={6} />
              <text x={frame.x} y={frame.y - 12} textAnchor="middle" className="d-sm halo">
                {frame.what}
              </text>
            </g>
          ))}
        </g>
      ))}
      {scene.nets.flatMap(({ net, devices }) =>
        devices.map(({ name, up, address, x, y, width, height }) => (
          <g key={`${net.id}/${name}`}>
            <rect
              x={x}
              y={y}
              width={width}
              height={height}
              fill="var(--raised)"
              stroke="var(--ink)"
              strokeWidth={1.4}
              strokeDasharray={up ? undefined : "2 3"}
            />
            <text x={x + width / 2} y={y + height / 2 + 4.5} textAnchor="middle" className="d-m">
              {name}
            </text>
            {address !== undefined && (
              <text x={x + width + 12} y={y + height / 2 + 16} className="d-m">
                {address}
              </text>
            )}
          </g>
        )),
      )}
    </>
  );
}
