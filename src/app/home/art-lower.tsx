/** The same web server further down: processes and their namespaces, the machines that carry them, the hardware under all. */
import type { ReactNode } from "react";
import { useT } from "../../locales/i18n";
import { Cone, Process } from "./art-parts";
import { MIDS } from "./geometry";

const BOUNDARY = { fill: "var(--raised)", stroke: "var(--kern)", strokeWidth: 1.5, strokeDasharray: "9 3.5 1.5 3.5", rx: 3 };

export function ArtLower(): ReactNode {
  return (
    <g>
      <Cone from={[640, 1330, MIDS.kern + 46]} to={[700, 830, MIDS.hyp - 38]} stratum="hyp" />
      <KernelArt />
      <HypervisorArt />
      <HardwareArt />
    </g>
  );
}

function KernelArt(): ReactNode {
  const t = useT();
  const y = MIDS.kern;
  const processes = [
    [690, "systemd"],
    [800, "shim"],
    [1030, "nginx"],
    [1112, "worker"],
  ] as const;
  return (
    <g>
      <rect x={640} y={y - 46} width={690} height={92} {...BOUNDARY} fillOpacity={0.6} />
      <rect x={908} y={y - 35} width={404} height={70} {...BOUNDARY} fillOpacity={0.8} />
      <rect x={990} y={y - 26} width={304} height={52} {...BOUNDARY} />
      <line x1={702} y1={y - 7} x2={1100} y2={y - 7} stroke="var(--ink)" strokeWidth={1.4} />
      {processes.map(([x, name], i) => (
        <Process
          key={name}
          x={x}
          y={y - 7}
          r={11}
          fill={i >= 2 ? "var(--kern-mid)" : "var(--paper)"}
          stroke="var(--kern-ink)"
          name={name}
          nameY={y + 18}
        />
      ))}
      <text x={652} y={y + 38} className="art-tiny kern">
        {t("home.art.hostNamespaces")}
      </text>
      <text x={918} y={y + 18} className="art-tiny kern">
        net, ipc
      </text>
      <text x={1218} y={y - 4} textAnchor="middle" className="band-small">
        {t("home.art.itself")}
      </text>
      <text x={1218} y={y + 13} textAnchor="middle" className="band-small">
        {t("home.art.asOne")}
      </text>
    </g>
  );
}

function HypervisorArt(): ReactNode {
  const t = useT();
  const y = MIDS.hyp;
  const cut = 9;
  return (
    <g>
      {[700, 930, 1160].map((x, i) => (
        <g key={x}>
          <path
            d={`M${x + cut} ${y - 38}H${x + 130 - cut}L${x + 130} ${y - 38 + cut}V${y + 12 - cut}L${x + 130 - cut} ${y + 12}H${x + cut}L${x} ${y + 12 - cut}V${y - 38 + cut}z`}
            fill={i === 0 ? "var(--hyp-mid)" : "var(--raised)"}
            stroke="var(--hyp-ink)"
            strokeWidth={i === 0 ? 2.2 : 1.5}
          />
          <text x={x + 65} y={y - 8} textAnchor="middle" className="mono-label">
            {`node-${"abc"[i] ?? ""}`}
          </text>
          <line x1={x + 65} y1={y + 12} x2={x + 65} y2={y + 22} stroke="var(--hyp-ink)" strokeWidth={1.5} markerEnd="url(#a-hyp-ink)" />
        </g>
      ))}
      <rect x={660} y={y + 23} width={670} height={17} fill="var(--hyp)" />
      <text x={995} y={y + 36} textAnchor="middle" className="art-on">
        {t("home.art.hypervisor")}
      </text>
    </g>
  );
}

function HardwareArt(): ReactNode {
  const y = MIDS.hw;
  const bottom = MIDS.hyp + 40;
  return (
    <g>
      {[
        [765, 736],
        [765, 818],
        [995, 900],
        [1225, 982],
      ].map(([from = 0, to = 0]) => (
        <path
          key={to}
          d={`M${from} ${bottom}C${from} ${bottom + 22} ${to} ${bottom + 12} ${to} ${y - 34}`}
          fill="none"
          stroke="var(--hw)"
          strokeWidth={1.3}
          strokeDasharray="2 3"
        />
      ))}
      {[0, 1, 2, 3].map((i) => (
        <Die key={i} x={712 + i * 82} y={y - 24} size={48} />
      ))}
      {[0, 1, 2, 3, 4, 5].map((i) => (
        <g key={i}>
          <rect x={1070 + i * 22} y={y - 28} width={12} height={56} fill="var(--raised)" stroke="var(--hw)" strokeWidth={1.5} />
          {[0, 1, 2].map((j) => (
            <rect key={j} x={1073 + i * 22} y={y - 22 + j * 17} width={6} height={11} fill="var(--hw)" />
          ))}
        </g>
      ))}
      <circle cx={1262} cy={y} r={27} fill="var(--raised)" stroke="var(--hw)" strokeWidth={1.6} />
      <circle cx={1262} cy={y} r={7} fill="var(--hw)" />
      <path d={`M1262 ${y}L1280 ${y + 14}`} stroke="var(--hw)" strokeWidth={2} />
    </g>
  );
}

function Die({ x, y, size }: { readonly x: number; readonly y: number; readonly size: number }): ReactNode {
  const pins = [0, 1, 2, 3].map((i) => {
    const p = size * (0.2 + 0.2 * i);
    const length = size * 0.13;
    return `M${x + p} ${y}v${-length}M${x + p} ${y + size}v${length}M${x} ${y + p}h${-length}M${x + size} ${y + p}h${length}`;
  });
  return (
    <g>
      <path d={pins.join("")} stroke="var(--hw)" strokeWidth={1.4} fill="none" />
      <rect x={x} y={y} width={size} height={size} fill="var(--raised)" stroke="var(--hw)" strokeWidth={1.6} />
      <rect x={x + size * 0.28} y={y + size * 0.28} width={size * 0.44} height={size * 0.44} fill="var(--hw)" />
    </g>
  );
}
