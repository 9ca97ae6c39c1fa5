/**
 * Processes that do more than wait: shell scripts as main processes, commands of exec sessions, load generators. A row is a running
 * script; it is resumed by a timer or by the answer to its request.
 */
import { defineTable } from "../../sim/table";
import type { Address, Message, Micros, Tx } from "../../sim/types";
import type { DnsQuery, DnsReply, NetReply, NetRequest, NetResult } from "../proxy/messages";
import { searchOf } from "../proxy/network";
import { contextOf } from "./container-context";
import type { KubeletPiece } from "./door";
import { commandState } from "./exec";
import { appendLog, endFollowers } from "./logs";
import { containerOf, runtimeOf, savePod, withContainer } from "./rows";
import { FOREVER } from "./shell/commands";
import { type Effect, proceed, resumeShell, type ShellState, type Step } from "./shell/machine";
import type { NetCommand } from "./shell/network-commands";
import { type ContainerRow, type PodRow, podTable } from "./tables";

export interface ProcessRow {
  readonly uid: string;
  readonly container: string;
  readonly attempt: number;
  readonly pid: number;
  readonly node: string;
  readonly argv: readonly string[];
  readonly shell: ShellState;
  readonly timer?: number;
  /** Number of its last request. */
  readonly asked: number;
  readonly session?: { readonly id: number; readonly replyTo: Address };
  /** Of a load generator: how its last request went. */
  readonly last?: string;
}
export const processTable = defineTable<ProcessRow, "container">({
  name: "kubelet.process",
  key: (row) => `${row.uid} ${row.container} ${row.pid}`,
  indexes: { container: (row) => `${row.uid} ${row.container}` },
});

const TRAVEL: Micros = 500;
const DNS_PATIENCE: Micros = 5_000_000;
const keyOf = (uid: string, container: string, pid: number): string => `${uid} ${container} ${pid}`;

/** The main process of a container that has just started, one event later. */
export function startProcess(tx: Tx, row: PodRow, container: ContainerRow): void {
  const message = { type: "process.start", uid: row.uid, container: container.name, attempt: container.restartCount };
  tx.send(runtimeOf(row.node), message as Message, Math.max(1, container.plan?.startup ?? 1));
}

/** A command of an exec session. */
export function startSession(
  tx: Tx,
  row: PodRow,
  container: ContainerRow,
  argv: readonly string[],
  session: NonNullable<ProcessRow["session"]>,
): void {
  const taken = tx.read(processTable).by("container", `${row.uid} ${container.name}`);
  const pid = Math.max(6, ...taken.map((process) => process.pid)) + 1;
  begin(tx, row, container, argv, pid, session);
}

function begin(tx: Tx, row: PodRow, container: ContainerRow, argv: readonly string[], pid: number, session?: ProcessRow["session"]): void {
  const process: ProcessRow = {
    uid: row.uid,
    container: container.name,
    attempt: container.restartCount,
    pid,
    node: row.node,
    argv,
    shell: commandState(row, container, argv),
    asked: 0,
    ...(session ? { session } : {}),
  };
  tx.write(processTable).put(process);
  drive(tx, row, container, process, (context) => proceed(process.shell, context));
}

type Context = ReturnType<typeof contextOf>;

/** Lets a process run until it waits again; its output goes to the log or to its session. */
function drive(tx: Tx, row: PodRow, container: ContainerRow, process: ProcessRow, run: (context: Context) => Step): void {
  let out = "";
  let err = "";
  const context = contextOf(tx, row, container, {
    processes: () => processesOf(tx, row, container),
    kill: (pid, signal) => kill(tx, row, container, pid, signal),
    write: (text, stream) => {
      if (!process.session)
        appendLog(tx, row.uid, container.name, container.restartCount, text.replace(/\n$/, ""), stream === "out" ? "stdout" : "stderr");
      else if (stream === "out") out += text;
      else err += text;
    },
  });
  const { state, effect } = run(context);
  const ended = "done" in effect;
  if (process.session && (ended || out !== "" || err !== "")) {
    const { id, replyTo } = process.session;
    const piece: KubeletPiece = {
      type: "kubelet.piece",
      id,
      ...(out === "" ? {} : { out }),
      ...(err === "" ? {} : { err }),
      ...(ended ? { done: true, exitCode: effect.done } : {}),
    };
    tx.send(replyTo, piece, TRAVEL);
  }
  if (ended) finish(tx, row, container, process, effect.done);
  else tx.write(processTable).put(waitFor(tx, row, { ...process, shell: state }, effect));
}

