/** How long the network between components and the API server takes, in both profiles. */
import { defineDelay } from "../../sim/delays";
import { millis, seconds } from "../../sim/time";

export const REQUEST_TRAVEL = defineDelay({
  name: "kube.client.request",
  real: 500,
  teaching: millis(100),
  source: "chosen: half a round trip in one data centre",
});
export const WATCH_CONNECT = defineDelay({ name: "kube.client.watch-connect", real: millis(1), teaching: millis(100), source: "chosen" });
export const CONNECTION_REFUSED = defineDelay({
  name: "kube.client.refused",
  real: millis(5),
  teaching: millis(200),
  source: "chosen: a closed port answers at once",
});
export const CLIENT_TIMEOUT = defineDelay({
  name: "kube.client.timeout",
  real: seconds(10),
  teaching: seconds(10),
  source: "kubernetes@1.35 pkg/kubelet/kubelet.go nodeStatusUpdateFrequency: the timeout of the heartbeat client; taken for all",
});
