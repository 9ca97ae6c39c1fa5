/** Names that runtimes and kubelets make up: container ids, image digests, Pod addresses. Deterministic, in the real shapes. */
import { hashText } from "../../sim/random";

const hex = (text: string, salt: number): string => (hashText(text, salt) >>> 0).toString(16).padStart(8, "0");

/** 64 hexadecimal digits that depend on the text. */
export const digest = (text: string): string => Array.from({ length: 8 }, (_, i) => hex(text, i * 0x9e3779b1)).join("");

/** A container's id; the Pod's uid is half of it, so that ids of different Pods differ. */
export const containerId = (uid: string, name: string, attempt: number): string => {
  const half = uid.replace(/-/g, "").padEnd(32, "0");
  const own = `${name}#${attempt}`;
  return `containerd://${half}${hex(own, 1)}${hex(own, 2)}${hex(own, 3)}${hex(own, 4)}`;
};

const imageIds = new Map<string, string>();
/** `repository@sha256:…` of a full image name. */
export function imageId(full: string): string {
  const known = imageIds.get(full);
  if (known !== undefined) return known;
  const repository = full.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
  const id = full.includes("@") ? full : `${repository}@sha256:${digest(full)}`;
  if (imageIds.size < 1000) imageIds.set(full, id);
  return id;
}

/**
 * The n-th address of a range such as `10.244.1.0/24`; undefined beyond its end.
 * @source containernetworking/plugins@1.6 plugins/ipam/host-local (addresses are handed out in order, round and round)
 */
export function addressIn(cidr: string, n: number): string | undefined {
  const [network = "", bits = "24"] = cidr.split("/");
  const size = 2 ** (32 - Number(bits));
  if (n >= size - 1) return undefined;
  const start = network.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const value = start + n;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
