/** How long controllers take, in both profiles. */
import { defineDelay } from "../../../sim/delays";
import { millis, seconds } from "../../../sim/time";

export const SYNC = defineDelay({
  name: "kube.controller.sync",
  real: millis(1),
  teaching: millis(250),
  source: "chosen: from the queue to the first request of one sync",
});
export const RETRY_FIRST = defineDelay({
  name: "kube.controller.retry-first",
  real: millis(5),
  teaching: millis(5),
  source: "kubernetes@1.35 staging/src/k8s.io/client-go/util/workqueue/default_rate_limiters.go DefaultTypedControllerRateLimiter",
});
export const RETRY_MOST = defineDelay({
  name: "kube.controller.retry-most",
  real: seconds(1000),
  teaching: seconds(1000),
  source: "kubernetes@1.35 staging/src/k8s.io/client-go/util/workqueue/default_rate_limiters.go DefaultTypedControllerRateLimiter",
});
