/**
 * Rows of kinds that serve the cluster: storage, networks, access, scheduling, flow control.
 * @source kubernetes@1.35 pkg/printers/internalversion/printers.go
 */
import { humanDuration } from "../../apis/duration";
import { formatLabelSelector } from "../../apis/label-selector";
import type { JsonObject, LabelSelector } from "../../apis/objects";
import { age, at, flag, list, nameOf, number, orElse, type Printer, quantity, shortList, text, texts } from "./fields";
import { loadBalancerText } from "./core-cells";

const ACCESS: Readonly<Record<string, string>> = { ReadWriteOnce: "RWO", ReadOnlyMany: "ROX", ReadWriteMany: "RWX", ReadWriteOncePod: "RWOP" };
/** In a fixed order, each once. */
const accessModes = (modes: readonly string[]): string =>
  Object.keys(ACCESS)
    .filter((mode) => modes.includes(mode))
    .map((mode) => ACCESS[mode])
    .join(",");
const phaseOf = (object: JsonObject): string =>
  text(object, "metadata", "deletionTimestamp") === "" ? text(object, "status", "phase") : "Terminating";
const storageClass = (object: JsonObject): string =>
  orElse(text(object, "metadata", "annotations", "volume.beta.kubernetes.io/storage-class"), text(object, "spec", "storageClassName"));
const volumeMode = (object: JsonObject): string => orElse(text(object, "spec", "volumeMode"), "<unset>");
const attributesClass = (object: JsonObject): string => {
  const name = at(object, "spec", "volumeAttributesClassName");
  return name === undefined ? "<unset>" : String(name);
};

export const printPersistentVolume: Printer = (object, context) => {
  const claim = at(object, "spec", "claimRef");
  return [
    nameOf(object),
    quantity(object, "spec", "capacity", "storage"),
    accessModes(texts(object, "spec", "accessModes")),
    text(object, "spec", "persistentVolumeReclaimPolicy"),
    phaseOf(object),
    claim === undefined ? "" : `${text(claim, "namespace")}/${text(claim, "name")}`,
    storageClass(object),
    attributesClass(object),
    text(object, "status", "reason"),
    age(object, context),
    volumeMode(object),
  ];
};
export const printPersistentVolumeClaim: Printer = (object, context) => {
  const bound = text(object, "spec", "volumeName") !== "";
  return [
    nameOf(object),
    phaseOf(object),
    text(object, "spec", "volumeName"),
    bound ? quantity(object, "status", "capacity", "storage") : "",
    bound ? accessModes(texts(object, "status", "accessModes")) : "",
    storageClass(object),
    attributesClass(object),
    age(object, context),
    volumeMode(object),
  ];
};
const isDefault = (object: JsonObject, kind: string): boolean =>
  ["", "beta."].some((stage) => text(object, "metadata", "annotations", `${kind}.${stage}kubernetes.io/is-default-class`) === "true");
export const printStorageClass: Printer = (object, context) => [
  `${nameOf(object)}${isDefault(object, "storageclass") ? " (default)" : ""}`,
  text(object, "provisioner"),
  orElse(text(object, "reclaimPolicy"), "Delete"),
  orElse(text(object, "volumeBindingMode"), "Immediate"),
  flag(object, "allowVolumeExpansion"),
  age(object, context),
];
export const printVolumeAttributesClass: Printer = (object, context) => [
  `${nameOf(object)}${isDefault(object, "volumeattributesclass") ? " (default)" : ""}`,
  text(object, "driverName"),
  age(object, context),
];
export const printVolumeAttachment: Printer = (object, context) => [
  nameOf(object),
  text(object, "spec", "attacher"),
  text(object, "spec", "source", "persistentVolumeName"),
  text(object, "spec", "nodeName"),
  flag(object, "status", "attached"),
  age(object, context),
];
export const printCSINode: Printer = (object, context) => [nameOf(object), list(object, "spec", "drivers").length, age(object, context)];
export const printCSIDriver: Printer = (object, context) => {
  const requests = at(object, "spec", "tokenRequests");
  return [
    nameOf(object),
    at(object, "spec", "attachRequired") !== false,
    flag(object, "spec", "podInfoOnMount"),
    flag(object, "spec", "storageCapacity"),
    requests === undefined
      ? "<unset>"
      : list(object, "spec", "tokenRequests")
          .map((request) => text(request, "audience"))
          .join(","),
    flag(object, "spec", "requiresRepublish"),
    orElse(texts(object, "spec", "volumeLifecycleModes").join(","), "<none>"),
    age(object, context),
  ];
};
export const printCSIStorageCapacity: Printer = (object) => [
  nameOf(object),
  text(object, "storageClassName"),
  at(object, "capacity") === undefined ? "<unset>" : quantity(object, "capacity"),
];

