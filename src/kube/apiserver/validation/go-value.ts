/**
 * Values of the API server's internal types as its messages print them: Go's field names in Go's order, with nil pointers and lists as null.
 * A line of the table is a type; a field is `GoName:json TYPE`, the JSON name being the Go name with a small first letter when left out.
 * Types: `s i b` leaves with a zero value, `p` pointer to a leaf, `l` list and `m` map of leaves, `x` IntOrString, `j` plain JSON or null,
 * `S.T` struct, `P.T` pointer, `L.T` list of structs, `*T` fields of T in place, `^` read from the object above.
 * @source kubernetes@1.35 pkg/apis/core/types.go, pkg/apis/apps/types.go, pkg/apis/policy/types.go
 */
import type { Json } from "../../../sim/types";
import type { Obj } from "../../apis/schema/typed-json";
import type { Printed } from "./field-error";

const TYPES = `
PodTemplateSpec|metadata J;Spec S.PodSpec
PodSpec|Volumes L.Volume;InitContainers L.Container;Containers L.Container;EphemeralContainers L.EphemeralContainer;RestartPolicy s;TerminationGracePeriodSeconds p;ActiveDeadlineSeconds p;DNSPolicy:dnsPolicy s;NodeSelector m;ServiceAccountName s;AutomountServiceAccountToken p;NodeName s;SecurityContext P.PodSecurityContext;ImagePullSecrets L.LocalObjectReference;Hostname s;Subdomain s;SetHostnameAsFQDN p;Affinity P.Affinity;SchedulerName s;Tolerations L.Toleration;HostAliases L.HostAlias;PriorityClassName s;Priority p;PreemptionPolicy p;DNSConfig:dnsConfig P.PodDNSConfig;ReadinessGates L.PodReadinessGate;RuntimeClassName p;Overhead m;EnableServiceLinks p;TopologySpreadConstraints L.TopologySpreadConstraint;OS:os P.PodOS;SchedulingGates L.Named;ResourceClaims L.PodResourceClaim;Resources P.ResourceRequirements;HostnameOverride p;WorkloadRef j
PodSecurityContext|HostNetwork ^b;HostPID:hostPID ^b;HostIPC:hostIPC ^b;ShareProcessNamespace ^p;HostUsers ^p;SELinuxOptions:seLinuxOptions j;WindowsOptions j;RunAsUser p;RunAsGroup p;RunAsNonRoot p;SupplementalGroups l;SupplementalGroupsPolicy p;FSGroup:fsGroup p;FSGroupChangePolicy:fsGroupChangePolicy p;Sysctls L.NameValue;SeccompProfile P.SeccompProfile;AppArmorProfile P.SeccompProfile;SELinuxChangePolicy:seLinuxChangePolicy p
Container|Name s;Image s;Command l;Args l;WorkingDir s;Ports L.ContainerPort;EnvFrom L.EnvFromSource;Env L.EnvVar;Resources S.ResourceRequirements;ResizePolicy L.ResizePolicy;RestartPolicy p;RestartPolicyRules j;VolumeMounts L.VolumeMount;VolumeDevices L.VolumeDevice;LivenessProbe P.Probe;ReadinessProbe P.Probe;StartupProbe P.Probe;Lifecycle P.Lifecycle;TerminationMessagePath s;TerminationMessagePolicy s;ImagePullPolicy s;SecurityContext P.SecurityContext;Stdin b;StdinOnce b;TTY:tty b
EphemeralContainer|*Container;TargetContainerName s
ContainerPort|Name s;HostPort i;ContainerPort i;Protocol s;HostIP:hostIP s
EnvFromSource|Prefix s;ConfigMapRef P.Ref;SecretRef P.Ref
Ref|Name s;Optional p
EnvVar|Name s;Value s;ValueFrom P.EnvVarSource
EnvVarSource|FieldRef P.ObjectFieldSelector;ResourceFieldRef P.ResourceFieldSelector;ConfigMapKeyRef P.KeyRef;SecretKeyRef P.KeyRef;FileKeyRef j
ObjectFieldSelector|APIVersion:apiVersion s;FieldPath s
ResourceFieldSelector|ContainerName s;Resource s;Divisor s
KeyRef|Name s;Key s;Optional p
ResourceRequirements|Limits m;Requests m;Claims L.ResourceClaim
VolumeResourceRequirements|Limits m;Requests m
ResourceClaim|Name s;Request s
PodResourceClaim|Name s;ResourceClaimName p;ResourceClaimTemplateName p
ResizePolicy|ResourceName s;RestartPolicy s
VolumeMount|Name s;ReadOnly b;RecursiveReadOnly p;MountPath s;SubPath s;MountPropagation p;SubPathExpr s
VolumeDevice|Name s;DevicePath s
Probe|Exec P.ExecAction;HTTPGet:httpGet P.HTTPGetAction;TCPSocket:tcpSocket P.TCPSocketAction;GRPC:grpc P.GRPCAction;InitialDelaySeconds i;TimeoutSeconds i;PeriodSeconds i;SuccessThreshold i;FailureThreshold i;TerminationGracePeriodSeconds p
Lifecycle|PostStart P.LifecycleHandler;PreStop P.LifecycleHandler;StopSignal p
LifecycleHandler|Exec P.ExecAction;HTTPGet:httpGet P.HTTPGetAction;TCPSocket:tcpSocket P.TCPSocketAction;Sleep P.SleepAction
ExecAction|Command l
HTTPGetAction|Path s;Port x;Host s;Scheme s;HTTPHeaders:httpHeaders L.NameValue
TCPSocketAction|Port x;Host s
GRPCAction|Port i;Service p
SleepAction|Seconds i
NameValue|Name s;Value s
Named|Name s
LocalObjectReference|Name s
SecurityContext|Capabilities P.Capabilities;Privileged p;SELinuxOptions:seLinuxOptions j;WindowsOptions j;RunAsUser p;RunAsGroup p;RunAsNonRoot p;ReadOnlyRootFilesystem p;AllowPrivilegeEscalation p;ProcMount p;SeccompProfile P.SeccompProfile;AppArmorProfile P.SeccompProfile
Capabilities|Add l;Drop l
SeccompProfile|Type s;LocalhostProfile p
Affinity|NodeAffinity P.NodeAffinity;PodAffinity P.PodAffinity;PodAntiAffinity P.PodAffinity
NodeAffinity|RequiredDuringSchedulingIgnoredDuringExecution P.NodeSelector;PreferredDuringSchedulingIgnoredDuringExecution L.PreferredSchedulingTerm
NodeSelector|NodeSelectorTerms L.NodeSelectorTerm
NodeSelectorTerm|MatchExpressions L.NodeSelectorRequirement;MatchFields L.NodeSelectorRequirement
NodeSelectorRequirement|Key s;Operator s;Values l
PreferredSchedulingTerm|Weight i;Preference S.NodeSelectorTerm
PodAffinity|RequiredDuringSchedulingIgnoredDuringExecution L.PodAffinityTerm;PreferredDuringSchedulingIgnoredDuringExecution L.WeightedPodAffinityTerm
PodAffinityTerm|LabelSelector j;Namespaces l;TopologyKey s;NamespaceSelector j;MatchLabelKeys l;MismatchLabelKeys l
WeightedPodAffinityTerm|Weight i;PodAffinityTerm S.PodAffinityTerm
Toleration|Key s;Operator s;Value s;Effect s;TolerationSeconds p
HostAlias|IP:ip s;Hostnames l
PodDNSConfig|Nameservers l;Searches l;Options L.DNSOption
DNSOption|Name s;Value p
PodReadinessGate|ConditionType s
PodOS|Name s
TopologySpreadConstraint|MaxSkew i;TopologyKey s;WhenUnsatisfiable s;LabelSelector j;MinDomains p;NodeAffinityPolicy p;NodeTaintsPolicy p;MatchLabelKeys l
Volume|Name s;HostPath P.HostPath;EmptyDir P.EmptyDir;GCEPersistentDisk j;AWSElasticBlockStore j;GitRepo j;Secret P.SecretVolume;NFS:nfs P.NFS;ISCSI j;Glusterfs j;PersistentVolumeClaim P.ClaimVolume;RBD j;Quobyte j;FlexVolume j;Cinder j;CephFS j;Flocker j;DownwardAPI:downwardAPI P.DownwardVolume;FC j;AzureFile j;ConfigMap P.ConfigMapVolume;VsphereVolume j;AzureDisk j;PhotonPersistentDisk j;Projected P.Projected;PortworxVolume j;ScaleIO j;StorageOS j;CSI:csi j;Ephemeral j;Image j
HostPath|Path s;Type p
EmptyDir|Medium s;SizeLimit p
SecretVolume|SecretName s;Items L.KeyToPath;DefaultMode p;Optional p
ConfigMapVolume|Name s;Items L.KeyToPath;DefaultMode p;Optional p
KeyToPath|Key s;Path s;Mode p
NFS|Server s;Path s;ReadOnly b
ClaimVolume|ClaimName s;ReadOnly b
DownwardVolume|Items L.DownwardFile;DefaultMode p
DownwardFile|Path s;FieldRef P.ObjectFieldSelector;ResourceFieldRef P.ResourceFieldSelector;Mode p
Projected|Sources L.Projection;DefaultMode p
Projection|Secret P.ProjectedKeys;DownwardAPI:downwardAPI P.DownwardVolume;ConfigMap P.ProjectedKeys;ServiceAccountToken j;ClusterTrustBundle j;PodCertificate j
ProjectedKeys|Name s;Items L.KeyToPath;Optional p
PersistentVolumeClaimSpec|AccessModes l;Selector j;Resources S.VolumeResourceRequirements;VolumeName s;StorageClassName p;VolumeMode p;DataSource j;DataSourceRef j;VolumeAttributesClassName p
PersistentVolumeSource|GCEPersistentDisk j;AWSElasticBlockStore j;HostPath P.HostPath;Glusterfs j;NFS:nfs P.NFS;RBD j;Quobyte j;ISCSI j;FlexVolume j;Cinder j;CephFS j;FC j;Flocker j;AzureFile j;VsphereVolume j;AzureDisk j;PhotonPersistentDisk j;PortworxVolume j;ScaleIO j;Local P.Local;StorageOS j;CSI:csi P.CSI
Local|Path s;FSType:fsType p
CSI|Driver s;VolumeHandle s;ReadOnly b;FSType:fsType s;VolumeAttributes m;ControllerPublishSecretRef j;NodeStageSecretRef j;NodePublishSecretRef j;ControllerExpandSecretRef j;NodeExpandSecretRef j
Taint|Key s;Value s;Effect s;TimeAdded p
NodeAddress|Type s;Address s
ServicePort|Name s;Protocol s;AppProtocol p;Port i;TargetPort x;NodePort i
DeploymentStrategy|Type s;RollingUpdate P.RollingUpdate
DaemonSetUpdateStrategy|Type s;RollingUpdate P.RollingUpdate
StatefulSetUpdateStrategy|Type s;RollingUpdate P.StatefulSetRollingUpdate
RollingUpdate|MaxUnavailable x;MaxSurge x
StatefulSetRollingUpdate|Partition i;MaxUnavailable p
PodDisruptionBudgetSpec|MinAvailable p;Selector j;MaxUnavailable p;UnhealthyPodEvictionPolicy p
`;

