/** Commands run in a container: parsed the same way for exec, probes and main processes. Probes run at once. */
import type { Micros, Tx } from "../../sim/types";
import type { NetResult } from "../proxy/messages";
import { contextOf } from "./container-context";
import { portAnswer } from "./http-answer";
import { specOf } from "./rows";
import { type ShellState, runToEnd, shellOf } from "./shell/machine";
import type { NetCommand } from "./shell/network-commands";
import type { ShellNode } from "./shell/syntax";
import type { ContainerRow, PodRow } from "./tables";

export interface CommandResult {
  readonly out: string;
  readonly err: string;
  readonly code: number;
  readonly span: Micros;
}

/** A command line as a tree: words as they are. */
export const commandNode = (argv: readonly string[]): ShellNode => ({
  kind: "command",
  assigns: [],
  words: argv.map((text) => [{ text, quoted: true }]),
  redirects: [],
});

export const commandState = (row: PodRow, container: ContainerRow, argv: readonly string[]): ShellState =>
  shellOf(commandNode(argv), {}, specOf(row, container.name)?.workingDir ?? "/");

/** What a request to the Pod itself gets. */
function local(tx: Tx, row: PodRow, request: NetCommand): NetResult {
  if (request.ask === "dns") return { kind: "timeout" };
  if (!["localhost", "127.0.0.1", row.ip].includes(request.host)) return { kind: "timeout" };
  const answer = portAnswer(tx, row, request.port, request.ask === "http" ? request.path : "/");
  return answer.kind === "http"
    ? { kind: "http", status: answer.status, body: answer.body, server: answer.server }
    : answer.kind === "refused"
      ? { kind: "refused" }
      : { kind: "connected", protocol: answer.protocol };
}

/** Runs a command to its end in no time; its sleeps are only counted, and only the Pod itself can be asked. */
export function runInContainer(tx: Tx, row: PodRow, container: ContainerRow, argv: readonly string[]): CommandResult {
  let out = "";
  let err = "";
  const context = contextOf(tx, row, container, {
    processes: () => [{ pid: 1, argv: container.plan?.argv ?? [] }],
    kill: (pid) => pid === 1,
    write: (text, stream) => {
      if (stream === "out") out += text;
      else err += text;
    },
  });
  const { code, span } = runToEnd(commandState(row, container, argv), context, (request) => local(tx, row, request));
  return { out, err, code, span };
}
