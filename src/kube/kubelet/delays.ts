/** How long the kubelet's and the runtime's steps take, in both profiles. */
import { defineDelay } from "../../sim/delays";
import { millis, seconds } from "../../sim/time";

export const SYNC_POD = defineDelay({
  name: "kube.kubelet.sync",
  real: millis(10),
  teaching: millis(300),
  source: "chosen: from the watch to the Pod's worker",
});
export const MOUNT_RETRY = defineDelay({
  name: "kube.kubelet.mount-retry",
  real: millis(500),
  teaching: millis(500),
  source: "kubernetes@1.35 pkg/util/goroutinemap/exponentialbackoff/exponential_backoff.go initialDurationBeforeRetry",
});
export const CREATE_SANDBOX = defineDelay({
  name: "kube.kubelet.sandbox",
  real: millis(250),
  teaching: millis(500),
  source: "chosen: pause container and CNI",
});
export const PULL_CHECK = defineDelay({
  name: "kube.kubelet.pull-check",
  real: millis(400),
  teaching: millis(400),
  source: "chosen: manifest and digest are fetched, all layers are there",
});
export const PULL_FAIL = defineDelay({
  name: "kube.kubelet.pull-fail",
  real: millis(900),
  teaching: millis(900),
  source: "chosen: the registry's refusal",
});
export const CREATE_CONTAINER = defineDelay({ name: "kube.kubelet.create", real: millis(40), teaching: millis(200), source: "chosen" });
export const START_CONTAINER = defineDelay({ name: "kube.kubelet.start", real: millis(60), teaching: millis(200), source: "chosen" });
/** Ends of containers are noticed when the runtime is listed again; on average half a period later. */
export const RELIST = defineDelay({
  name: "kube.kubelet.relist",
  real: millis(500),
  teaching: millis(300),
  source: "kubernetes@1.35 pkg/kubelet/kubelet.go genericPlegRelistPeriod: 1 s, half of it",
});
export const NODE_READY = defineDelay({
  name: "kube.kubelet.node-ready",
  real: seconds(1),
  teaching: seconds(1),
  source: "chosen: runtime and network come up",
});
export const RETRY_CALL = defineDelay({
  name: "kube.kubelet.retry",
  real: seconds(1),
  teaching: seconds(1),
  source: "chosen: another try after the API server did not answer",
});
/** @source kubernetes@1.35 pkg/kubelet/apis/config/v1beta1/defaults.go: a quarter of the 40 s lease */
export const LEASE_RENEW = defineDelay({
  name: "kube.kubelet.lease",
  real: seconds(10),
  teaching: seconds(10),
  source: "kubernetes@1.35 nodeLeaseRenewIntervalFraction 0.25 of 40 s",
});
export const NODE_STATUS_REPORT = defineDelay({
  name: "kube.kubelet.node-status",
  real: seconds(300),
  teaching: seconds(300),
  source: "kubernetes@1.35 nodeStatusReportFrequency",
});
export const NODE_STATUS_SYNC = defineDelay({
  name: "kube.kubelet.node-status-sync",
  real: seconds(10),
  teaching: seconds(10),
  source: "kubernetes@1.35 pkg/kubelet/apis/config/v1beta1/defaults.go nodeStatusUpdateFrequency",
});
export const SIGKILL = defineDelay({
  name: "kube.kubelet.sigkill",
  real: millis(20),
  teaching: millis(100),
  source: "chosen: from SIGKILL to the end",
});
/** Bytes per second of a pull. */
export const PULL_BYTES_PER_SECOND = { real: 40_000_000, teaching: 120_000_000 } as const;
