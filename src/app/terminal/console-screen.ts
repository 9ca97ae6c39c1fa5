/**
 * A machine's terminal: draws the bytes that were printed on it, and lets a line be edited before it is sent, so that one line is one input.
 * Keys that are no line (while a program runs, after Tab) go to the machine as they are struck.
 */
import type { TerminalView } from "../../session/types";
import { EMPTY_LINE, type Line, typed } from "./line-editor";
import { newEmulator } from "./emulator";
import { NOTHING, newPart } from "./printed";
import type { Screen } from "./terminal-screen";

export interface ConsoleEvents {
  strike(keys: string): void;
  resize(columns: number, rows: number): void;
  leave(): void;
  tooMuch(): void;
}

const ENDS_LINE = ["\r", "\x03", "\x04"];
/** Keys that the machine hears at once: stop the program in front, draw the screen anew. */
const AT_ONCE = ["\x1a", "\x0c"];

export function createConsole(element: HTMLElement, label: string, fontSize: number, events: ConsoleEvents): Screen {
  const { terminal, screen } = newEmulator(element, label, fontSize);
  let shown = NOTHING;
  let view: TerminalView | undefined;
  let line: Line = EMPTY_LINE;
  /** Column where the line that is being edited begins, and rows of it above the cursor. */
  let column = 0;
  let rowsBelow = 0;
  /** Keys go to the machine: the line was begun there. */
  let through = false;

  const wipe = (): string => `\r${rowsBelow > 0 ? `\x1b[${rowsBelow}A` : ""}${column > 0 ? `\x1b[${column}C` : ""}\x1b[J`;
  function drawLine(): string {
    const columns = Math.max(1, terminal.cols);
    const [whole, at] = [column + line.text.length, column + line.cursor];
    rowsBelow = Math.floor(at / columns);
    const up = Math.floor(whole / columns) - rowsBelow;
    const wrap = line.text !== "" && whole % columns === 0 ? " \b" : "";
    return `\x1b[1m${line.text}\x1b[0m${wrap}${up > 0 ? `\x1b[${up}A` : ""}\r${at % columns > 0 ? `\x1b[${at % columns}C` : ""}`;
  }
  function write(text: string, fresh: boolean): void {
    const before = fresh ? "\x1bc" : line.text === "" ? "" : wipe();
    rowsBelow = 0;
    terminal.write(before + text, () => {
      column = terminal.buffer.active.cursorX;
      if (line.text !== "") terminal.write(drawLine());
    });
  }
  function show(next: TerminalView): void {
    view = next;
    const printed = next.screen ?? NOTHING;
    if (printed.text === shown.text && printed.dropped === shown.dropped) return;
    const part = newPart(shown, printed);
    shown = printed;
    write(part ?? printed.text, part === undefined);
  }
  /** The line goes to the machine, which prints it itself. */
  function send(keys: string, drawn: Line): void {
    if (drawn.text !== "") terminal.write(wipe());
    rowsBelow = 0;
    line = { ...EMPTY_LINE, history: line.history };
    strike(keys);
  }
  /** A program prints for the window that is there: the machine is told its size before it hears the keys. */
  function strike(keys: string): void {
    const size = view?.screen;
    const { cols, rows } = terminal;
    if (size !== undefined && (size.columns !== cols || size.rows !== rows)) events.resize(cols, rows);
    events.strike(keys);
  }
  terminal.onData((data) => {
    if (data === "\x1b") return events.leave();
    if (through || view?.busy !== false) {
      if (ENDS_LINE.some((key) => data.includes(key))) through = false;
      return strike(data);
    }
    if (data === "\t" || AT_ONCE.includes(data)) {
      through = data === "\t" && line.cursor === line.text.length;
      return data === "\t" && !through ? undefined : send(line.text + data, line);
    }
    const result = typed(line, data);
    const before = line;
    line = result.line;
    for (const effect of result.effects) {
      if (effect.kind === "enter") send(`${effect.text}\r`, before);
      else if (effect.kind === "interrupt") send("\x03", before);
      else if (effect.kind === "end") send("\x04", before);
      else if (effect.kind === "tooMuch") events.tooMuch();
    }
    if (result.effects.length === 0 || line.text !== "") terminal.write((before.text === "" ? "" : wipe()) + drawLine());
  });
  return {
    ...screen,
    show,
    put: (text) => {
      const before = line.text === "" ? "" : wipe();
      line = { ...line, text, cursor: text.length };
      terminal.write(before + drawLine());
      terminal.focus();
    },
  };
}
