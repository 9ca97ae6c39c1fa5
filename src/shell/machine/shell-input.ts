/**
 * Where a shell's commands come from when they are read one by one: a pipe or file, or a person at a terminal, with a line editor.
 *
 * While a line is edited the terminal hands over every key; while a command runs it has its own modes again, as readline does it.
 *
 * @rule linux.shell.input
 * @source bash(1) READLINE
 */
import { parseBash } from "../language/bash-grammar";
import { complete, type Known, listed } from "./line-completion";
import { type Edit, newEdit, strikeKey, type Struck } from "./line-editor";
import { CLEAR_SCREEN, draw, leaveLine, redraw } from "./line-screen";
import { builtins } from "./shell-builtins";
import { noteSignals } from "./shell-fork";
import { expandHistory, historyOf, remember, rememberMore } from "./shell-history";
import { collectJobs, tellJobs } from "./shell-jobs";
import { promptText } from "./shell-prompt";
import { complain, type Frame, getText, push, scriptFrame, type Shell, update, write } from "./shell-state";
import { namesIn } from "./shell-words";

type Input = Extract<Frame, { kind: "input" }>;
const SCREEN = 2;
/** Candidates that are listed without asking: none is asked for here. */
const RAW = { echo: false, canonical: false, mapReturn: false };
const INTERRUPTED = 130;

export function readInput(shell: Shell, frame: Input): void {
  if (frame.edit !== undefined) return editLine(shell, frame, frame.edit);
  collectJobs(shell);
  if (!shell.state.interactive) return readPlain(shell, frame);
  tellJobs(shell);
  const terminal = shell.system.terminal(frame.fd);
  if (!terminal.ok || shell.state.dash || shell.state.options["noediting"] === true) {
    write(shell.system, SCREEN, promptText(shell, frame.text !== ""));
    return readPlain(shell, frame);
  }
  const prompt = promptText(shell, frame.text !== "");
  const lines = prompt.lastIndexOf("\n") + 1;
  shell.system.tcsetattr(frame.fd, RAW);
  const edit = newEdit(prompt.slice(lines), historyOf(shell).length);
  const drawn = draw(edit, terminal.value.columns);
  // What stood on the line before stays: a prompt begins where the cursor is.
  write(
    shell.system,
    SCREEN,
    prompt
      // oxlint-disable-next-line no-control-regex -- terminals speak in control characters
      .replace(/[\x01\x02]/g, "")
      .replaceAll("\n", "\r\n")
      .replaceAll("\r\r\n", "\r\n"),
  );
  const { echo, canonical, signals, mapReturn } = terminal.value.modes;
  push(shell, { ...frame, edit: { ...edit, row: drawn.row }, modes: { echo, canonical, signals, mapReturn } });
}

/** Reads one line, a byte at a time: what follows belongs to the commands that will read it. */
function readPlain(shell: Shell, frame: Input): void {
  let read = frame.text;
  let ended = false;
  for (;;) {
    const got = shell.system.read(frame.fd, 1);
    if (!got.ok && got.errno === "EINTR") {
      noteSignals(shell);
      return push(shell, { ...frame, text: shell.state.interactive ? "" : read });
    }
    ended = !got.ok || got.value === "";
    if (ended || !got.ok) break;
    read += got.value;
    if (got.value === "\n") break;
  }
  if (ended && read === "") return endOfInput(shell, frame);
  submit(shell, frame, read, ended);
}

function submit(shell: Shell, { fd, line }: Input, read: string, ended: boolean): void {
  const parsed = parseBash(read, line, !ended, shell.state.interactive || shell.state.dash ? shell.state.aliases : undefined);
  const next = line + read.split("\n").length - 1;
  if ("script" in parsed) {
    if (!ended) push(shell, { kind: "input", fd, text: "", line: next });
    return push(shell, scriptFrame(parsed.script));
  }
  if ("incomplete" in parsed && !ended) return push(shell, { kind: "input", fd, text: read, line });
  complain(shell, "error" in parsed ? parsed.error : "syntax error: unexpected end of file");
  update(shell, { status: 2 });
  if (!ended) push(shell, { kind: "input", fd, text: "", line: next });
}

function endOfInput(shell: Shell, frame: Input): void {
  if (!shell.state.interactive) return;
  if (shell.state.dash) return write(shell.system, SCREEN, "\n");
  write(shell.system, SCREEN, "exit\n");
  if (shell.state.warned !== true && shell.state.jobs.some((job) => job.stopped !== undefined)) {
    write(shell.system, SCREEN, "There are stopped jobs.\n");
    update(shell, { warned: true });
    push(shell, { kind: "input", fd: frame.fd, text: "", line: frame.line });
  }
}

