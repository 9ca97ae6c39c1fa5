/** One web server seen in the upper strata: a wish and its loop, a Pod, a container with its image, the sheets under its files. */
import type { ReactNode } from "react";
import { useT } from "../../locales/i18n";
import { PodMark } from "../glyphs/pod-mark";
import { Cone, GapRing, Process } from "./art-parts";
import { MIDS } from "./geometry";

const A = 600;

export function ArtUpper(): ReactNode {
  return (
    <g>
      <Cone from={[1040, 1108, MIDS.orch + 20]} to={[820, 1190, MIDS.pod - 34]} stratum="pod" />
      <Cone from={[866, 954, MIDS.pod + 27]} to={[700, 1290, MIDS.ctr - 36]} stratum="ctr" />
      <Cone from={[1122, 1258, MIDS.ctr + 30]} to={[700, 1290, MIDS.fs - 46]} stratum="fs" />
      <Orchestration />
      <PodArt />
      <ContainerArt />
      <FilesystemArt />
    </g>
  );
}

function Orchestration(): ReactNode {
  const y = MIDS.orch;
  const fold = 15;
  return (
    <g>
      <path d={`M${A} ${y - 30}h${190 - fold}l${fold} ${fold}v${60 - fold}h-190z`} fill="var(--paper)" stroke="var(--orch)" strokeWidth={1.8} />
      <path d={`M${A + 190 - fold} ${y - 30}v${fold}h${fold}`} fill="none" stroke="var(--orch)" strokeWidth={1.8} />
      <text x={A + 14} y={y - 7} className="art-record">
        Deployment web
      </text>
      <text x={A + 14} y={y + 15} className="mono-label">
        replicas 4
      </text>
      <line x1={A + 190} y1={y} x2={A + 226} y2={y} stroke="var(--orch)" strokeWidth={1.6} markerEnd="url(#a-orch)" />
      <GapRing x={A + 268} y={y} r={34} text="+1" />
      <line x1={A + 306} y1={y} x2={936} y2={y} stroke="var(--orch)" strokeWidth={1.6} markerEnd="url(#a-orch)" />
      {[0, 1, 2, 3].map((i) => (
        <PodMark key={i} x={952 + i * 88} y={y - 18} width={68} height={36} state={i === 3 ? "wanted" : "ready"} containers={2} />
      ))}
      <rect x={1034} y={y - 24} width={80} height={48} rx={24} fill="none" stroke="var(--ink)" strokeWidth={2} />
    </g>
  );
}

function PodArt(): ReactNode {
  const t = useT();
  const y = MIDS.pod;
  return (
    <g>
      <rect x={820} y={y - 30} width={370} height={60} rx={30} fill="var(--pod)" stroke="var(--pod-ink)" strokeWidth={2} />
      {(
        [
          ["web", 866],
          ["log", 974],
        ] as const
      ).map(([name, x]) => (
        <g key={name}>
          <rect x={x} y={y - 20} width={88} height={40} rx={4} fill="var(--raised)" stroke="var(--pod-ink)" strokeWidth={1.4} />
          <text x={x + 44} y={y + 5} textAnchor="middle" className="mono-label">
            {name}
          </text>
        </g>
      ))}
      <rect x={1074} y={y - 14} width={100} height={28} rx={14} fill="var(--raised)" stroke="var(--pod-ink)" strokeWidth={1.4} />
      <text x={1124} y={y + 5} textAnchor="middle" className="mono-label small">
        10.244.1.19
      </text>
      <rect x={863} y={y - 23} width={94} height={46} rx={6} fill="none" stroke="var(--ink)" strokeWidth={2} />
      <text x={806} y={y + 5} textAnchor="end" className="art-label">
        {t("home.art.pod")}
      </text>
    </g>
  );
}

function ContainerArt(): ReactNode {
  const t = useT();
  const y = MIDS.ctr;
  return (
    <g>
      {[0, 1, 2].map((i) => (
        <path key={i} d={`M724 ${y + 20 - i * 15}l22 -20h92l-22 20z`} fill="var(--raised)" stroke="var(--ctr-ink)" strokeWidth={1.4} />
      ))}
      <text x={708} y={y + 5} textAnchor="end" className="art-label">
        {t("home.art.image")}
      </text>
      <line x1={856} y1={y} x2={902} y2={y} stroke="var(--ctr-ink)" strokeWidth={1.6} markerEnd="url(#a-ctr-ink)" />
      <rect x={918} y={y - 32} width={350} height={64} rx={5} fill="var(--raised)" stroke="var(--ctr-ink)" strokeWidth={2} />
      <line x1={976} y1={y - 5} x2={1069} y2={y - 5} stroke="var(--ink)" strokeWidth={1.4} />
      {[962, 1026, 1082].map((x, i) => (
        <Process
          key={x}
          x={x}
          y={y - 5}
          r={13}
          fill={i > 0 ? "var(--paper)" : "var(--ctr-mid)"}
          stroke="var(--ink)"
          name={i > 0 ? "worker" : "nginx"}
          nameY={y + 23}
        />
      ))}
      {["/", "/srv", "/tmp"].map((name, i) => (
        <g key={name}>
          <path
            d={`M${1134 + i * 42} ${y + 8}l9 -18h24l-9 18z`}
            fill={i > 0 ? "var(--paper)" : "var(--fs-mid)"}
            stroke="var(--fs-ink)"
            strokeWidth={1.3}
          />
          <text x={1150 + i * 42} y={y + 23} textAnchor="middle" className="mono-label tiny">
            {name}
          </text>
        </g>
      ))}
      <rect x={1122} y={y - 22} width={136} height={52} rx={4} fill="none" stroke="var(--ink)" strokeWidth={2} />
    </g>
  );
}

function FilesystemArt(): ReactNode {
  const t = useT();
  const y = MIDS.fs;
  const sheets = [y - 38, y - 14, y + 10, y + 34];
  /** The sheet on which each of six sight lines ends. */
  const land = [3, 3, 2, 1, 1, 0];
  return (
    <g>
      {[3, 2, 1, 0].map((i) => {
        const at = (sheets[i] ?? 0) + 14;
        return (
          <g key={i}>
            <path
              d={`M740 ${at}l26 -16H1270l-26 16z`}
              fill={i > 0 ? "var(--fs-tint)" : "var(--fs-mid)"}
              fillOpacity={0.9}
              stroke="var(--fs-ink)"
              strokeWidth={1.2}
            />
            <path d={`M740 ${at}H1244v4H740z`} fill="var(--fs)" />
            {land.map((sheet, c) =>
              sheet === i ? (
                <path key={c} d={`M${792 + c * 80} ${at - 3}l16 -10h40l-16 10z`} fill="var(--raised)" stroke="var(--fs-ink)" strokeWidth={1.3} />
              ) : null,
            )}
          </g>
        );
      })}
      {land.map((sheet, c) => (
        <g key={c}>
          <line x1={820 + c * 80} y1={y - 52} x2={820 + c * 80} y2={(sheets[sheet] ?? 0) + 6} stroke="var(--ink)" strokeWidth={1.3} />
          <circle cx={820 + c * 80} cy={(sheets[sheet] ?? 0) + 6} r={3} fill="var(--ink)" />
        </g>
      ))}
      <text x={726} y={y - 25} textAnchor="end" className="band-small">
        {t("home.art.writable")}
      </text>
      <text x={726} y={y + 34} textAnchor="end" className="band-small">
        {t("home.art.shared")}
      </text>
    </g>
  );
}
