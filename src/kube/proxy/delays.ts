/** How long packets and rules take, in both profiles. */
import { defineDelay } from "../../sim/delays";
import { millis, seconds } from "../../sim/time";

export const HOP = defineDelay({ name: "kube.net.hop", real: 150, teaching: millis(350), source: "chosen: one way between two machines of a rack" });
export const DNS_TRAVEL = defineDelay({ name: "kube.net.dns", real: 250, teaching: millis(250), source: "chosen: one way to the cluster's DNS" });
export const CONNECT_TIMEOUT = defineDelay({
  name: "kube.net.timeout",
  real: seconds(5),
  teaching: seconds(3),
  source: "chosen: shorter than TCP's own, as tools are told with -m or -T",
});
export const DNS_TIMEOUT = defineDelay({
  name: "kube.net.dns-timeout",
  real: seconds(5),
  teaching: seconds(3),
  source: "man resolv.conf(5) timeout:5",
});
export const RULE_SYNC = defineDelay({
  name: "kube.proxy.sync",
  real: millis(1000),
  teaching: millis(500),
  source: "kubernetes@1.35 pkg/proxy/apis/config/v1alpha1/defaults.go iptables minSyncPeriod 1s",
});
