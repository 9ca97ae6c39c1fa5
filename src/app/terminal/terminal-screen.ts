/** The terminal emulator and the line under it: draws a session's terminal, turns keys into inputs. Loaded with the terminal pane. */
import type { Completion, TerminalLine, TerminalView } from "../../session/types";
import { newEmulator } from "./emulator";
import { completed, EMPTY_LINE, type Line, typed } from "./line-editor";
import { redrawOf, type Shown } from "./transcript";

export interface ScreenEvents {
  enter(text: string): void;
  interrupt(): void;
  /** The end of input (Ctrl-D in an empty line). */
  end(): void;
  complete(line: string, cursor: number): Promise<Completion>;
  leave(): void;
  /** More was pasted than a line can be. */
  tooMuch(): void;
}

export interface Screen {
  show(view: TerminalView): void;
  retheme(fontSize: number): void;
  /** Names the input for assistive technology, in the language that is read now. */
  rename(label: string): void;
  focus(): void;
  /** Puts text into the line as if it were typed. */
  put(text: string): void;
  dispose(): void;
}

const RESET = "\x1b[0m";
const STYLES: Readonly<Record<TerminalLine["stream"], string>> = { in: "\x1b[1m", out: "\x1b[37m", err: "\x1b[37m" };
const ALARM = "\x1b[31m";
/** Much that goes to standard error is no failure: "No resources found". */
const FAILURE = /^(error|Error|The |Unable|Warning|\S+: (command not found|cannot|No such))/;
const PROMPT = "\x1b[90m";

export function createScreen(element: HTMLElement, label: string, fontSize: number, events: ScreenEvents): Screen {
  const { terminal, screen } = newEmulator(element, label, fontSize);
  let shown: Shown = { dropped: 0, lines: [] };
  let view: TerminalView = { lines: [], dropped: 0, prompt: "$ ", busy: false };
  let line: Line = EMPTY_LINE;
  /** Rows of the line being typed, below its first. */
  let rowsBelow = 0;
  let candidates: readonly string[] = [];
  let prompted = false;

  const wipe = (): string => `\r${rowsBelow > 0 ? `\x1b[${rowsBelow}A` : ""}\x1b[J`;
  function drawLine(): string {
    rowsBelow = 0;
    if (view.busy) return "";
    const columns = Math.max(1, terminal.cols);
    const whole = view.prompt.length + line.text.length;
    const at = view.prompt.length + line.cursor;
    rowsBelow = Math.floor(at / columns);
    const up = Math.floor(whole / columns) - rowsBelow;
    const text = `${PROMPT}${view.prompt}${RESET}\x1b[1m${line.text}${RESET}`;
    // A line that ends at the last column leaves the cursor there; a space and back moves it to the next row.
    const wrap = whole > 0 && whole % columns === 0 ? " \b" : "";
    return `${text}${wrap}${up > 0 ? `\x1b[${up}A` : ""}\r${at % columns > 0 ? `\x1b[${at % columns}C` : ""}`;
  }
  function styled({ stream, text }: TerminalLine): string {
    const [first = "", ...rest] = text.replace(/\n$/, "").split("\n");
    const head = stream === "err" && FAILURE.test(first) ? ALARM : STYLES[stream];
    return [`${head}${first}${RESET}`, ...rest.map((line) => `${STYLES[stream]}${line}${RESET}`)].join("\r\n");
  }
  function written(lines: readonly TerminalLine[]): string {
    return lines
      .map((line) => `${line.stream === "in" ? `${PROMPT}${line.prompt ?? (line.continues ? "> " : "$ ")}${RESET}` : ""}${styled(line)}\r\n`)
      .join("");
  }
  function show(next: TerminalView): void {
    if (next === view) return;
    const { fresh, lines } = redrawOf(shown, next);
    const promptChanged = !prompted || next.prompt !== view.prompt || next.busy !== view.busy;
    const before = wipe();
    view = next;
    prompted = true;
    // After a reload the lines of the world's own terminal are what can be recalled.
    if (line.history.length === 0)
      line = { ...line, history: next.lines.flatMap(({ stream, text }) => (stream === "in" && text !== "" ? [text] : [])) };
    if (!fresh && lines.length === 0 && !promptChanged) {
      shown = next;
      return;
    }
    // A reset goes the way of all text, or what is still to be written would come after it.
    terminal.write((fresh ? "\x1bc" : before) + written(fresh ? next.lines : lines) + drawLine());
    shown = next;
  }
  function redrawLine(note = ""): void {
    const before = wipe();
    terminal.write(before + note + drawLine());
  }

  async function complete(): Promise<void> {
    const asked = line;
    const answer = await events.complete(line.text, line.cursor);
    if (line !== asked) return;
    const next = completed(line, answer.from, answer.candidates);
    const again = next.text === line.text && answer.candidates.length > 1;
    line = next;
    candidates = answer.candidates;
    redrawLine(
      again ? `${PROMPT}${view.prompt}${RESET}\x1b[1m${line.text}${RESET}\r\n${PROMPT}${candidates.slice(0, 60).join("  ")}${RESET}\r\n` : "",
    );
  }

  terminal.onData((data) => {
    const result = typed(line, data);
    line = result.line;
    for (const effect of result.effects) {
      if (effect.kind === "enter") {
        terminal.write(wipe());
        rowsBelow = 0;
        events.enter(effect.text);
      } else if (effect.kind === "interrupt") {
        // Whatever is under way hears of it: a command, a program that reads lines, a command begun on the line before.
        if (view.busy || view.prompt !== "$ ") events.interrupt();
        else terminal.write("^C\r\n");
      } else if (effect.kind === "end") {
        if (view.reads === true) events.end();
      } else if (effect.kind === "complete") void complete();
      else if (effect.kind === "clear") terminal.clear();
      else if (effect.kind === "tooMuch") events.tooMuch();
      else events.leave();
    }
    if (!result.effects.some((effect) => effect.kind === "enter" || effect.kind === "complete")) redrawLine();
    else if (line.text !== "") redrawLine();
  });
  return {
    ...screen,
    show,
    put: (text) => {
      line = { ...line, text, cursor: text.length };
      redrawLine();
      terminal.focus();
    },
  };
}
