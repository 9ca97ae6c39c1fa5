/** The dock: terminal, equivalent commands and the workspace's files. Side by side where there is height, one tab at a time otherwise. */
import { lazy, type ReactNode, Suspense } from "react";
import { useT } from "../../locales/i18n";
import { isMachineWorld } from "../../session/types";
import { Separator } from "../shell/separator";
import { TabList } from "../shell/tabs";
import { useShort } from "../shell/media";
import { type DockTab, ui, useUi } from "../store";
import { CommandLog } from "./command-log";
import { FileTabs, useOpenFile } from "./file-tabs";
import { useDockHeight } from "./dock-height";
import { useWorld } from "./lab-context";
import { ConsolePane, MachineDock } from "./machine-dock";

const TerminalPane = lazy(() => import("../terminal/terminal-pane").then((module) => ({ default: module.TerminalPane })));
const EditorPane = lazy(() => import("../editor/editor-pane").then((module) => ({ default: module.EditorPane })));
const EditSession = lazy(() => import("../editor/editor-pane").then((module) => ({ default: module.EditSession })));

function Loading({ what }: { readonly what: string }): ReactNode {
  const t = useT();
  return <div className="part-loading">{t("app.loading", { what })}</div>;
}

/** The panel under the chosen tab. */
export function DockPanel({ tab, chips }: { readonly tab: DockTab; readonly chips?: boolean }): ReactNode {
  const t = useT();
  const file = useOpenFile();
  const editing = useWorld((state) => state.terminals["1"]?.edit?.job);
  const onMachine = useWorld(({ config }) => isMachineWorld(config)) === true;
  if (tab === "commands") return <CommandLog />;
  if (onMachine) return <ConsolePane pane={0} chips={chips === true} />;
  if (tab === "terminal") {
    return (
      <Suspense fallback={<Loading what={t("app.dock.terminal")} />}>
        <TerminalPane chips={chips} />
      </Suspense>
    );
  }
  return (
    <Suspense fallback={<Loading what={t("app.dock.editor")} />}>
      {editing !== undefined ? <EditSession terminal="1" /> : <EditorPane path={file} />}
    </Suspense>
  );
}

export function Dock({ single }: { readonly single: boolean }): ReactNode {
  const onMachine = useWorld(({ config }) => isMachineWorld(config));
  return onMachine === true ? <MachineDock single={single} /> : <ClusterDock single={single} />;
}

function ClusterDock({ single }: { readonly single: boolean }): ReactNode {
  const t = useT();
  const short = useShort();
  const tab = useUi((state) => state.panes.dockTab);
  const height = useDockHeight();
  const one = single || short;
  const side: DockTab = tab === "editor" ? "terminal" : tab;
  return (
    <section className={one ? "dock one" : "dock"} aria-label={t("app.dock.label")} style={{ height }}>
      <Separator
        label={t("app.dock.resize")}
        axis="y"
        sense={-1}
        value={height}
        min={96}
        max={Math.max(120, Math.round(innerHeight * 0.5))}
        onChange={(dockHeight) => ui.setPanes({ dockHeight })}
      />
      <div className="pane" data-region={tab === "editor" && one ? "editor" : "terminal"} tabIndex={-1} id="dock-panel">
        <div className="pane-head">
          <TabList<DockTab>
            name="dock"
            label={t("app.dock.label")}
            selected={one ? tab : side}
            onSelect={(dockTab) => ui.setPanes({ dockTab })}
            tabs={[
              { id: "terminal", text: t("app.dock.terminal") },
              ...(one ? [{ id: "editor" as const, text: t("app.dock.editor") }] : []),
              { id: "commands", text: t("app.dock.commands") },
            ]}
          />
          {one && tab === "editor" && <FileTabs />}
          <button type="button" className="tb fold" aria-label={t("app.dock.fold")} onClick={() => ui.setPanes({ dock: false })}>
            <kbd>`</kbd>
          </button>
        </div>
        <DockPanel tab={one ? tab : side} />
      </div>
      {!one && (
        <div className="pane" data-region="editor" tabIndex={-1}>
          <div className="pane-head">
            <FileTabs />
          </div>
          <DockPanel tab="editor" />
        </div>
      )}
    </section>
  );
}
