/** What containers have said: the last lines of each run. The lines a program says at its start are derived from its plan. */
import { defineTable } from "../../sim/table";
import type { Micros, Tx } from "../../sim/types";
import { parseTime, rfc3339 } from "../apis/time";
import type { KubeletPiece, KubeletRequest } from "./door";
import { containerOf, podNamed } from "./rows";
import { type ContainerRow, type LogLine, logTable, type PodRow } from "./tables";

const CAP = 400;

/** A follower of a log: gets each new line as a piece. */
export interface FollowRow {
  readonly id: number;
  readonly replyTo: string;
  readonly uid: string;
  readonly container: string;
  readonly attempt: number;
  readonly timestamps: boolean;
}
export const followTable = defineTable<FollowRow, "container">({
  name: "kubelet.follow",
  key: (row) => `${row.replyTo} ${row.id}`,
  indexes: { container: (row) => `${row.uid} ${row.container}` },
});

/** From the kubelet to whoever asked. */
const TRAVEL = 500;

const stamp = (at: Micros): string => `${rfc3339(at).slice(0, -1)}.${String(at % 1_000_000).padStart(6, "0")}000Z`;
const lineText = (line: LogLine, timestamps: boolean): string => (timestamps ? `${stamp(line.at)} ${line.text}\n` : `${line.text}\n`);

export function appendLog(tx: Tx, uid: string, container: string, attempt: number, text: string, stream: LogLine["stream"] = "stdout"): void {
  const table = tx.write(logTable);
  const known = table.get(`${uid} ${container} ${attempt}`) ?? { uid, container, attempt, lines: [], dropped: 0 };
  const added = text.split("\n").map((part): LogLine => ({ at: tx.now, text: part, stream }));
  const lines = [...known.lines, ...added];
  const over = Math.max(0, lines.length - CAP);
  table.put({ ...known, lines: over > 0 ? lines.slice(over) : lines, dropped: known.dropped + over });
  for (const follower of tx.read(followTable).by("container", `${uid} ${container}`)) {
    if (follower.attempt !== attempt) continue;
    const piece: KubeletPiece = { type: "kubelet.piece", id: follower.id, out: added.map((line) => lineText(line, follower.timestamps)).join("") };
    tx.send(follower.replyTo, piece, TRAVEL);
  }
}

/** Lines at start (derived from the program's plan), then what was appended. */
export function logLines(tx: Pick<Tx, "read" | "now">, row: PodRow, container: ContainerRow, attempt: number): readonly LogLine[] {
  const stored = tx.read(logTable).get(`${row.uid} ${container.name} ${attempt}`);
  const known = attempt === container.restartCount ? container.startedAt : parseTime(String(container.last?.startedAt ?? ""));
  const opening = (stored?.dropped ?? 0) > 0 ? [] : (container.plan?.log ?? []);
  const at = (known ?? 0) + (container.plan?.startup ?? 0);
  const first = opening.map((text): LogLine => ({ at: Math.min(at, tx.now), text, stream: "stdout" }));
  return [...first, ...(stored?.lines ?? [])];
}

/** The run before the present one; a container that waits to be restarted is between two, so its last run is meant. */
function previousRun(container: ContainerRow): number | undefined {
  if (container.state === "terminated" && container.reason !== undefined) return container.restartCount;
  return container.last === undefined ? undefined : container.restartCount - 1;
}

type LogRequest = Extract<KubeletRequest, { readonly verb: "logs" }>;
const refuse = (tx: Tx, replyTo: string, id: number, code: number, message: string): void => {
  const piece: KubeletPiece = { type: "kubelet.piece", id, error: { code, message }, done: true };
  tx.send(replyTo, piece, TRAVEL);
};

/**
 * @rule kube.kubelet.container-logs
 * @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go GetKubeletContainerLogs, validateContainerLogStatus
 */
export function serveLogs(tx: Tx, node: string, id: number, replyTo: string, request: LogRequest): void {
  const row = podNamed(tx, node, request.namespace, request.pod);
  const container = row && containerOf(row, request.container);
  if (!row || !container) return refuse(tx, replyTo, id, 400, `container "${request.container}" in pod "${request.pod}" is not available`);
  const previous = previousRun(container);
  if (request.previous && previous === undefined)
    return refuse(tx, replyTo, id, 400, `previous terminated container "${container.name}" in pod "${row.name}" not found`);
  const attempt = request.previous ? (previous ?? 0) : container.restartCount;
  if (container.id === undefined) {
    const reason = container.reason ?? "ContainerCreating";
    const why =
      reason === "ContainerCreating"
        ? reason
        : `${reason === "ImagePullBackOff" || reason === "ErrImagePull" ? "trying and failing to pull image" : reason}`;
    return refuse(tx, replyTo, id, 400, `container "${container.name}" in pod "${row.name}" is waiting to start: ${why}`);
  }
  const since = request.sinceSeconds === undefined ? 0 : tx.now - request.sinceSeconds * 1_000_000;
  const all = logLines(tx, row, container, attempt).filter((line) => line.at >= since);
  const lines = request.tailLines === undefined ? all : all.slice(Math.max(0, all.length - request.tailLines));
  const follow = request.follow && container.state === "running" && !request.previous;
  const piece: KubeletPiece = {
    type: "kubelet.piece",
    id,
    out: lines.map((line) => lineText(line, request.timestamps)).join(""),
    ...(follow ? {} : { done: true }),
  };
  tx.send(replyTo, piece, TRAVEL);
  if (follow) tx.write(followTable).put({ id, replyTo, uid: row.uid, container: container.name, attempt, timestamps: request.timestamps });
}

/** The run is over: its followers are told. */
export function endFollowers(tx: Tx, uid: string, container: string): void {
  const followers = tx.write(followTable);
  for (const row of followers.by("container", `${uid} ${container}`)) {
    const piece: KubeletPiece = { type: "kubelet.piece", id: row.id, done: true };
    tx.send(row.replyTo, piece, TRAVEL);
    followers.delete(followTable.key(row));
  }
}

export const forgetLogs = (tx: Tx, uid: string): void => {
  const table = tx.write(logTable);
  for (const row of table.by("uid", uid)) table.delete(logTable.key(row));
};
