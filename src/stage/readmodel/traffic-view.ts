/** Requests that clients send through Services. Not modelled yet: nothing in the world sends any, so nothing travels. */
import type { RequestView, TrafficView, WorldReader } from "./types";

export function trafficViews(_reader: WorldReader): { readonly requests: readonly RequestView[]; readonly traffic: readonly TrafficView[] } {
  return { requests: [], traffic: [] };
}