/** One key. */
function editLine(shell: Shell, frame: Input, was: Edit): void {
  const got = shell.system.read(frame.fd, 1);
  if (!got.ok && got.errno === "EINTR") return interrupted(shell, frame, was);
  const terminal = shell.system.terminal(frame.fd);
  const columns = terminal.ok && terminal.value.columns > 0 ? terminal.value.columns : 80;
  const ended = !got.ok || got.value === "";
  const struck: Struck = ended ? { edit: was, action: "end" } : strikeKey(was, got.ok ? got.value : "", historyOf(shell));
  const edit = struck.action === "complete" ? struck.edit : { ...struck.edit, asked: false };
  const shown = (next: Edit, screen = redraw(was, next, columns)): void => {
    write(shell.system, SCREEN, screen.out);
    push(shell, { ...frame, edit: { ...next, row: screen.row } });
  };
  switch (struck.action) {
    case "accept": {
      const screen = redraw(was, { ...edit, at: edit.line.length }, columns);
      write(shell.system, SCREEN, screen.out + leaveLine({ ...edit, row: screen.row }, columns));
      return accepted(shell, frame, edit.line);
    }
    case "end":
      cook(shell, frame);
      if (frame.text === "") return endOfInput(shell, frame);
      write(shell.system, SCREEN, "\n");
      return submit(shell, frame, frame.text, true);
    case "clear":
      return shown(edit, { ...prefixed(CLEAR_SCREEN, draw({ ...edit, row: 0 }, columns)) });
    case "complete":
      return completed(shell, edit, columns, shown);
    case "bell":
      write(shell.system, SCREEN, "\x07");
  }
  shown(edit);
}

const prefixed = (text: string, { out, row }: { readonly out: string; readonly row: number }) => ({ out: text + out, row });

/** The terminal as it was before the line was edited. */
function cook(shell: Shell, { fd, modes }: Input): void {
  if (modes !== undefined) shell.system.tcsetattr(fd, modes);
}

/** ^C at the prompt: the line is left as it is, and another begins. */
function interrupted(shell: Shell, frame: Input, edit: Edit): void {
  noteSignals(shell);
  if (!shell.state.arrived.includes("INT")) return push(shell, frame);
  cook(shell, frame);
  write(shell.system, SCREEN, "^C\r\n");
  void edit;
  const trapped = shell.state.traps["INT"] !== undefined;
  update(shell, { arrived: trapped ? shell.state.arrived : shell.state.arrived.filter((name) => name !== "INT"), status: INTERRUPTED });
  push(shell, { kind: "input", fd: frame.fd, text: "", line: frame.line });
}

function accepted(shell: Shell, frame: Input, line: string): void {
  cook(shell, frame);
  const expanded = expandHistory(shell, line);
  const again: Input = { kind: "input", fd: frame.fd, text: frame.text, line: frame.line };
  if (expanded === undefined) return push(shell, again);
  if (expanded !== line) write(shell.system, SCREEN, `${expanded}\n`);
  if (frame.text === "") remember(shell, expanded);
  else rememberMore(shell, expanded);
  if (shell.state.warned === true && !/^\s*(?:exit|logout)\b/.test(expanded)) update(shell, { warned: false });
  submit(shell, again, `${frame.text}${expanded}\n`, false);
}

function completed(shell: Shell, edit: Edit, columns: number, shown: (next: Edit, screen?: { out: string; row: number }) => void): void {
  const { replace, insert, candidates } = complete(edit.line.slice(0, edit.at), known(shell));
  if (candidates.length === 0) {
    if (insert === "") write(shell.system, SCREEN, "\x07");
    const from = edit.at - replace;
    return shown({ ...edit, asked: false, line: edit.line.slice(0, from) + insert + edit.line.slice(edit.at), at: from + insert.length });
  }
  if (!edit.asked) {
    write(shell.system, SCREEN, "\x07");
    return shown({ ...edit, asked: true });
  }
  const below = `${leaveLine(edit, columns)}${listed(candidates, columns)}`;
  shown(edit, prefixed(below, draw({ ...edit, row: 0 }, columns)));
}

const WORDS = "if then else elif fi case esac for while until do done in function time { } ! [[ ]]".split(" ");

const known = (shell: Shell): Known => ({
  commands: () => [
    ...WORDS,
    ...Object.keys(builtins),
    ...Object.keys(shell.state.functions),
    ...(getText(shell, "PATH") ?? "").split(":").flatMap((directory) => namesIn(shell, directory)),
  ],
  variables: () => Object.keys(shell.state.variables),
  names: (directory) => namesIn(shell, directory),
  isDirectory: (path) => {
    const found = shell.system.stat(path);
    return found.ok && found.value.kind === "dir";
  },
  home: getText(shell, "HOME") ?? "/root",
});
