/** A world that a scenario plays in: types commands, lets time pass, looks at objects. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { resolveReferences } from "../../src/course/runner";
import { storeTable } from "../../src/kube/apiserver/storage/store";
import type { KubeObject, NodeObject } from "../../src/kube/apis/objects";
import { RESOURCES } from "../../src/kube/apis/resources";
import { outputTable, terminalTable } from "../../src/shell/tables";
import { seconds } from "../../src/sim/time";
import { createTimeline, type Timeline } from "../../src/sim/timeline";
import type { Message, Micros } from "../../src/sim/types";
import type { WorldReader } from "../../src/stage/readmodel/types";
import { whyChain } from "../../src/stage/readmodel/why";
import { parseFault } from "../../src/shell/fault-line";
import { nodeConfigs } from "../../src/world/config";
import { createWorld } from "../../src/world/world";
import { fill, LONGEST_COMMAND, type Scene, STEP, spanOf } from "./scene";
import type { Header } from "./transcript";

const TERMINAL = "terminal/1";
const LONGEST_BOOT = seconds(300);

function walk(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? walk(path) : [path];
    });
}

export class Stage implements Scene {
  readonly timeline: Timeline;
  private readonly header: Header;

  constructor(header: Header, folder: string) {
    this.header = header;
    const config = { seed: header.seed, profile: header.profile, nodes: header.nodes, controlPlane: true, kubeSystem: header.kubeSystem };
    const world = createWorld(config);
    this.timeline = createTimeline({ seed: header.seed, profile: header.profile, actors: world.actors });
    for (const input of world.inputs) this.timeline.submit(input, input.at);
    if (header.files !== undefined) {
      const root = join(folder, header.files);
      if (!existsSync(root)) throw new Error(`files: ${header.files}: no such folder`);
      for (const path of walk(root)) this.send(TERMINAL, { type: "workspace.write", path: relative(root, path), text: readFileSync(path, "utf8") });
    }
    this.boot(nodeConfigs({ ...config }).length);
  }

  /** Until every node is Ready. */
  private boot(nodes: number): void {
    const ready = (): number =>
      this.objects<NodeObject>("nodes").filter((node) => node.status?.conditions?.some((one) => one.type === "Ready" && one.status === "True"))
        .length;
    while (ready() < nodes && this.timeline.now < LONGEST_BOOT) this.run(seconds(1));
  }

  private send(to: string, message: object): void {
    this.timeline.submit({ to, message: message as Message });
  }

  run(span: Micros): void {
    this.timeline.seek(this.timeline.now + span);
  }

  at(time: Micros): void {
    if (time < this.timeline.now) throw new Error(`it is ${this.timeline.now / 1e6} s already`);
    this.timeline.seek(time);
  }

  objects<T extends KubeObject>(resource: string): readonly T[] {
    return this.timeline
      .table(storeTable(resource))
      .rows()
      .map((row) => row.object as T);
  }

  private busy(): boolean {
    const row = this.timeline.table(terminalTable).get(TERMINAL);
    return row?.job !== undefined || (row?.typedAhead.length ?? 0) > 0;
  }

  /** Types a command, waits until it has ended, and returns what it printed. */
  type(command: string): string {
    const written = this.timeline.table(outputTable).by("terminal", TERMINAL).length;
    for (const line of command.split("\n")) this.send(TERMINAL, { type: "terminal.type", line });
    this.run(STEP);
    const limit = this.timeline.now + LONGEST_COMMAND;
    while (this.busy() && this.timeline.now < limit) this.run(STEP);
    if (this.busy()) this.key("ctrl-c");
    return this.timeline
      .table(outputTable)
      .by("terminal", TERMINAL)
      .slice(written)
      .filter((row) => row.stream !== "in")
      .map((row) => row.text)
      .join("");
  }

  key(key: string): void {
    this.send(TERMINAL, { type: "terminal.key", key });
    this.run(STEP);
  }

  fault(line: string): void {
    const parsed = parseFault(this.resolved(line));
    if ("error" in parsed) throw new Error(parsed.error);
    this.send("fault/main", parsed.fault);
    this.run(STEP);
  }

  resolved(line: string): string {
    return resolveReferences(line, this.timeline);
  }

  /** The chain of causes of an object, one line each. */
  why(text: string): string {
    const [kind = "", rest = ""] = this.resolved(text).split(/[\s/]+(.*)/);
    const info = RESOURCES.find(({ name, singular, shortNames }) => name === kind || singular === kind || shortNames.includes(kind));
    const [namespace, name] = rest.includes("/") ? rest.split("/") : ["default", rest];
    const found =
      info && this.objects(info.name).find(({ metadata }) => metadata.name === name && (!info.namespaced || metadata.namespace === namespace));
    if (found === undefined) throw new Error(`no ${text}`);
    return whyChain(this.timeline as WorldReader, found.metadata.uid)
      .map((entry) => `${(entry.at / 1e6).toFixed(3)}s ${fill(entry.who.key, entry.who.params)}: ${fill(entry.what.key, entry.what.params)}\n`)
      .join("");
  }

  span(text: string): Micros {
    return spanOf(text);
  }

  hash(): string {
    return this.timeline.hash();
  }

  get profile(): string {
    return this.header.profile;
  }
}