function finish(tx: Tx, row: PodRow, container: ContainerRow, process: ProcessRow, code: number): void {
  tx.write(processTable).delete(processTable.key(process));
  if (process.pid !== 1) return;
  const message = { type: "kubelet.exited", uid: row.uid, container: container.name, attempt: container.restartCount, code, cause: "itself" };
  tx.send(runtimeOf(row.node), message as Message, 1);
}

function waitFor(tx: Tx, row: PodRow, process: ProcessRow, effect: Exclude<Effect, { readonly done: number }>): ProcessRow {
  if ("sleep" in effect) {
    if (effect.sleep >= FOREVER) return process;
    return {
      ...process,
      timer: tx.send(runtimeOf(row.node), { type: "process.wake", process: processTable.key(process) } as Message, Math.max(1, effect.sleep)),
    };
  }
  const asked = process.asked + 1;
  const id = `${processTable.key(process)} ${asked}`;
  const patience = ask(tx, row, process.container, id, effect.net);
  const timer =
    patience === undefined
      ? undefined
      : tx.send(runtimeOf(row.node), { type: "process.late", process: processTable.key(process), asked } as Message, patience);
  return { ...process, asked, ...(timer === undefined ? {} : { timer }) };
}

/** Sends a request; returns how long its answer is waited for, when the network does not say so itself. */
function ask(tx: Tx, row: PodRow, container: string, id: string, net: NetCommand): Micros | undefined {
  if (net.ask === "dns") {
    const query: DnsQuery = {
      type: "dns.query",
      id,
      replyTo: runtimeOf(row.node),
      name: net.name,
      qtype: net.qtype,
      search: searchOf(row.namespace),
      ndots: 5,
    };
    tx.send("dns/main", query as Message, TRAVEL);
    return DNS_PATIENCE;
  }
  const request: NetRequest = {
    type: "net.request",
    id,
    replyTo: runtimeOf(row.node),
    from: { ip: row.ip ?? "", namespace: row.namespace, pod: row.name, container },
    host: net.host,
    port: net.port,
    path: net.ask === "http" ? net.path : "/",
    ...(net.ask === "connect" ? { connectOnly: true } : {}),
  };
  tx.send(`net/${row.node}`, request as Message, 1);
  return net.seconds === undefined ? undefined : net.seconds * 1_000_000;
}

function processesOf(tx: Tx, row: PodRow, container: ContainerRow): readonly { readonly pid: number; readonly argv: readonly string[] }[] {
  const rows = tx
    .read(processTable)
    .by("container", `${row.uid} ${container.name}`)
    .filter((process) => process.pid !== 1);
  return [{ pid: 1, argv: container.plan?.argv ?? [] }, ...rows.map(({ pid, argv }) => ({ pid, argv }))].sort((a, b) => a.pid - b.pid);
}

/** From inside, PID 1 only gets signals it handles; SIGKILL never reaches it. @source man pid_namespaces(7) */
function kill(tx: Tx, row: PodRow, container: ContainerRow, pid: number, signal: string): boolean {
  if (pid !== 1) {
    const key = keyOf(row.uid, container.name, pid);
    const known = tx.read(processTable).has(key);
    tx.write(processTable).delete(key);
    return known;
  }
  const polite = container.plan?.onTerm;
  if (signal === "TERM" && polite) {
    const message = {
      type: "kubelet.exited",
      uid: row.uid,
      container: container.name,
      attempt: container.restartCount,
      code: polite.code,
      cause: "stopped",
    };
    tx.send(runtimeOf(row.node), message as Message, Math.max(1, polite.after));
  }
  return true;
}

/** The container has ended: so have its processes, sessions and followers. */
export function endProcesses(tx: Tx, uid: string, container: string): void {
  const table = tx.write(processTable);
  for (const process of table.by("container", `${uid} ${container}`)) {
    if (process.timer !== undefined) tx.cancel(process.timer);
    if (process.session) {
      const piece: KubeletPiece = { type: "kubelet.piece", id: process.session.id, done: true, exitCode: 137 };
      tx.send(process.session.replyTo, piece, TRAVEL);
    }
    table.delete(processTable.key(process));
  }
  endFollowers(tx, uid, container);
}

/** An exec session was given up. */
export function endSession(tx: Tx, node: string, id: number): void {
  const table = tx.write(processTable);
  for (const process of table.rows()) if (process.node === node && process.session?.id === id) table.delete(processTable.key(process));
}

