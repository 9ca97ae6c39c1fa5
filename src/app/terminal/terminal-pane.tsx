/** A terminal of the world: the screen, a transcript for screen readers, and parts of commands to tap on a phone. */
import { type ReactNode, useCallback, useEffect, useRef } from "react";
import { useT } from "../../locales/i18n";
import { isMachineWorld, type TerminalView } from "../../session/types";
import { runHeld } from "../lesson/held-time";
import { useSession, useWorld } from "../lab/lab-context";
import { useDark } from "../shell/media";
import { ui, useUi } from "../store";
import { CommandChips } from "./command-chips";
import { ConsoleKeys } from "./console-keys";
import { createConsole } from "./console-screen";
import { plainText } from "./printed";
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

/** The last lines as text, without the signs that move the cursor or colour it. */
function spokenLines({ lines, dropped, screen }: TerminalView): readonly { readonly key: number; readonly text: string }[] {
  if (screen === undefined) {
    const first = dropped + Math.max(0, lines.length - READ_ALOUD);
    return lines.slice(-READ_ALOUD).map(({ text }, i) => ({ key: first + i, text }));
  }
  const plain = plainText(screen.text).split("\n");
  const first = Math.max(0, plain.length - READ_ALOUD);
  return plain.slice(first).map((text, i) => ({ key: first + i, text }));
}

export function TerminalPane({ terminal = "1", fontSize = 12.5, chips = false, focus = false }: TerminalPaneProps): ReactNode {
  const t = useT();
  const session = useSession();
  const view = useWorld((state) => state.terminals[terminal]);
  const onMachine = useWorld(({ config }) => isMachineWorld(config)) === true;
  const dark = useDark();
  const theme = useUi((state) => state.theme);
  const place = useRef<HTMLDivElement>(null);
  const screen = useRef<Screen | undefined>(undefined);

  // A command needs time to pass. Where a lesson holds the time, as much as the command takes.
  const goOn = useCallback((): void => {
    if (useUi.getState().holdsTime) runHeld(session, terminal);
    else session.play();
  }, [session, terminal]);
  const strike = useCallback(
    (keys: string): void => {
      session.strike(terminal, keys);
      goOn();
    },
    [session, terminal, goOn],
  );

  useEffect(() => {
    let created: Screen | undefined;
    let gone = false;
    const open = (): void => {
      if (gone || place.current === null) return;
      const tooMuch = (): void => ui.say(t("app.terminal.tooMuch"));
      const leave = (): void => {
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      };
      const kube = {
        enter: (text: string): void => {
          session.type(terminal, text);
          goOn();
        },
        interrupt: () => session.key(terminal, "ctrl-c"),
        end: () => session.key(terminal, "ctrl-d"),
        complete: (line: string, cursor: number) => session.complete(terminal, line, cursor),
        tooMuch,
        leave,
      };
      const label = t("app.terminal.input");
      created = onMachine
        ? createConsole(place.current, label, fontSize, {
            strike,
            resize: (columns, rows) => session.resize(terminal, columns, rows),
            tooMuch,
            leave,
          })
        : createScreen(place.current, label, fontSize, kube);
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
  }, [session, terminal, onMachine, goOn, strike]);
  useEffect(() => screen.current?.retheme(fontSize), [dark, theme, fontSize]);
  useEffect(() => screen.current?.rename(t("app.terminal.input")), [t]);
  useEffect(() => {
    screen.current?.show(view ?? UNUSED);
  }, [view]);

  return (
    <div className="terminal">
      <div className="terminal-screen" ref={place} />
      <div className="visually-hidden" role="log" aria-live="polite" aria-label={t("app.terminal.transcript")} data-testid="transcript">
        {view !== undefined && spokenLines(view).map(({ key, text }) => <div key={key}>{text}</div>)}
      </div>
      {chips && onMachine && <ConsoleKeys onStrike={strike} />}
      {chips && !onMachine && <CommandChips onRun={(line) => session.type(terminal, line)} onPut={(line) => screen.current?.put(line)} />}
    </div>
  );
}
