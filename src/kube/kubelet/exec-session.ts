/** `kubectl exec`: a command in a running container, answered piece by piece. */
import type { Tx } from "../../sim/types";
import type { KubeletPiece, KubeletRequest } from "./door";
import { startSession } from "./processes";
import { containerOf, podNamed } from "./rows";
import { hasCommand } from "./shell/commands";

type ExecRequest = Extract<KubeletRequest, { readonly verb: "exec" }>;
const TRAVEL = 500;

/** Images without a shell or tools. */
const BARE: ReadonlySet<string> = new Set(["/pause", "/coredns", "kube-apiserver", "kube-scheduler", "kube-controller-manager"]);

/**
 * @rule kube.kubelet.exec
 * @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go GetExec
 */
export function serveExec(tx: Tx, node: string, id: number, replyTo: string, request: ExecRequest): void {
  const row = podNamed(tx, node, request.namespace, request.pod);
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
  const command = request.command[0] ?? "";
  if (!hasCommand(command) || BARE.has(container.plan?.argv[0] ?? "")) {
    const err = `OCI runtime exec failed: exec failed: unable to start container process: exec: ${JSON.stringify(command)}: executable file not found in $PATH\n`;
    const piece: KubeletPiece = { type: "kubelet.piece", id, err, exitCode: 127, done: true };
    return void tx.send(replyTo, piece, TRAVEL);
  }
  // The connection stands before the process says anything, or a silent one would look like a server that does not answer.
  const opened: KubeletPiece = { type: "kubelet.piece", id };
  tx.send(replyTo, opened, TRAVEL);
  const interactive = request.command.length === 1 && request.stdin !== undefined;
  startSession(tx, row, container, interactive ? [command, "-c", request.stdin ?? ""] : request.command, { id, replyTo });
}
