/** The terminal emulator with its looks, its size and its keys, as every terminal of the lab has it. */
import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { type ITheme, Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import type { Screen } from "./terminal-screen";

function themeOf(element: HTMLElement): ITheme {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  return {
    background: color("--panel"),
    foreground: color("--ink"),
    cursor: color("--ink"),
    cursorAccent: color("--paper"),
    selectionBackground: color("--orch-mid"),
    white: color("--ink-2"),
    brightBlack: color("--ink-3"),
    red: color("--alarm-ink"),
    green: color("--pod-ink"),
    yellow: color("--fs-ink"),
    blue: color("--orch-ink"),
    magenta: color("--hyp-ink"),
    cyan: color("--pod-ink"),
  };
}

interface Emulator {
  readonly terminal: Terminal;
  readonly screen: Pick<Screen, "retheme" | "rename" | "focus" | "dispose">;
}

export function newEmulator(element: HTMLElement, label: string, fontSize: number): Emulator {
  const terminal = new Terminal({
    fontFamily: "'IBM Plex Mono','IBM Plex Sans KR',ui-monospace,monospace",
    fontSize,
    fontWeightBold: "600",
    lineHeight: 1.06,
    convertEol: true,
    cursorBlink: false,
    cursorStyle: "block",
    screenReaderMode: true,
    scrollback: 5000,
    theme: themeOf(element),
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(new SearchAddon());
  terminal.open(element);
  terminal.textarea?.setAttribute("aria-label", label);
  terminal.textarea?.setAttribute("data-region-focus", "");
  fit.fit();
  const resized = new ResizeObserver(() => {
    if (element.clientWidth > 0 && element.clientHeight > 0) fit.fit();
  });
  resized.observe(element);
  terminal.attachCustomKeyEventHandler((event) => {
    // F6 and Shift-Tab belong to the page; copying a selection belongs to the browser.
    if (event.key === "F6" || (event.key === "Tab" && event.shiftKey)) return false;
    if (event.key === "c" && event.ctrlKey && terminal.hasSelection()) return false;
    return !(event.key === "v" && (event.ctrlKey || event.metaKey));
  });
  return {
    terminal,
    screen: {
      retheme: (size) => {
        terminal.options.theme = themeOf(element);
        terminal.options.fontSize = size;
        fit.fit();
      },
      rename: (name) => terminal.textarea?.setAttribute("aria-label", name),
      focus: () => terminal.focus(),
      dispose: () => {
        resized.disconnect();
        terminal.dispose();
      },
    },
  };
}
