/** The sky: the services of somebody's cloud, from which the requests fall onto the Pods. */
import type { ReactNode } from "react";
import { lessonsAt } from "../course-catalog";
import { useT } from "../../locales/i18n";
import type { Progress } from "../storage/progress";
import { MIDS, SURFACE } from "./geometry";

const SERVICES = { gateway: [730, 150], cart: [906, 120], search: [906, 172], pay: [1080, 120], web: [1080, 172] } as const;
type Service = keyof typeof SERVICES;
const CALLS: readonly (readonly [Service, Service])[] = [
  ["gateway", "cart"],
  ["gateway", "search"],
  ["cart", "pay"],
  ["search", "web"],
];
const CLOUD =
  "M660 203H1300a28 28 0 0 0 4 -56a40 40 0 0 0 -50 -30a60 60 0 0 0 -98 -26a110 110 0 0 0 -128 -6a64 64 0 0 0 -108 10a66 66 0 0 0 -110 14a48 48 0 0 0 -78 24a36 36 0 0 0 -64 18a26 26 0 0 0 -8 52z";
const NAME_Y = 205;

export function Diamond({ x, y, size = 4.6 }: { readonly x: number; readonly y: number; readonly size?: number }): ReactNode {
  return (
    <path d={`M${x - size} ${y}L${x} ${y - size}L${x + size} ${y}L${x} ${y + size}z`} fill="var(--ink)" stroke="var(--paper)" strokeWidth={1.2} />
  );
}

function ServiceBox({ name, dark }: { readonly name: Service; readonly dark?: boolean }): ReactNode {
  const [x, y] = SERVICES[name];
  return (
    <g>
      <rect x={x - 44} y={y - 17} width={88} height={34} fill={dark ? "var(--ink)" : "var(--paper)"} stroke="var(--ink)" strokeWidth={1.5} />
      <text x={x} y={y + 5} textAnchor="middle" className="mono-label" style={dark ? { fill: "var(--paper)" } : undefined}>
        {name}
      </text>
    </g>
  );
}

export function Sky({ progress }: { readonly progress: Progress }): ReactNode {
  const t = useT();
  const lessons = lessonsAt("sky");
  const done = lessons.filter((lesson) => progress.done[lesson.id]).length;
  return (
    <g>
      <a href="#/stratum/sky" className="band-link">
        <rect x={44} y={NAME_Y - 26} width={400} height={58} className="band-hit" />
        <path d={`M57 ${NAME_Y - 1}a5 5 0 0 1 4 -8a6 6 0 0 1 11 1a4.5 4.5 0 0 1 0 9z`} stroke="var(--ink-2)" strokeWidth={1.5} fill="var(--raised)" />
        <text x={86} y={NAME_Y} className="band-name">
          {t("home.stratum.sky.name")}
        </text>
        <text x={86} y={NAME_Y + 23} className="band-question">
          {t("home.stratum.sky.question")}
        </text>
        <text x={438} y={NAME_Y} textAnchor="end" className="band-count num">
          {`${done}/${lessons.length}`}
        </text>
        <text x={438} y={NAME_Y + 22} textAnchor="end" className="band-small">
          {t("home.stratum.sky.chapters")}
        </text>
      </a>
      <path d={CLOUD} fill="var(--raised)" fillOpacity={0.7} stroke="var(--ink-2)" strokeWidth={1.4} />
      {CALLS.map(([from, to]) => {
        const [ax, ay] = SERVICES[from];
        const [bx, by] = SERVICES[to];
        return (
          <path
            key={from + to}
            d={`M${ax + 44} ${ay}C${ax + 84} ${ay} ${bx - 84} ${by} ${bx - 44} ${by}`}
            fill="none"
            stroke="var(--ink-2)"
            strokeWidth={1.3}
          />
        );
      })}
      <line x1={600} y1={150} x2={686} y2={150} stroke="var(--ink-2)" strokeWidth={1.3} />
      {[
        [614, 150],
        [644, 150],
        [818, 135],
        [836, 168],
        [996, 120],
        [976, 172],
        [1010, 172],
      ].map(([x = 0, y = 0]) => (
        <Diamond key={`${x}-${y}`} x={x} y={y} />
      ))}
      <text x={590} y={155} textAnchor="end" className="art-label">
        {t("home.art.users")}
      </text>
      <ServiceBox name="gateway" />
      <ServiceBox name="cart" />
      <ServiceBox name="search" />
      <ServiceBox name="pay" />
      <ServiceBox name="web" dark />
      <text x={1152} y={136} className="art-strong">
        {t("home.art.services")}
      </text>
      <text x={1152} y={156} className="band-small">
        {t("home.art.cloud")}
      </text>
      {[986, 1074, 1162].map((x) => (
        <path key={x} d={`M1080 189C1080 ${SURFACE - 30} ${x} 214 ${x} ${MIDS.orch - 20}`} fill="none" stroke="var(--ink-2)" strokeWidth={1.2} />
      ))}
      {[
        [1080, 212],
        [1075, 270],
        [1035, 232],
        [1102, 223],
        [992, 274],
        [1142, 250],
      ].map(([x = 0, y = 0]) => (
        <Diamond key={`${x}-${y}`} x={x} y={y} />
      ))}
    </g>
  );
}
