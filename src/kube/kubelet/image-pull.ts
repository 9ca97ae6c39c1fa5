/** Pulling images: one at a time per node, as long as their size says, with refusals in the registry's words. */
import { delayOf } from "../../sim/delays";
import type { Tx } from "../../sim/types";
import type { Container } from "../apis/objects";
import { goDuration } from "../apis/duration";
import { isInBackOffSince, nextBackOff } from "./backoff";
import { PULL_BYTES_PER_SECOND, PULL_CHECK, PULL_FAIL, RELIST } from "./delays";
import { podEvent } from "./event-recorder";
import { resolveImage } from "./images/catalogue";
import { machineOf, withContainer } from "./rows";
import { type ContainerRow, imageTable, machineTable, nodeTable, type PodRow, pullFaultTable } from "./tables";

export type ImageAnswer = { readonly row: PodRow; readonly present: boolean };

const quoted = (text: string): string => JSON.stringify(text);

/** Go's duration rounded to milliseconds: `450ms`, `2.345s`. */
const spanText = (micros: number): string => {
  const ms = Math.floor(micros / 1000);
  if (ms < 1000) return `${ms}ms`;
  if (ms < 60_000) return `${ms / 1000}s`;
  return goDuration(Math.floor(ms / 1000));
};

function faultOf(tx: Tx, node: string, image: string): string | undefined {
  for (const fault of tx.read(pullFaultTable).by("node", node)) {
    const hit = fault.image.endsWith("*") ? image.startsWith(fault.image.slice(0, -1)) : image === fault.image;
    if (hit) return fault.message;
  }
  return undefined;
}

/** What the registry would say now. */
function outcome(tx: Tx, node: string, image: string): { readonly text: string; readonly sizeBytes: number } | { readonly error: string } {
  const resolved = resolveImage(image);
  if ("error" in resolved)
    return { error: `rpc error: code = ${resolved.error.endsWith(": not found") ? "NotFound" : "Unknown"} desc = ${resolved.error}` };
  const fault = faultOf(tx, node, image);
  if (fault !== undefined) return { error: `rpc error: code = Unknown desc = failed to pull and unpack image ${quoted(resolved.text)}: ${fault}` };
  return { text: resolved.text, sizeBytes: resolved.image.sizeBytes };
}

const isPresent = (tx: Tx, node: string, image: string): boolean => {
  const resolved = resolveImage(image);
  const known = "error" in resolved ? undefined : tx.read(imageTable).get(`${node} ${resolved.text}`);
  return known !== undefined && known.readyAt <= tx.now;
};

/**
 * Makes sure that the image is there: at once, by a pull, or not (then the container says why it waits).
 * @rule kube.kubelet.ensure-image
 * @source kubernetes@1.35 pkg/kubelet/images/image_manager.go EnsureImageExists
 */
export function ensureImage(tx: Tx, row: PodRow, container: ContainerRow, spec: Container): ImageAnswer {
  const policy = spec.imagePullPolicy ?? "IfNotPresent";
  const present = isPresent(tx, row.node, spec.image);
  if (present && policy !== "Always") {
    podEvent(
      tx,
      row,
      "Normal",
      "Pulled",
      `Container image ${quoted(spec.image)} already present on machine and can be accessed by the pod`,
      container,
    );
    return { row, present: true };
  }
  if (policy === "Never") {
    const message = `Container image ${quoted(spec.image)} is not present with pull policy of Never`;
    podEvent(tx, row, "Warning", "ErrImageNeverPull", message, container);
    podEvent(tx, row, "Warning", "Failed", "Error: ErrImageNeverPull", container);
    return { row: withContainer(row, container.name, (c) => ({ ...c, reason: "ErrImageNeverPull", message })), present: false };
  }
  if (container.pullBackoff && isInBackOffSince(container.pullBackoff, container.pullBackoff.lastUpdate, tx.now))
    return { row: waitForPull(tx, row, container, spec), present: false };
  return { row: beginPull(tx, row, container, spec), present: false };
}

/**
 * @rule kube.container.image-pull-backoff
 * @source kubernetes@1.35 pkg/kubelet/images/image_manager.go pullImage (ErrImagePullBackOff)
 */
