/** A container's row as the API shows it. */
import { rfc3339 } from "../apis/time";
import type { Container, ContainerState, ContainerStatus } from "../apis/objects";
import { imageId } from "./identifiers";
import { resolveImage } from "./images/catalogue";
import type { ContainerRow, PodRow } from "./tables";

/** Why a container that was never started waits. @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses */
const firstWait = (row: PodRow): string => ((row.pod.spec.initContainers ?? []).length > 0 ? "PodInitializing" : "ContainerCreating");

export const runningState = (container: ContainerRow): ContainerState => ({ running: { startedAt: rfc3339(container.startedAt ?? 0) } });

function stateOf(row: PodRow, container: ContainerRow): ContainerState {
  if (container.state === "running") return runningState(container);
  if (container.state === "terminated" && container.end && container.reason === undefined) return { terminated: container.end };
  const reason = container.reason ?? firstWait(row);
  return { waiting: container.message === undefined ? { reason } : { reason, message: container.message } };
}

/** The end before the present state. */
function lastStateOf(container: ContainerRow): ContainerState {
  if (container.state === "terminated" && container.reason !== undefined && container.end) return { terminated: container.end };
  return container.last ? { terminated: container.last } : {};
}

function imageOf(spec: Container, pulled: boolean): { readonly image: string; readonly imageID: string } {
  if (!pulled) return { image: spec.image, imageID: "" };
  const resolved = resolveImage(spec.image);
  const image = "error" in resolved ? spec.image : resolved.text;
  return { image, imageID: imageId(image) };
}

const mountStatus = ({ name, mountPath, readOnly }: NonNullable<Container["volumeMounts"]>[number]): object =>
  readOnly ? { name, mountPath, readOnly, recursiveReadOnly: "Disabled" } : { name, mountPath };

/**
 * @rule kube.kubelet.container-status
 * @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses
 * Not modelled: user.
 */
export function containerStatus(row: PodRow, container: ContainerRow, spec: Container): ContainerStatus {
  const ran = container.id !== undefined;
  const { image, imageID } = imageOf(spec, ran);
  const { resources, volumeMounts } = spec;
  const held = ran && resources !== undefined && Object.keys(resources).length > 0;
  const mounts = (volumeMounts ?? []).map(mountStatus);
  const started = container.role !== "init" && container.state === "running" && container.started;
  const out: Record<string, unknown> = {};
  if (ran) out["containerID"] = container.id;
  out["image"] = image;
  out["imageID"] = imageID;
  out["lastState"] = lastStateOf(container);
  out["name"] = container.name;
  const ended = container.end?.exitCode === 0 && container.state === "terminated";
  out["ready"] = container.role === "init" ? ended : container.state === "running" && container.ready;
  out["restartCount"] = container.restartCount;
  out["started"] = started;
  out["state"] = stateOf(row, container);
  if (held) out["resources"] = resources;
  if (held && resources.requests) out["allocatedResources"] = resources.requests;
  if (mounts.length > 0) out["volumeMounts"] = mounts;
  return out as unknown as ContainerStatus;
}
