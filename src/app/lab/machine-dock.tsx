/** The dock of a machine's world: its terminals, two side by side where there is room, each named for where it stands. */
import { lazy, type ReactNode, Suspense } from "react";
import { useT } from "../../locales/i18n";
import type { TerminalView } from "../../session/types";
import { PlusIcon } from "../glyphs/icons";
import { useShort } from "../shell/media";
import { Separator } from "../shell/separator";
import { TabList } from "../shell/tabs";
import { ui, useUi } from "../store";
import { CommandLog } from "./command-log";
import { useDockHeight } from "./dock-height";
import { useSession, useWorld } from "./lab-context";

const TerminalPane = lazy(() => import("../terminal/terminal-pane").then((module) => ({ default: module.TerminalPane })));
const NONE: Readonly<Record<string, TerminalView>> = {};
/** More terminals than these are seldom of use, and each is a shell in every link. */
const MOST = 6;

/** A terminal and the tabs to the others. The second pane shows what was typed until there is a second terminal. */
export function ConsolePane({ pane, chips = false }: { readonly pane: 0 | 1; readonly chips?: boolean }): ReactNode {
  const t = useT();
  const session = useSession();
  const terminals = useWorld((state) => state.terminals) ?? NONE;
  const machine = useWorld((state) => state.config.machines?.[0]?.name) ?? "";
  const chosen = useUi((state) => state.consoles[pane]);
  const names = Object.keys(terminals);
  const shown = names.includes(chosen) ? chosen : pane === 0 ? (names[0] ?? "1") : "commands";
  const title = (name: string): string => {
    const standing = terminals[name]?.standing;
    return standing === undefined ? t("app.console.host", { name }) : t("app.console.inside", { name, namespace: standing });
  };
  const open = (): void => {
    session.newTerminal(machine);
    session.play();
    ui.showConsole(pane, String(names.length + 1));
  };
  return (
    <>
      <div className="pane-head">
        <TabList
          name={`console${pane}`}
          label={t("app.console.label")}
          selected={shown}
          onSelect={(name) => ui.showConsole(pane, name)}
          tabs={[
            ...names.map((name) => ({ id: name, text: title(name) })),
            ...(pane === 1 ? [{ id: "commands", text: t("app.dock.commands") }] : []),
          ]}
        />
        {names.length < MOST && (
          <button type="button" className="tb" aria-label={t("app.console.new")} title={t("app.console.new")} onClick={open}>
            <PlusIcon />
          </button>
        )}
        {pane === 0 && !chips && (
          <button type="button" className="tb fold" aria-label={t("app.dock.fold")} onClick={() => ui.setPanes({ dock: false })}>
            <kbd>`</kbd>
          </button>
        )}
      </div>
      <div
        className="console-body"
        id={`console${pane}-panel`}
        role="tabpanel"
        aria-label={shown === "commands" ? t("app.dock.commands") : title(shown)}
      >
        {shown === "commands" ? (
          <CommandLog />
        ) : (
          <Suspense fallback={<div className="part-loading">{t("app.loading", { what: t("app.dock.terminal") })}</div>}>
            <TerminalPane key={shown} terminal={shown} chips={chips} />
          </Suspense>
        )}
      </div>
    </>
  );
}

export function MachineDock({ single }: { readonly single: boolean }): ReactNode {
  const t = useT();
  const short = useShort();
  const height = useDockHeight();
  const one = single || short;
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
      <div className="pane" data-region="terminal" tabIndex={-1}>
        <ConsolePane pane={0} />
      </div>
      {!one && (
        <div className="pane" data-region="editor" tabIndex={-1}>
          <ConsolePane pane={1} />
        </div>
      )}
    </section>
  );
}
