/** A machine that a scenario plays on (header `machine: NAME`): lines are typed at its terminals, `$ 2: LINE` at the second. */
import { plainText } from "../../src/app/terminal/printed";
import { addressed, numbersOf, withNumbers } from "../../src/course/terminals";
import { ground } from "../../src/session/machine-ground";
import type { SessionConfig } from "../../src/session/types";
import { createTimeline, type Timeline } from "../../src/sim/timeline";
import type { Message, Micros } from "../../src/sim/types";
import { type CauseView, whyProcess } from "../../src/stage/readmodel/machine/score-view";
import type { MachineView } from "../../src/stage/readmodel/machine/types";
import { keysAt, type Struck, sizeAt } from "../../src/world/consoles";
import { createWorld } from "../../src/world/world";
import { fill, LONGEST_COMMAND, type Scene, STEP, spanOf } from "./scene";
import type { Header } from "./transcript";

/** So wide that no line that is typed is broken. */
const COLUMNS = 2000;
const ROWS = 50;
const KEYS: Readonly<Record<string, string>> = { "ctrl-c": "\x03", "ctrl-d": "\x04", "ctrl-z": "\x1a", enter: "\r", tab: "\t" };

export class MachineStage implements Scene {
  readonly timeline: Timeline;
  readonly facts = ground.facts;
  private readonly config: SessionConfig;

  constructor(header: Header & { readonly machine: string }) {
    const { seed, profile, machine, terminals } = header;
    this.config = { seed, profile, nodes: 0, controlPlane: false, kubeSystem: false, machines: [{ name: machine, consoles: terminals }] };
    const world = createWorld(this.config, ground);
    this.timeline = createTimeline({ seed, profile, actors: world.actors });
    for (const input of world.inputs) this.timeline.submit(input, input.at);
    this.settle("1");
    for (let i = 1; i <= terminals; i++) this.send(sizeAt(this.config, String(i), COLUMNS, ROWS));
    this.run(STEP);
  }

  private state() {
    return ground.state(this.timeline, [this.config.machines?.[0]?.name ?? ""], {});
  }

  private view(): MachineView | undefined {
    return this.state().machines[0];
  }

  private send({ to, message }: Struck): void {
    this.timeline.submit({ to, message: message as Message });
  }

  private printed(terminal: string): string {
    const screen = this.state().terminals[terminal]?.screen;
    if (screen === undefined) throw new Error(`there is no terminal ${terminal}`);
    return screen.text;
  }

  /** Until whoever stands in front of a terminal waits for keys, or patience ends. */
  private settle(terminal: string): boolean {
    const limit = this.timeline.now + LONGEST_COMMAND;
    do this.run(STEP);
    while (this.state().terminals[terminal]?.busy !== false && this.timeline.now < limit);
    return this.state().terminals[terminal]?.busy === false;
  }

  run(span: Micros): void {
    this.timeline.seek(this.timeline.now + span);
  }

  at(time: Micros): void {
    if (time < this.timeline.now) throw new Error(`it is ${this.timeline.now / 1e6} s already`);
    this.timeline.seek(time);
  }

  /** What a line prints, without the line itself and the prompt after it. */
  type(command: string): string {
    const { terminal, line } = addressed(command);
    const before = this.printed(terminal).length;
    for (const part of line.split("\n")) this.send(keysAt(this.config, terminal, `${part}\r`));
    if (!this.settle(terminal)) {
      this.send(keysAt(this.config, terminal, "\x03"));
      this.settle(terminal);
    }
    const lines = plainText(this.printed(terminal).slice(before)).split("\n");
    return lines
      .slice(line.split("\n").length, -1)
      .map((text) => `${text}\n`)
      .join("");
  }

  key(text: string): void {
    const { terminal, line } = addressed(text);
    const keys = KEYS[line];
    if (keys === undefined) throw new Error(`key: ${line}: must be one of ${Object.keys(KEYS).join(", ")}`);
    this.send(keysAt(this.config, terminal, keys));
    this.settle(terminal);
  }

  fault(): void {
    throw new Error("a machine has no faults but what is done at its terminals");
  }

  resolved(line: string): string {
    const view = this.view();
    return view === undefined ? line : withNumbers(line, numbersOf(view));
  }

  /** The chain of causes of the newest process of a name. */
  why(text: string): string {
    const name = text.replace(/^process[\s/]+/, "");
    const found = this.view()?.processes.findLast((process) => process.name === name);
    if (found === undefined) throw new Error(`no process ${name}`);
    const line = ({ at, says }: CauseView): string => `${(at / 1e6).toFixed(3)}s ${fill(says.key, says.params)}\n`;
    return whyProcess(this.timeline, found.uid).map(line).join("");
  }

  span(text: string): Micros {
    return spanOf(text);
  }

  hash(): string {
    return this.timeline.hash();
  }
}