interface GoField {
  readonly go: string;
  readonly json: string;
  readonly type: string;
}
const lines = new Map(
  TYPES.trim()
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf("|")), line.slice(line.indexOf("|") + 1)] as const),
);
const known = new Map<string, readonly GoField[]>();

function fieldsOf(type: string): readonly GoField[] {
  const ready = known.get(type);
  if (ready !== undefined) return ready;
  const fields = (lines.get(type) ?? "").split(";").flatMap((text): readonly GoField[] => {
    if (text.startsWith("*")) return fieldsOf(text.slice(1));
    const [name = "", kind = ""] = text.split(" ");
    const [go = "", json = go.charAt(0).toLowerCase() + go.slice(1)] = name.split(":");
    return [{ go, json, type: kind }];
  });
  known.set(type, fields);
  return fields;
}

const isObject = (value: Json | undefined): value is Obj & Json => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The value with Go's names. `raw` is the same object as it was sent: an empty list there is printed as one, for the server had not yet
 * stored it.
 */
export function goForm(type: string, value: Obj, raw: Obj | undefined, above?: Obj): Json {
  const out: Record<string, Json> = {};
  for (const field of fieldsOf(type)) {
    if (field.type === "J") {
      const meta = value[field.json];
      if (isObject(meta)) Object.assign(out, meta);
      continue;
    }
    const source = field.type.startsWith("^") ? above : value;
    out[field.go] = fieldForm(field.type.replace("^", ""), source?.[field.json] ?? undefined, raw?.[field.json] ?? undefined, value);
  }
  return out;
}

function fieldForm(type: string, value: Json | undefined, raw: Json | undefined, above: Obj): Json {
  const inner = type.slice(2);
  const empty: Json = Array.isArray(raw) && raw.length === 0 ? [] : null;
  switch (type.charAt(0)) {
    case "s":
      return value ?? "";
    case "i":
    case "x":
      return value ?? 0;
    case "b":
      return value ?? false;
    case "S":
      return goForm(inner, isObject(value) ? value : {}, isObject(raw) ? raw : undefined, above);
    case "P":
      return isObject(value) ? goForm(inner, value, isObject(raw) ? raw : undefined, above) : null;
    case "L": {
      if (!Array.isArray(value)) return empty;
      const raws = Array.isArray(raw) ? (raw as readonly Json[]) : [];
      return (value as readonly Obj[]).map((item, i) => goForm(inner, item, isObject(raws[i]) ? raws[i] : undefined, above));
    }
    case "l":
      return value ?? empty;
    default:
      return value ?? null;
  }
}

/** For an Invalid or Duplicate message. */
export const goStruct = (type: string, value: Obj): Printed => ({ printed: JSON.stringify(goForm(type, value, undefined)) });
