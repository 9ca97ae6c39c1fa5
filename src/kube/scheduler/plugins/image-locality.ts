/** ImageLocality: a node that has the Pod's large images is better; an image that few nodes have counts less, so Pods do not crowd there. */
import type { Pod } from "../../apis/objects";
import { MAX_NODE_SCORE, type Plugin, scoreRun, type Snapshot } from "../framework";
import type { NodeInfo } from "../node-info";

const MIB = 1024 * 1024;
const SMALLEST = 23 * MIB;
const LARGEST_PER_CONTAINER = 1000 * MIB;

/** @source kubernetes@1.35 pkg/scheduler/framework/plugins/imagelocality/image_locality.go normalizedImageName */
export const normalizedImageName = (name: string): string => (name.lastIndexOf(":") <= name.lastIndexOf("/") ? `${name}:latest` : name);

const sizesMemo = new WeakMap<object, ReadonlyMap<string, number>>();

function sizesOf(info: NodeInfo): ReadonlyMap<string, number> | undefined {
  const images = info.node?.status?.images;
  if (!images || images.length === 0) return undefined;
  const known = sizesMemo.get(images);
  if (known !== undefined) return known;
  const sizes = new Map<string, number>();
  for (const image of images) for (const name of image.names ?? []) sizes.set(name, image.sizeBytes ?? 0);
  sizesMemo.set(images, sizes);
  return sizes;
}

/** Names under which an image may be listed in a node's status. */
export const imagesOf = (pod: Pod): readonly string[] =>
  [...(pod.spec.initContainers ?? []), ...(pod.spec.containers ?? [])].map((container) => normalizedImageName(container.image ?? ""));

/**
 * @rule kube.scheduler.image-locality-score
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/imagelocality/image_locality.go ImageLocality.Score
 */
export function imageScore(info: NodeInfo, images: readonly string[], snapshot: Snapshot): number {
  const sizes = sizesOf(info);
  let sum = 0;
  if (sizes !== undefined) {
    for (const image of images) {
      const size = sizes.get(image);
      if (size !== undefined) sum += Math.trunc(size * (snapshot.nodesWithImage(image) / snapshot.names.length));
    }
  }
  const largest = LARGEST_PER_CONTAINER * images.length;
  const within = Math.min(Math.max(sum, SMALLEST), largest);
  return largest === SMALLEST ? 0 : Math.trunc((MAX_NODE_SCORE * (within - SMALLEST)) / (largest - SMALLEST));
}

export const imageLocality: Plugin = {
  name: "ImageLocality",
  weight: 1,
  preScore(pod, snapshot) {
    const images = imagesOf(pod);
    if (images.length === 0) return undefined;
    const spread = images.map((image) => `${image} ${snapshot.nodesWithImage(image)}`);
    return scoreRun(`${spread.join(",")} ${snapshot.names.length}`, (info) => imageScore(info, images, snapshot));
  },
};