function hosts(object: JsonObject): string {
  const rules = list(object, "spec", "rules");
  const named = rules.map((rule) => text(rule, "host")).filter((host) => host !== "");
  if (named.length === 0) return "*";
  return named.length >= 3 && rules.length > 3 ? `${named.slice(0, 3).join(",")} + ${rules.length - 3} more...` : named.join(",");
}
export const printIngress: Printer = (object, context) => [
  nameOf(object),
  orElse(text(object, "spec", "ingressClassName"), "<none>"),
  hosts(object),
  loadBalancerText(object, context.wide),
  list(object, "spec", "tls").length > 0 ? "80, 443" : "80",
  age(object, context),
];
export const printIngressClass: Printer = (object, context) => {
  const parameters = at(object, "spec", "parameters");
  const group = text(parameters, "apiGroup");
  const shown = parameters === undefined ? "<none>" : `${text(parameters, "kind")}${group === "" ? "" : `.${group}`}/${text(parameters, "name")}`;
  return [nameOf(object), text(object, "spec", "controller"), shown, age(object, context)];
};
export const printNetworkPolicy: Printer = (object, context) => [
  nameOf(object),
  formatLabelSelector((at(object, "spec", "podSelector") ?? {}) as LabelSelector),
  age(object, context),
];
export const printServiceCIDR: Printer = (object, context) => [nameOf(object), texts(object, "spec", "cidrs").join(","), age(object, context)];
export const printIPAddress: Printer = (object, context) => {
  const parent = at(object, "spec", "parentRef");
  const resource = [text(parent, "resource"), text(parent, "group")].filter((part) => part !== "").join(".");
  const place = [resource, text(parent, "namespace"), text(parent, "name")].filter((part) => part !== "").join("/");
  return [nameOf(object), parent === undefined ? "<none>" : place, age(object, context)];
};

/** Users, groups and service accounts, in three cells. */
export const printRoleBinding: Printer = (object, context) => {
  const subjects = (kind: string, shown: (subject: JsonObject) => string): string =>
    list(object, "subjects")
      .filter((subject) => subject["kind"] === kind)
      .map(shown)
      .join(", ");
  return [
    nameOf(object),
    `${text(object, "roleRef", "kind")}/${text(object, "roleRef", "name")}`,
    age(object, context),
    subjects("User", (subject) => text(subject, "name")),
    subjects("Group", (subject) => text(subject, "name")),
    subjects("ServiceAccount", (subject) =>
      text(subject, "namespace") === "" ? text(subject, "name") : `${text(subject, "namespace")}/${text(subject, "name")}`,
    ),
  ];
};
export const printCertificateSigningRequest: Printer = (object, context) => {
  const has = (type: string): boolean => list(object, "status", "conditions").some((condition) => condition["type"] === type);
  const decided = has("Denied") ? "Denied" : has("Approved") ? "Approved" : "Pending";
  const more = `${has("Failed") ? ",Failed" : ""}${text(object, "status", "certificate") === "" ? "" : ",Issued"}`;
  const expiration = at(object, "spec", "expirationSeconds");
  return [
    nameOf(object),
    age(object, context),
    orElse(text(object, "spec", "signerName"), "<none>"),
    text(object, "spec", "username"),
    expiration === undefined ? "<none>" : humanDuration(Number(expiration)),
    decided + more,
  ];
};

/** @rule kube.print.priorityclass */
export const printPriorityClass: Printer = (object, context) => [
  nameOf(object),
  number(object, "value"),
  flag(object, "globalDefault"),
  age(object, context),
  text(object, "preemptionPolicy"),
];
export const printRuntimeClass: Printer = (object, context) => [nameOf(object), text(object, "handler"), age(object, context)];
export const printWebhooks: Printer = (object, context) => [nameOf(object), list(object, "webhooks").length, age(object, context)];

export const printResourceQuota: Printer = (object, context) => {
  const usage = Object.keys((at(object, "status", "hard") ?? {}) as JsonObject).sort((a, b) => (a < b ? -1 : 1));
  const shown = usage.map((resource) => ({
    limit: resource.startsWith("limits."),
    text: `${resource}: ${quantity(object, "status", "used", resource)}/${quantity(object, "status", "hard", resource)}`,
  }));
  const joined = (limit: boolean): string =>
    shown
      .filter((item) => item.limit === limit)
      .map((item) => item.text)
      .join(", ");
  return [nameOf(object), joined(false), joined(true), age(object, context)];
};

export const printFlowSchema: Printer = (object, context) => {
  const dangling = list(object, "status", "conditions").find((condition) => condition["type"] === "Dangling");
  return [
    nameOf(object),
    orElse(text(object, "spec", "priorityLevelConfiguration", "name"), "<none>"),
    number(object, "spec", "matchingPrecedence"),
    orElse(text(object, "spec", "distinguisherMethod", "type"), "<none>"),
    age(object, context),
    dangling === undefined ? "?" : text(dangling, "status"),
  ];
};
export const printPriorityLevelConfiguration: Printer = (object, context) => {
  const limited = at(object, "spec", "limited");
  const queuing = at(limited, "limitResponse", "queuing");
  const shares = at(limited, "nominalConcurrencyShares");
  const queue = (field: string) => (queuing === undefined ? "<none>" : number(queuing, field));
  return [
    nameOf(object),
    text(object, "spec", "type"),
    shares === undefined ? "<none>" : Number(shares),
    queue("queues"),
    queue("handSize"),
    queue("queueLengthLimit"),
    age(object, context),
  ];
};

export const printStorageVersion: Printer = (object, context) => {
  const versions = list(object, "status", "storageVersions").map((version) => `${text(version, "apiServerID")}=${text(version, "encodingVersion")}`);
  return [nameOf(object), orElse(text(object, "status", "commonEncodingVersion"), "<unset>"), shortList(versions, "<unset>"), age(object, context)];
};
