/** Services as bars with a riser to each ready endpoint, and requests on their way as diamonds. */
import type { ReactNode } from "react";
import { PacketMark } from "../glyphs/marks";
import { serviceName } from "../names";
import type { TrafficView } from "../readmodel/types";
import type { PacketPlace, RiserMark, ServiceMark } from "../scene/types";
import { useSay } from "../words";
import { Mark, type Marking } from "./mark";

export function Risers({ risers, selected }: { readonly risers: readonly RiserMark[]; readonly selected: string | undefined }): ReactNode {
  return risers.map((riser) => (
    <g key={riser.key} className={selected !== undefined && selected !== riser.service && selected !== riser.pod ? "stage-riser" : undefined}>
      <path
        d={riser.d}
        fill="none"
        stroke={riser.cut === undefined ? "var(--ink-2)" : "var(--ink-3)"}
        strokeWidth={1.3}
        strokeDasharray={riser.cut === undefined ? undefined : "2 3"}
      />
      {riser.cut !== undefined && (
        <path d={`M${riser.cut.x - 4} ${riser.cut.y - 4}l8 8m0 -8l-8 8`} stroke="var(--ink-3)" strokeWidth={1.4} fill="none" />
      )}
    </g>
  ));
}

interface ServicesProps {
  readonly services: readonly ServiceMark[];
  readonly packets: readonly PacketPlace[];
  readonly traffic: readonly TrafficView[];
  readonly marking: Marking;
  readonly queueX: number;
}

export function Services({ services, packets, traffic, marking, queueX }: ServicesProps): ReactNode {
  const say = useSay();
  return (
    <>
      {services.map((mark) => {
        const { service } = mark;
        const flow = traffic.find((one) => one.service === mark.uid);
        const address =
          service.clusterIP === undefined || service.clusterIP === "None" ? service.type : `${service.clusterIP}:${service.ports[0] ?? ""}`;
        const nameWidth = 70 + service.name.length * 7.2;
        return (
          <g key={mark.uid}>
            {mark.sender !== undefined && (
              <line
                x1={mark.sender.from.x}
                y1={mark.sender.from.y}
                x2={mark.sender.to.x}
                y2={mark.sender.to.y}
                stroke="var(--ink-2)"
                strokeWidth={1.4}
                strokeDasharray="1 3"
              />
            )}
            {flow !== undefined && mark.sender === undefined && (
              <>
                <line x1={queueX} y1={mark.clients.y} x2={mark.x - 2} y2={mark.clients.y} stroke="var(--ink-2)" strokeWidth={1.4} />
                <text x={queueX - 6} y={mark.clients.y + 4} textAnchor="end" className="d-lab">
                  {flow.client}
                </text>
                <text x={queueX - 6} y={mark.clients.y + 18} textAnchor="end" className="d-sm num">
                  {say({ key: "stage.traffic.rate", params: { rate: flow.perSecond } })}
                </text>
              </>
            )}
            <Mark uid={mark.uid} box={mark} name={serviceName(say, service)} marking={marking}>
              <rect
                className="cap"
                x={mark.x}
                y={mark.y}
                width={mark.width}
                height={mark.height}
                fill="var(--raised)"
                stroke="var(--ink-2)"
                strokeWidth={1.4}
              />
              {marking.selected === mark.uid && (
                <rect
                  x={mark.x - 5}
                  y={mark.y - 5}
                  width={mark.width + 10}
                  height={mark.height + 10}
                  fill="none"
                  stroke="var(--select)"
                  strokeWidth={2}
                  rx={2}
                />
              )}
              <text x={mark.x + 18} y={mark.y + 14.5} className="d-b">
                {say({ key: "stage.service.title", params: { name: service.name } })}
              </text>
              <text x={mark.x + 24 + nameWidth} y={mark.y + 14.5} className="d-m2">
                {address}
              </text>
              <text
                x={mark.x + 44 + nameWidth + address.length * 7}
                y={mark.y + 14.5}
                className={`d-lab ${service.readyCount === 0 ? "tone-alarm" : ""}`}
              >
                {say({ key: "stage.service.ready", params: { count: service.readyCount } })}
              </text>
            </Mark>
            {[...new Set(mark.taps)].map((x) => (
              <circle key={x} cx={x} cy={mark.y} r={3.4} fill="var(--ink)" />
            ))}
          </g>
        );
      })}
      {packets.map((packet) => (
        <PacketMark key={packet.key} x={packet.x} y={packet.y} failed={packet.failed} />
      ))}
    </>
  );
}
