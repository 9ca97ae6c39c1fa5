/** How many Pods of a ReplicaSet counted, over time: the ink of a chart that a prediction is laid beside. */
import type { KubeObject, Pod } from "../../kube/apis/objects";
import type { Micros } from "../../sim/types";
import { historyOf } from "./history";
import { counts } from "./loops";
import type { WorldReader } from "./types";

export interface Counted {
  readonly at: Micros;
  readonly count: number;
}

/** Each moment up to the playhead at which the count of a set changed. */
export function countedOf(reader: WorldReader, set: string): readonly Counted[] {
  const history = historyOf(reader);
  const one = (object: KubeObject | undefined): number =>
    object?.metadata.ownerReferences?.some(({ uid }) => uid === set) === true && counts(object as Pod) ? 1 : 0;
  const out: Counted[] = [];
  let count = 0;
  for (const revision of history.streams.get("pods") ?? []) {
    const change = history.byRevision[revision];
    if (change === undefined || change.position >= reader.position) continue;
    const by = one(change.after) - one(change.before);
    if (by === 0) continue;
    count += by;
    out.push({ at: change.at, count });
  }
  return out;
}
