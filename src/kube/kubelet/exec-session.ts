/** `kubectl exec`: a command in a running container, answered piece by piece. */
import type { Tx } from "../../sim/types";
import type { KubeletPiece, KubeletRequest } from "./door";
import { runInContainer } from "./exec";
import { containerOf } from "./rows";
import { podTable } from "./tables";

type ExecRequest = Extract<KubeletRequest, { readonly verb: "exec" }>;
const TRAVEL = 500;

/**
 * @rule kube.kubelet.exec
 * @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go GetExec
 */
export function serveExec(tx: Tx, node: string, id: number, replyTo: string, request: ExecRequest): void {
  const row = tx
    .read(podTable)
    .by("name", `${request.namespace}/${request.pod}`)
    .find((candidate) => candidate.node === node);
  const container = row && containerOf(row, request.container);
  if (!row || !container || container.state !== "running") {
    const piece: KubeletPiece = {
      type: "kubelet.piece",
      id,
      done: true,
      error: { code: 500, message: `unable to upgrade connection: container not found ("${request.container}")` },
    };
    return void tx.send(replyTo, piece, TRAVEL);
  }
  const result = runInContainer(tx, row, container, request.command);
  const piece: KubeletPiece = { type: "kubelet.piece", id, out: result.out, err: result.err, exitCode: result.code, done: true };
  tx.send(replyTo, piece, TRAVEL + result.span);
}
