/** References to images: `[registry/]repository[:tag][@digest]`. */

export interface ImageName {
  /** With its registry and, on docker.io, `library/` where it is implied. */
  readonly repository: string;
  readonly tag: string;
  readonly digest?: string;
}

/**
 * Adds `:latest` when there is neither tag nor digest.
 * @rule kube.image.default-tag
 * @source kubernetes@1.35 pkg/kubelet/images/image_manager.go applyDefaultImageTag
 */
export function applyDefaultImageTag(image: string): string {
  if (image.includes("@")) return image;
  return /:[^/]+$/.test(image) ? image : `${image}:latest`;
}

/**
 * The full name a runtime resolves.
 * @rule kube.image.normalized-name
 * @source distribution/reference@v0.6 normalize.go ParseNormalizedNamed
 */
export function normalizedImageName(image: string): ImageName {
  const [named = "", digest] = image.split("@");
  const tagged = /^(.*?)(?::([^/:]+))?$/.exec(named);
  const path = tagged?.[1] ?? named;
  const first = path.split("/")[0] ?? "";
  const hasRegistry = path.includes("/") && (/[.:]/.test(first) || first === "localhost");
  const repository = hasRegistry ? path.replace(/^index\.docker\.io\//, "docker.io/") : `docker.io/${path.includes("/") ? path : `library/${path}`}`;
  const tag = tagged?.[2] ?? (digest === undefined ? "latest" : "");
  return digest === undefined ? { repository, tag } : { repository, tag, digest };
}

/** Written out in full, for example `docker.io/library/nginx:latest`. */
export const imageNameText = ({ repository, tag, digest }: ImageName): string =>
  `${repository}${tag === "" ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