function waitForPull(tx: Tx, row: PodRow, container: ContainerRow, spec: Container): PodRow {
  if (container.retry !== undefined) return row;
  const cause = container.reason === "ErrImagePull" ? `: ErrImagePull: ${container.message ?? ""}` : "";
  podEvent(tx, row, "Normal", "BackOff", `Back-off pulling image ${quoted(spec.image)}`, container);
  podEvent(tx, row, "Warning", "Failed", "Error: ImagePullBackOff", container);
  const at = (container.pullBackoff?.lastUpdate ?? 0) + (container.pullBackoff?.backoff ?? 0);
  const retry = tx.send(tx.self, { type: "kubelet.pod", uid: row.uid } as never, Math.max(1, at - tx.now));
  return withContainer(row, container.name, (c) => ({
    ...c,
    reason: "ImagePullBackOff",
    message: `Back-off pulling image ${quoted(spec.image)}${cause}`,
    retry,
  }));
}

function beginPull(tx: Tx, row: PodRow, container: ContainerRow, spec: Container): PodRow {
  const node = tx.read(nodeTable).get(row.node);
  if (!node) return row;
  podEvent(tx, row, "Normal", "Pulling", `Pulling image ${quoted(spec.image)}`, container);
  const answer = outcome(tx, row.node, spec.image);
  const images = tx.write(imageTable);
  const failed = "error" in answer;
  const known = failed ? undefined : images.get(`${row.node} ${answer.text}`);
  const bandwidth = node.config.pullBandwidth ?? PULL_BYTES_PER_SECOND[tx.profile];
  const load = failed || known ? 0 : Math.round((answer.sizeBytes / bandwidth) * 1_000_000);
  const took = failed ? delayOf(tx, PULL_FAIL) : delayOf(tx, PULL_CHECK) + load;
  const machine = machineOf(tx, row.node);
  const end = Math.max(tx.now, machine.pullerFreeAt) + took;
  tx.write(machineTable).put({ ...machine, pullerFreeAt: end });
  if (!failed && !known) images.put({ node: row.node, image: answer.text, sizeBytes: answer.sizeBytes, readyAt: end });
  const message = {
    type: "kubelet.pulled",
    uid: row.uid,
    container: container.name,
    took,
    waited: end - tx.now,
    ...(failed ? { error: answer.error } : {}),
  };
  tx.send(tx.self, message, end - tx.now);
  tx.fired("kube.kubelet.ensure-image", `${row.namespace}/${row.name}`);
  return withContainer(row, container.name, (c) => ({ ...c, step: "pulling", retry: undefined }));
}

/** The pull has ended: whether the container may be created, or waits in back-off. */
export function pullEnded(
  tx: Tx,
  row: PodRow,
  container: ContainerRow,
  spec: Container,
  ended: { readonly took: number; readonly waited: number; readonly error?: string },
): ImageAnswer {
  if (ended.error === undefined) {
    const resolved = resolveImage(spec.image);
    const size = "error" in resolved ? 0 : resolved.image.sizeBytes;
    const text = `Successfully pulled image ${quoted(spec.image)} in ${spanText(ended.took)} (${spanText(ended.waited)} including waiting). Image size: ${size} bytes.`;
    podEvent(tx, row, "Normal", "Pulled", text, container);
    return { row: withContainer(row, container.name, (c) => ({ ...c, step: undefined, pullBackoff: undefined })), present: true };
  }
  const { error } = ended;
  podEvent(tx, row, "Warning", "Failed", `Failed to pull image ${quoted(spec.image)}: ${error}`, container);
  podEvent(tx, row, "Warning", "Failed", "Error: ErrImagePull", container);
  tx.send(tx.self, { type: "kubelet.pod", uid: row.uid } as never, 2 * delayOf(tx, RELIST));
  tx.fired("kube.container.image-pull-backoff", `${row.namespace}/${row.name}`);
  const pullBackoff = nextBackOff(container.pullBackoff, tx.now, tx.now);
  return {
    row: withContainer(row, container.name, (c) => ({
      ...c,
      step: undefined,
      reason: "ErrImagePull",
      message: error,
      pullBackoff,
      retry: undefined,
    })),
    present: false,
  };
}
