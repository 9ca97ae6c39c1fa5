/** The pull policy an image's tag asks for. */

const PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const HOST = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const DOMAIN = `(?:${HOST}(?:\\.${HOST})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const TAG = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
const DIGEST = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
const REFERENCE = new RegExp(`^(?:${DOMAIN}/)?${PART}(?:/${PART})*(?::(${TAG}))?(?:@(${DIGEST}))?$`);

/**
 * Always for `latest`, also when nothing is said; IfNotPresent otherwise, also for texts that are no image names.
 * @rule kube.defaults.pull-policy
 * @source kubernetes@1.35 pkg/util/parsers/parsers.go ParseImageName
 */
export function defaultPullPolicy(image: string): "Always" | "IfNotPresent" {
  const match = REFERENCE.exec(image);
  if (match === null || /^[a-f0-9]{64}$/.test(image)) return "IfNotPresent";
  const tag = match[1] ?? (match[2] === undefined ? "latest" : "");
  return tag === "latest" ? "Always" : "IfNotPresent";
}
