/**
 * The default profile: which plugins, in which order they filter, and how much their scores count.
 *
 * Not modelled: the volume plugins (no persistent volumes yet) and dynamic resource allocation.
 * @source kubernetes@1.35 pkg/scheduler/apis/config/v1/default_plugins.go getDefaultPlugins
 */
import type { Plugin } from "./framework";
import { imageLocality } from "./plugins/image-locality";
import { interPodAffinity } from "./plugins/inter-pod-affinity";
import { nodeAffinityPlugin } from "./plugins/node-affinity";
import { nodePorts } from "./plugins/node-ports";
import { nodeResourcesFit } from "./plugins/node-resources-fit";
import { podTopologySpread } from "./plugins/pod-topology-spread";
import { balancedAllocation } from "./plugins/resource-scores";
import { nodeName, nodeUnschedulable, taintToleration } from "./plugins/taint-toleration";

export const DEFAULT_PROFILE: readonly Plugin[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinityPlugin(),
  nodePorts,
  nodeResourcesFit(),
  podTopologySpread(),
  interPodAffinity(),
  balancedAllocation(),
  imageLocality,
];