/** Timers of processes were lost with the kubelet. */
export function renewProcesses(tx: Tx, uid: string, container: string): void {
  for (const process of tx.read(processTable).by("container", `${uid} ${container}`))
    if (process.timer !== undefined)
      tx.send(runtimeOf(process.node), { type: "process.wake", process: processTable.key(process) } as Message, 1_000_000);
}

type ProcessMessage =
  | { readonly type: "process.start"; readonly uid: string; readonly container: string; readonly attempt: number }
  | { readonly type: "process.wake"; readonly process: string }
  | { readonly type: "process.late"; readonly process: string; readonly asked: number }
  | { readonly type: "process.request"; readonly uid: string; readonly container: string; readonly attempt: number; readonly number: number }
  | NetReply
  | DnsReply;

function found(tx: Tx, uid: string, name: string): { readonly row: PodRow; readonly container: ContainerRow } | undefined {
  const row = tx.read(podTable).get(uid);
  const container = row && containerOf(row, name);
  return row && container?.state === "running" ? { row, container } : undefined;
}

function resume(tx: Tx, key: string, asked: number | undefined, result: NetResult | undefined): void {
  const process = tx.read(processTable).get(key);
  const place = process && found(tx, process.uid, process.container);
  if (!process || !place || (asked !== undefined && asked !== process.asked)) return;
  if (result !== undefined && !(process.shell.waiting && "net" in process.shell.waiting)) return;
  if (process.timer !== undefined) tx.cancel(process.timer);
  const { timer: _timer, ...rest } = process;
  drive(tx, place.row, place.container, rest, (context) => resumeShell(process.shell, context, result));
}

/** `KEY N` → key and number. */
function requestOf(id: string): { readonly key: string; readonly asked: number } {
  const at = id.lastIndexOf(" ");
  return { key: id.slice(0, at), asked: Number(id.slice(at + 1)) };
}

export function processMessage(tx: Tx, node: string, given: Message): void {
  const message = given as ProcessMessage;
  switch (message.type) {
    case "process.start": {
      const place = found(tx, message.uid, message.container);
      if (!place || place.container.restartCount !== message.attempt) return;
      if (place.container.plan?.script) return begin(tx, place.row, place.container, place.container.plan.argv, 1);
      return load(tx, place.row, place.container, 1);
    }
    case "process.wake":
      return resume(tx, message.process, undefined, undefined);
    case "process.late":
      return resume(tx, message.process, message.asked, { kind: "timeout" });
    case "process.request": {
      const place = found(tx, message.uid, message.container);
      if (place && place.container.restartCount === message.attempt) load(tx, place.row, place.container, message.number);
      return;
    }
    case "dns.answer": {
      const { key, asked } = requestOf(message.id);
      const body = JSON.stringify({ rcode: message.rcode, qname: message.qname, answer: message.answer });
      return resume(tx, key, asked, { kind: "http", status: 200, body, server: "dns" });
    }
    default:
      if (message.id.startsWith("load ")) return loaded(tx, node, message);
      return resume(tx, requestOf(message.id).key, requestOf(message.id).asked, message.result);
  }
}

/** One request of a load generator; the next follows after its period. */
function load(tx: Tx, row: PodRow, container: ContainerRow, number: number): void {
  const client = container.plan?.client;
  if (!client) return;
  const from = { ip: row.ip ?? "", namespace: row.namespace, pod: row.name, container: container.name };
  const request: NetRequest = {
    type: "net.request",
    id: `load ${row.uid} ${container.name} ${number}`,
    replyTo: runtimeOf(row.node),
    from,
    host: client.host,
    port: client.port,
    path: client.path,
  };
  tx.send(`net/${row.node}`, request as Message, 1);
  const next = { type: "process.request", uid: row.uid, container: container.name, attempt: container.restartCount, number: number + 1 };
  tx.send(runtimeOf(row.node), next as Message, client.every);
}

/** A load generator says when things turn bad, and when they are well again. */
function loaded(tx: Tx, _node: string, reply: NetReply): void {
  const [, uid = "", name = ""] = reply.id.split(" ");
  const place = found(tx, uid, name);
  if (!place) return;
  const said = reply.result.kind === "http" ? (reply.result.status < 400 ? "ok" : `HTTP ${reply.result.status}`) : reply.result.kind;
  if (place.container.message === said) return;
  appendLog(tx, uid, name, place.container.restartCount, said === "ok" ? "requests are answered" : `request failed: ${said}`);
  savePod(
    tx,
    withContainer(place.row, name, (c) => ({ ...c, message: said })),
  );
}
