/**
 * Exponential back-off as the kubelet uses it for restarts (CrashLoopBackOff) and for image pulls (ImagePullBackOff).
 * An entry is plain data; the caller keeps it in a table.
 *
 * Not modelled: jitter (the kubelet's is zero).
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/util/flowcontrol/backoff.go
 */
import type { Micros } from "../../sim/types";
import { seconds } from "../../sim/time";

export interface BackoffEntry {
  readonly backoff: Micros;
  readonly lastUpdate: Micros;
}

export interface BackoffLimits {
  readonly initial: Micros;
  readonly max: Micros;
}

/** @source kubernetes@1.35 pkg/kubelet/kubelet.go MaxCrashLoopBackOff, initialCrashLoopBackOff, MaxImageBackOff, imageBackOffPeriod */
export const KUBELET_BACKOFF: BackoffLimits = { initial: seconds(10), max: seconds(300) };

const expired = (entry: BackoffEntry, eventTime: Micros, { max }: BackoffLimits): boolean => eventTime - entry.lastUpdate > max * 2;

/** How long after `eventTime` (the container's end) the back-off lasts; 0 when there is none. */
export function backoffAfter(entry: BackoffEntry | undefined, eventTime: Micros, limits: BackoffLimits = KUBELET_BACKOFF): Micros {
  return !entry || expired(entry, eventTime, limits) ? 0 : entry.backoff;
}

/**
 * Whether a container that ended at `eventTime` must still wait.
 * @rule kube.container.crash-backoff
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/util/flowcontrol/backoff.go Backoff.IsInBackOffSince
 */
export const isInBackOffSince = (entry: BackoffEntry | undefined, eventTime: Micros, now: Micros, limits: BackoffLimits = KUBELET_BACKOFF): boolean =>
  now - eventTime < backoffAfter(entry, eventTime, limits);

/**
 * The entry after one more try: starts at the initial span, doubles up to the maximum, begins anew after twice the maximum of quiet.
 * @rule kube.backoff.next
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/util/flowcontrol/backoff.go Backoff.Next
 */
export function nextBackOff(entry: BackoffEntry | undefined, eventTime: Micros, now: Micros, limits: BackoffLimits = KUBELET_BACKOFF): BackoffEntry {
  const fresh = !entry || expired(entry, eventTime, limits);
  return { backoff: fresh ? limits.initial : Math.min(entry.backoff * 2, limits.max), lastUpdate: now };
}
