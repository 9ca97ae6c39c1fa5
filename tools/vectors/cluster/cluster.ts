/** The cluster of the command-line vectors: three nodes, the real controllers and scheduler, the stand-in kubelet, one terminal. */
import { apiserverActor } from "../../../src/kube/apiserver/actor";
import type { ApiCall } from "../../../src/kube/apiserver/door";
import { deploymentController } from "../../../src/kube/controllers/deployment/controller";
import * as endpointSlices from "../../../src/kube/controllers/endpointslice/controller";
import { garbageCollectorActor } from "../../../src/kube/controllers/garbage-collector/actor";
import { namespaceControllerActor } from "../../../src/kube/controllers/namespace/actor";
import { replicaSetController } from "../../../src/kube/controllers/replicaset/controller";
import { schedulerActor } from "../../../src/kube/scheduler/scheduler";
import { jobTable, outputTable, terminalTable } from "../../../src/shell/tables";
import { terminalActor } from "../../../src/shell/terminal";
import { millis, seconds } from "../../../src/sim/time";
import { createTimeline, type Timeline } from "../../../src/sim/timeline";
import type { Actor, Json } from "../../../src/sim/types";
import { standinKubelet } from "./standin-kubelet";

const TERMINAL = "terminal/1";
const setup: Actor = { kind: "setup", receive() {} };

const controllers: readonly Actor[] = [
  namespaceControllerActor,
  garbageCollectorActor,
  deploymentController,
  replicaSetController,
  endpointSlices.endpointSliceController,
  schedulerActor,
  standinKubelet,
];

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

function nodeObject(name: string): Json {
  const labels = {
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    ...(name === "n1" ? { "node-role.kubernetes.io/control-plane": "" } : {}),
  };
  const resources = { cpu: "8", memory: "16Gi", pods: "110", "ephemeral-storage": "100Gi" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels },
    status: {
      capacity: resources,
      allocatable: resources,
      conditions: [
        {
          type: "Ready",
          status: "True",
          reason: "KubeletReady",
          message: "",
          lastHeartbeatTime: "2026-01-01T00:00:00Z",
          lastTransitionTime: "2026-01-01T00:00:00Z",
        },
      ],
      addresses: [
        { type: "InternalIP", address: `192.168.0.${name.slice(1)}` },
        { type: "Hostname", address: name },
      ],
      nodeInfo: {
        architecture: "amd64",
        bootID: "",
        containerRuntimeVersion: "containerd://2.1.0",
        kernelVersion: "6.1.0",
        kubeProxyVersion: "",
        kubeletVersion: "v1.35.6",
        machineID: "",
        operatingSystem: "linux",
        osImage: "Debian GNU/Linux 12",
        systemUUID: "",
      },
    },
  };
}

export class Cluster {
  readonly timeline: Timeline;

  constructor() {
    this.timeline = createTimeline({ seed: 1, profile: "real", actors: [apiserverActor, terminalActor, setup, ...controllers] });
    let id = 0;
    const create = (path: string, body: Json): void => {
      const call: ApiCall = { type: "api.request", id: ++id, replyTo: "setup/main", request: { method: "POST", path, body } };
      this.timeline.submit({ to: "apiserver/main", message: call });
    };
    this.timeline.submit({ to: "apiserver/main", message: { type: "actor.start" } });
    for (const name of ["default", "kube-system", "kube-public", "kube-node-lease"])
      create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    create("/api/v1/namespaces/default/serviceaccounts", { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default" } });
    create("/api/v1/namespaces/default/configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "kube-root-ca.crt" },
      data: { "ca.crt": "-" },
    });
    for (const name of ["n1", "n2", "n3"]) create("/api/v1/nodes", nodeObject(name));
    // Admission taints a new node until the node lifecycle controller has seen it ready; that controller is not part of these sessions.
    for (const name of ["n1", "n2", "n3"]) {
      const request = {
        method: "PATCH",
        path: `/api/v1/nodes/${name}`,
        contentType: "application/merge-patch+json",
        body: { spec: { taints: null } },
      } as const;
      const call: ApiCall = { type: "api.request", id: ++id, replyTo: "setup/main", request };
      this.timeline.submit({ to: "apiserver/main", message: call });
    }
    for (const actor of controllers) this.timeline.submit({ to: `${actor.kind}/main`, message: { type: "actor.start" } });
    this.run(seconds(2));
  }

  write(path: string, text: string): void {
    this.timeline.submit({ to: TERMINAL, message: { type: "workspace.write", path, text } as never });
  }

  /** Types a line and plays until it has ended. */
  type(line: string, limit = seconds(600)): CommandResult {
    const from = this.timeline.table(terminalTable).get(TERMINAL)?.written ?? 0;
    this.run(millis(150));
    const end = this.timeline.now + limit;
    this.timeline.submit({ to: TERMINAL, message: { type: "terminal.type", line } as never });
    do this.timeline.stepForward();
    while (this.busy() && this.timeline.now < end);
    const rows = this.timeline
      .table(outputTable)
      .by("terminal", TERMINAL)
      .filter((row) => row.index >= from);
    const text = (stream: string): string =>
      rows
        .filter((row) => row.stream === stream)
        .map((row) => row.text)
        .join("");
    const job = this.timeline.table(jobTable).rows().at(-1);
    return { stdout: text("out"), stderr: text("err"), exit: job?.exitCode ?? -1 };
  }

  private busy(): boolean {
    const row = this.timeline.table(terminalTable).get(TERMINAL);
    return row === undefined || row.job !== undefined || this.timeline.table(jobTable).size === 0;
  }

  settle(): void {
    this.run(seconds(20));
  }

  run(span: number): void {
    this.timeline.seek(this.timeline.now + span);
  }
}
