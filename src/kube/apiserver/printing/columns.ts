/**
 * The columns of each kind and who fills them. `+` marks a column that only wide output shows.
 * @source kubernetes@1.35 pkg/printers/internalversion/printers.go AddHandlers
 */
import * as cluster from "./cluster-cells";
import * as core from "./core-cells";
import { type Printer, text } from "./fields";
import { printPod } from "./pod-cells";
import * as work from "./workload-cells";

export interface KindTable {
  readonly columns: readonly string[];
  readonly print: Printer;
  /** Cells that the printer leaves out of narrow rows, where that is not just the wide columns. */
  readonly narrowCells?: number;
}

const names = (columns: string): readonly string[] => columns.split("|");
const table = (columns: string, print: Printer, narrowCells?: number): KindTable => ({ columns: names(columns), print, narrowCells });
const WIDE_TEMPLATE = "+Containers|+Images|+Selector";
const BINDING = "Name|Role|Age|+Users|+Groups|+ServiceAccounts";

/** Kinds without a printer of their own. */
export const DEFAULT_TABLE: KindTable = table("Name|Created At", (object) => [
  text(object, "metadata", "name"),
  text(object, "metadata", "creationTimestamp"),
]);

export const TABLES: Readonly<Record<string, KindTable>> = {
  Pod: table("Name|Ready|Status|Restarts|Age|+IP|+Node|+Nominated Node|+Readiness Gates", printPod),
  PodTemplate: table("Name|Containers|Images|Pod Labels", work.printPodTemplate),
  PodDisruptionBudget: table("Name|Min Available|Max Unavailable|Allowed Disruptions|Age", work.printPodDisruptionBudget),
  ReplicationController: table(`Name|Desired|Current|Ready|Age|${WIDE_TEMPLATE}`, work.printReplicationController),
  ReplicaSet: table(`Name|Desired|Current|Ready|Age|${WIDE_TEMPLATE}`, work.printReplicaSet),
  Deployment: table(`Name|Ready|Up-to-date|Available|Age|${WIDE_TEMPLATE}`, work.printDeployment),
  DaemonSet: table(`Name|Desired|Current|Ready|Up-to-date|Available|Node Selector|Age|${WIDE_TEMPLATE}`, work.printDaemonSet),
  StatefulSet: table("Name|Ready|Age|+Containers|+Images", work.printStatefulSet),
  Job: table(`Name|Status|Completions|Duration|Age|${WIDE_TEMPLATE}`, work.printJob),
  CronJob: table(`Name|Schedule|Timezone|Suspend|Active|Last Schedule|Age|${WIDE_TEMPLATE}`, work.printCronJob),
  ControllerRevision: table("Name|Controller|Revision|Age", work.printControllerRevision),
  HorizontalPodAutoscaler: table("Name|Reference|Targets|MinPods|MaxPods|Replicas|Age", work.printHorizontalPodAutoscaler),
  Service: table("Name|Type|Cluster-IP|External-IP|Port(s)|Age|+Selector", core.printService),
  Endpoints: table("Name|Endpoints|Age", core.printEndpoints),
  EndpointSlice: table("Name|AddressType|Ports|Endpoints|Age", core.printEndpointSlice),
  Node: table("Name|Status|Roles|Age|Version|+Internal-IP|+External-IP|+OS-Image|+Kernel-Version|+Container-Runtime", core.printNode),
  Event: table("Last Seen|Type|Reason|Object|+Subobject|+Source|Message|+First Seen|+Count|+Name", core.printEvent),
  Namespace: table("Name|Status|Age", core.printNamespace),
  Secret: table("Name|Type|Data|Age", core.printSecret),
  ServiceAccount: table("Name|Age", core.printServiceAccount),
  ConfigMap: table("Name|Data|Age", core.printConfigMap),
  Lease: table("Name|Holder|Age", core.printLease),
  ComponentStatus: table("Name|Status|Message|Error", core.printComponentStatus),
  PersistentVolume: table(
    "Name|Capacity|Access Modes|Reclaim Policy|Status|Claim|StorageClass|VolumeAttributesClass|Reason|Age|+VolumeMode",
    cluster.printPersistentVolume,
    11,
  ),
  PersistentVolumeClaim: table(
    "Name|Status|Volume|Capacity|Access Modes|StorageClass|VolumeAttributesClass|Age|+VolumeMode",
    cluster.printPersistentVolumeClaim,
    9,
  ),
  StorageClass: table("Name|Provisioner|ReclaimPolicy|VolumeBindingMode|AllowVolumeExpansion|Age", cluster.printStorageClass),
  VolumeAttributesClass: table("Name|DriverName|Age", cluster.printVolumeAttributesClass),
  VolumeAttachment: table("Name|Attacher|PV|Node|Attached|Age", cluster.printVolumeAttachment),
  CSINode: table("Name|Drivers|Age", cluster.printCSINode),
  CSIDriver: table("Name|AttachRequired|PodInfoOnMount|StorageCapacity|TokenRequests|RequiresRepublish|Modes|Age", cluster.printCSIDriver),
  CSIStorageCapacity: table("Name|StorageClassName|Capacity", cluster.printCSIStorageCapacity),
  Ingress: table("Name|Class|Hosts|Address|Ports|Age", cluster.printIngress),
  IngressClass: table("Name|Controller|Parameters|Age", cluster.printIngressClass),
  NetworkPolicy: table("Name|Pod-Selector|Age", cluster.printNetworkPolicy),
  ServiceCIDR: table("Name|CIDRs|Age", cluster.printServiceCIDR),
  IPAddress: table("Name|ParentRef|Age", cluster.printIPAddress),
  RoleBinding: table(BINDING, cluster.printRoleBinding),
  ClusterRoleBinding: table(BINDING, cluster.printRoleBinding),
  CertificateSigningRequest: table("Name|Age|SignerName|Requestor|RequestedDuration|Condition", cluster.printCertificateSigningRequest),
  PriorityClass: table("Name|Value|Global-Default|Age|PreemptionPolicy", cluster.printPriorityClass, 4),
  RuntimeClass: table("Name|Handler|Age", cluster.printRuntimeClass),
  MutatingWebhookConfiguration: table("Name|Webhooks|Age", cluster.printWebhooks),
  ValidatingWebhookConfiguration: table("Name|Webhooks|Age", cluster.printWebhooks),
  ResourceQuota: table("Name|Request|Limit|Age", cluster.printResourceQuota),
  FlowSchema: table("Name|PriorityLevel|MatchingPrecedence|DistinguisherMethod|Age|MissingPL", cluster.printFlowSchema),
  PriorityLevelConfiguration: table(
    "Name|Type|NominalConcurrencyShares|Queues|HandSize|QueueLengthLimit|Age",
    cluster.printPriorityLevelConfiguration,
  ),
  StorageVersion: table("Name|CommonEncodingVersion|StorageVersions|Age", cluster.printStorageVersion),
};

const TYPES: Readonly<Record<string, string>> = {
  Value: "integer",
  Desired: "integer",
  Current: "integer",
  Revision: "integer",
  Active: "integer",
  Webhooks: "integer",
  Drivers: "integer",
  Suspend: "boolean",
  Attached: "boolean",
  AttachRequired: "boolean",
  "Global-Default": "boolean",
  "Created At": "date",
};

export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}
export const tableOfKind = (kind: string): KindTable => TABLES[kind] ?? DEFAULT_TABLE;

/** @rule kube.print.columns */
export function columnsOf(kind: string): readonly ColumnDefinition[] {
  return tableOfKind(kind).columns.map((column) => {
    const name = column.startsWith("+") ? column.slice(1) : column;
    return { name, type: TYPES[name] ?? "string", format: name === "Name" ? "name" : "", description: "", priority: column === name ? 0 : 1 };
  });
}
