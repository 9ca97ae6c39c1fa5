/** The lab in a hand: core strip, stage whose loop runs downward, caption, transport in thumb reach, a sheet with four tabs. */
import { type PointerEvent, type ReactNode, useRef, useState } from "react";
import { useT } from "../../locales/i18n";
import { LeftIcon, MenuIcon, PenIcon, TargetIcon } from "../glyphs/icons";
import { STRATA } from "../glyphs/strata";
import { CurveArea, curveOf } from "../lesson/curve-area";
import { LanguageSwitch, ThemeButton } from "../shell/switches";
import { ui } from "../store";
import { DockPanel } from "./dock";
import type { ShellProps } from "./lab-page";
import { MobileTransport } from "./mobile-transport";
import { InspectorArea, StageArea } from "./stage-area";
import { isMachineWorld } from "../../session/types";
import { useWorld } from "./lab-context";
import { WorldNotices } from "./world-notices";

type MobileTab = "read" | "inspect" | "terminal" | "yaml";
type Stop = "peek" | "half" | "full";
const STOPS: readonly Stop[] = ["peek", "half", "full"];

export function MobileShell({ item, title, place, lesson }: ShellProps): ReactNode {
  const t = useT();
  const curve = item?.kind === "lesson" ? curveOf(item.lesson) : undefined;
  const [tab, setTab] = useState<MobileTab>(lesson === undefined ? "terminal" : "read");
  const [stop, setStop] = useState<Stop>("half");
  const [menu, setMenu] = useState(false);
  const onMachine = useWorld(({ config }) => isMachineWorld(config)) === true;
  const tabs: readonly { readonly id: MobileTab; readonly text: string; readonly icon: ReactNode }[] = [
    ...(lesson === undefined ? [] : [{ id: "read" as const, text: t("app.mobile.read"), icon: <PenIcon size={20} /> }]),
    { id: "inspect", text: t("app.mobile.inspect"), icon: <TargetIcon size={20} /> },
    { id: "terminal", text: t("app.dock.terminal"), icon: <span className="mono sign">&gt;_</span> },
    ...(onMachine ? [] : [{ id: "yaml" as const, text: "YAML", icon: <span className="mono sign">{"{ }"}</span> }]),
  ];
  return (
    <div className="mobile" data-stop={stop} data-tab={tab}>
      <header className="mobile-head">
        <a className="tb" href={place?.href ?? "#/"} aria-label={t("app.back")}>
          <LeftIcon size={20} />
        </a>
        <b>{title}</b>
        <button type="button" className="tb" aria-expanded={menu} aria-label={t("app.menu")} onClick={() => setMenu(!menu)}>
          <MenuIcon size={20} />
        </button>
      </header>
      {menu && <MobileMenu onMachine={onMachine} onDone={() => setMenu(false)} />}
      <div className="core-strip" aria-hidden="true">
        {STRATA.map((stratum, i) => (
          <i key={stratum} style={{ background: `var(--${stratum}${i === 0 ? "" : "-mid"})` }} />
        ))}
      </div>
      <main className="stage" data-region="stage" tabIndex={-1}>
        <WorldNotices />
        <StageArea variant="mobile" />
      </main>
      <MobileTransport />
      <section className="sheet" data-region="lesson" tabIndex={-1} id="mobile-panel" aria-label={tabs.find(({ id }) => id === tab)?.text}>
        <SheetHandle stop={stop} onStop={setStop} />
        <div className="sheet-body">
          {tab === "read" && lesson}
          {tab === "read" && curve !== undefined && item?.kind === "lesson" && <CurveArea lesson={item.lesson} prediction={curve} />}
          {tab === "inspect" && (
            <div className="inspector">
              <InspectorArea />
            </div>
          )}
          {tab === "terminal" && <DockPanel tab="terminal" chips />}
          {tab === "yaml" && <DockPanel tab="editor" />}
        </div>
      </section>
      <nav className="mobile-tabs" aria-label={t("app.mobile.tabs")}>
        {tabs.map(({ id, text, icon }) => (
          <button
            key={id}
            type="button"
            aria-pressed={id === tab}
            className={id === tab ? "on" : undefined}
            onClick={() => {
              setTab(id);
              if (stop === "peek") setStop("half");
            }}
          >
            {icon}
            <span>{text}</span>
          </button>
        ))}
      </nav>
    </div>
  );
}

/** Drag it, or press it: peek, half, full. */
function SheetHandle({ stop, onStop }: { readonly stop: Stop; readonly onStop: (stop: Stop) => void }): ReactNode {
  const t = useT();
  const from = useRef<number | undefined>(undefined);
  const step = (by: number): void => onStop(STOPS[Math.max(0, Math.min(STOPS.length - 1, STOPS.indexOf(stop) + by))] ?? stop);
  const release = (event: PointerEvent): void => {
    const moved = (from.current ?? event.clientY) - event.clientY;
    from.current = undefined;
    if (Math.abs(moved) > 24) step(moved > 0 ? 1 : -1);
    else onStop(stop === "full" ? "peek" : (STOPS[STOPS.indexOf(stop) + 1] ?? "peek"));
  };
  return (
    <button
      type="button"
      className="sheet-handle"
      aria-label={t("app.mobile.sheet")}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = event.clientY;
      }}
      onPointerUp={release}
      onKeyDown={(event) => {
        if (event.key === "ArrowUp" || event.key === "ArrowDown") step(event.key === "ArrowUp" ? 1 : -1);
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          onStop(stop === "full" ? "peek" : (STOPS[STOPS.indexOf(stop) + 1] ?? "peek"));
        }
      }}
    >
      <i />
    </button>
  );
}

function MobileMenu({ onMachine, onDone }: { readonly onMachine: boolean; readonly onDone: () => void }): ReactNode {
  const t = useT();
  const item = (text: string, act: () => void): ReactNode => (
    <button
      type="button"
      className="menu-item"
      onClick={() => {
        act();
        onDone();
      }}
    >
      {text}
    </button>
  );
  return (
    <div className="mobile-menu">
      {item(t("app.share.open"), () => ui.open("share"))}
      {item(t("app.branches.title"), () => ui.open("branches"))}
      {!onMachine && item(t("app.faults.title"), () => ui.open("faults"))}
      {item(t("app.newWorld.title"), () => ui.open("world"))}
      {item(t("app.find.title"), () => ui.open("find"))}
      <a className="menu-item" href="#/settings">
        {t("app.settings.title")}
      </a>
      <div className="menu-row">
        <ThemeButton />
        <LanguageSwitch />
      </div>
    </div>
  );
}
