/**
 * Objects that `kubectl create KIND` makes from flags.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/create/create_*.go
 */
import type { JsonObject } from "../../kube/apis/objects";
import { encodeBase64 } from "../base64";
import type { Run } from "../program";
import type { Kubectl } from "./context";
import { serviceOf } from "./create-service";
import { fatal } from "./failure";
import { OTHER_GENERATORS } from "./generators-other";
import { dataFrom } from "./literal-data";

export interface Generator {
  readonly usage: string;
  readonly flags: string;
  readonly required?: readonly string[];
  /** Number of words; one name if not said. */
  readonly args?: number;
  /** Text before the server's message. */
  readonly failure?: string;
  make(kubectl: Kubectl, names: readonly string[], command: readonly string[]): Run<JsonObject> | JsonObject;
}

const DATA = "from-literal array;from-file array;from-env-file array;append-hash bool";

/** Pod template for an image, as several generators make it. */
export const imageName = (image: string): string => (image.split("/").at(-1) ?? image).split("@")[0]?.split(":")[0]?.replaceAll("_", "-") ?? image;

function deployment({ flags }: Kubectl, [name = ""]: readonly string[], command: readonly string[]): JsonObject {
  const images = flags.all("image").flatMap((image) => image.split(","));
  const replicas = flags.has("replicas") ? flags.number("replicas") : 1;
  if (replicas < 0) throw fatal(`invalid replicas: ${replicas}`);
  if (images.length > 1 && command.length > 0) throw fatal("cannot specify multiple --image options and command");
  const port = flags.number("port");
  const containers = images.map((image) => ({
    image,
    name: imageName(image),
    ...(command.length > 0 ? { command } : {}),
    ...(flags.has("port") ? { ports: [{ containerPort: port }] } : {}),
    resources: {},
  }));
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, labels },
    spec: { replicas, selector: { matchLabels: labels }, strategy: {}, template: { metadata: { labels }, spec: { containers } } },
    status: {},
  };
}

function namespace(_: Kubectl, [name = ""]: readonly string[]): JsonObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name }, spec: {}, status: {} };
}

function* configMap(kubectl: Kubectl, [name = ""]: readonly string[]): Run<JsonObject> {
  const data = yield* dataFrom(kubectl, ` in Data for ConfigMap ${JSON.stringify(name)}`);
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, ...(Object.keys(data).length > 0 ? { data } : {}) };
}

function* genericSecret(kubectl: Kubectl, [name = ""]: readonly string[]): Run<JsonObject> {
  const data = yield* dataFrom(kubectl);
  const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64(value)]));
  const type = kubectl.flags.text("type");
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name },
    ...(Object.keys(encoded).length > 0 ? { data: encoded } : {}),
    ...(type === "" ? {} : { type }),
  };
}

function registrySecret({ flags }: Kubectl, [name = ""]: readonly string[]): JsonObject {
  const [username, password, email, server] = ["docker-username", "docker-password", "docker-email", "docker-server"].map((flag) => flags.text(flag));
  if (!username || !password)
    throw fatal("either --from-file or the combination of --docker-username, --docker-password and --docker-server is required");
  const auth = encodeBase64(`${username}:${password}`);
  const config = JSON.stringify({ auths: { [server || "https://index.docker.io/v1/"]: { username, password, ...(email ? { email } : {}), auth } } });
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name },
    type: "kubernetes.io/dockerconfigjson",
    data: { ".dockerconfigjson": encodeBase64(config) },
  };
}

const service = (type: string): Generator["make"] =>
  function ({ flags }, [name = ""]): JsonObject {
    const made = serviceOf({
      name,
      type,
      tcp: flags.all("tcp"),
      clusterIP: flags.text("clusterip"),
      nodePort: flags.number("node-port"),
      externalName: flags.text("external-name"),
    });
    if ("error" in made) throw fatal(made.error);
    return { apiVersion: "v1", kind: "Service", ...made.value };
  };

function serviceAccount(_: Kubectl, [name = ""]: readonly string[]): JsonObject {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } };
}

function priorityClass({ flags }: Kubectl, [name = ""]: readonly string[]): JsonObject {
  return {
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name },
    value: flags.number("value"),
    ...(flags.bool("global-default") ? { globalDefault: true } : {}),
    ...(flags.text("description") === "" ? {} : { description: flags.text("description") }),
    preemptionPolicy: flags.text("preemption-policy"),
  };
}

const SERVICE_FLAGS = "tcp list;clusterip string;node-port int=0;external-name string";
const serviceGenerator = (word: string, type: string): readonly [string, Generator] => [
  `service ${word}`,
  { usage: `service ${word}`, flags: SERVICE_FLAGS, failure: `failed to create ${type} service:`, make: service(type) },
];

const deploymentGenerator: Generator = {
  usage: "deployment",
  flags: "image array;port int;replicas r int",
  required: ["image"],
  failure: "failed to create deployment:",
  make: deployment,
};
const namespaceGenerator: Generator = { usage: "namespace", flags: "", make: namespace };
const configMapGenerator: Generator = { usage: "configmap", flags: DATA, failure: "failed to create configmap:", make: configMap };
const accountGenerator: Generator = { usage: "serviceaccount", flags: "", failure: "failed to create serviceaccount:", make: serviceAccount };
const priorityGenerator: Generator = {
  usage: "priorityclass",
  flags: "value int=0;global-default bool;description string;preemption-policy string=PreemptLowerPriority",
  failure: "failed to create priorityclass:",
  make: priorityClass,
};

export const GENERATORS: ReadonlyMap<string, Generator> = new Map<string, Generator>([
  ["deployment", deploymentGenerator],
  ["deploy", deploymentGenerator],
  ["namespace", namespaceGenerator],
  ["ns", namespaceGenerator],
  ["configmap", configMapGenerator],
  ["cm", configMapGenerator],
  ["secret generic", { usage: "secret generic", flags: `${DATA};type string`, failure: "failed to create secret", make: genericSecret }],
  [
    "secret docker-registry",
    {
      usage: "secret docker-registry",
      flags: "docker-username string;docker-password string;docker-email string;docker-server string",
      failure: "failed to create secret",
      make: registrySecret,
    },
  ],
  serviceGenerator("clusterip", "ClusterIP"),
  serviceGenerator("nodeport", "NodePort"),
  serviceGenerator("loadbalancer", "LoadBalancer"),
  serviceGenerator("externalname", "ExternalName"),
  ["serviceaccount", accountGenerator],
  ["sa", accountGenerator],
  ["priorityclass", priorityGenerator],
  ["pc", priorityGenerator],
  ...OTHER_GENERATORS,
]);
