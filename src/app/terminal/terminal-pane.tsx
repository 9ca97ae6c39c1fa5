/** A terminal of the world: the screen, a transcript for screen readers, and parts of commands to tap on a phone. */
import { type ReactNode, useEffect, useRef } from "react";
import { useT } from "../../locales/i18n";
import type { TerminalView } from "../../session/types";
import { runHeld } from "../lesson/held-time";
import { useSession, useWorld } from "../lab/lab-context";
import { useDark } from "../shell/media";
import { ui, useUi } from "../store";
import { CommandChips } from "./command-chips";
import { createScreen, type Screen } from "./terminal-screen";
import "./terminal.css";

interface TerminalPaneProps {
  readonly terminal?: string;
  readonly fontSize?: number;
  readonly chips?: boolean;
  /** Whether it was opened in order to type. */
  readonly focus?: boolean;
}

const READ_ALOUD = 12;
/** A terminal before its first line, also after a step back to there. */
const UNUSED: TerminalView = { lines: [], dropped: 0, prompt: "$ ", busy: false };

export function TerminalPane({ terminal = "1", fontSize = 12.5, chips = false, focus = false }: TerminalPaneProps): ReactNode {
  const t = useT();
  const session = useSession();
  const view = useWorld((state) => state.terminals[terminal]);
  const dark = useDark();
  const theme = useUi((state) => state.theme);
  const place = useRef<HTMLDivElement>(null);
  const screen = useRef<Screen | undefined>(undefined);

  useEffect(() => {
    let created: Screen | undefined;
    let gone = false;
    const open = (): void => {
      if (gone || place.current === null) return;
      created = createScreen(place.current, t("app.terminal.input"), fontSize, {
        enter: (text) => {
          session.type(terminal, text);
          // A command needs time to pass. Where a lesson holds the time, as much as the command takes.
          if (useUi.getState().holdsTime) runHeld(session, terminal);
          else session.play();
        },
        interrupt: () => session.key(terminal, "ctrl-c"),
        end: () => session.key(terminal, "ctrl-d"),
        complete: (line, cursor) => session.complete(terminal, line, cursor),
        tooMuch: () => ui.say(t("app.terminal.tooMuch")),
        leave: () => {
          if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        },
      });
      screen.current = created;
      const now = session.state()?.terminals[terminal];
      created.show(now ?? UNUSED);
      if (focus) created.focus();
    };
    // The emulator measures its letters once, so they must be there first.
    Promise.all([400, 600].map((weight) => document.fonts.load(`${weight} ${fontSize}px "IBM Plex Mono"`))).then(open, open);
    return () => {
      gone = true;
      screen.current = undefined;
      created?.dispose();
    };
    // The screen is made once for its session; texts and sizes follow below.
  }, [session, terminal]);
  useEffect(() => screen.current?.retheme(fontSize), [dark, theme, fontSize]);
  useEffect(() => screen.current?.rename(t("app.terminal.input")), [t]);
  useEffect(() => {
    screen.current?.show(view ?? UNUSED);
  }, [view]);

  return (
    <div className="terminal">
      <div className="terminal-screen" ref={place} />
      <div className="visually-hidden" role="log" aria-live="polite" aria-label={t("app.terminal.transcript")} data-testid="transcript">
        {view?.lines.slice(-READ_ALOUD).map((line, i) => (
          <div key={view.dropped + view.lines.length - READ_ALOUD + i}>{line.text}</div>
        ))}
      </div>
      {chips && <CommandChips onRun={(line) => session.type(terminal, line)} onPut={(line) => screen.current?.put(line)} />}
    </div>
  );
}
