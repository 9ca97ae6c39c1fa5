/** How long the API server takes, in both profiles. */
import { defineDelay } from "../../sim/delays";
import { millis, seconds } from "../../sim/time";

export const READ_REPLY = defineDelay({
  name: "kube.apiserver.read",
  real: millis(1),
  teaching: millis(100),
  source: "chosen: served from memory, and the way back",
});
export const WRITE_REPLY = defineDelay({
  name: "kube.apiserver.write",
  real: millis(4),
  teaching: millis(150),
  source: "chosen: one etcd commit with its fsync, and the way back",
});
export const WATCH_DISPATCH = defineDelay({
  name: "kube.apiserver.watch-dispatch",
  real: millis(1),
  teaching: millis(20),
  source: "chosen: writes of this span reach a watcher as one message",
});
export const WATCH_RELAXED = defineDelay({
  name: "kube.apiserver.watch-relaxed",
  real: millis(100),
  teaching: millis(200),
  source: "chosen: for components whose work does not hang on the moment",
});
export const WATCH_TRAVEL = defineDelay({ name: "kube.apiserver.watch-travel", real: millis(1), teaching: millis(130), source: "chosen" });
export const RECONNECT = defineDelay({
  name: "kube.apiserver.reconnect",
  real: seconds(1),
  teaching: seconds(1),
  source: "kubernetes@1.35 staging/src/k8s.io/client-go/tools/cache/reflector.go NewReflectorWithOptions: back-off from 800 ms",
});
export const KUBELET_TRAVEL = defineDelay({ name: "kube.apiserver.kubelet", real: millis(1), teaching: millis(100), source: "chosen" });
