/** Finds a stored object by uid: through history, which knows the key, or by looking at every row. */
import type { KubeObject } from "../../kube/apis/objects";
import { storeTable } from "../../kube/apiserver/storage/store";
import { changesOf, historyOf } from "./history";
import type { WorldReader } from "./types";

export function stateRow(reader: WorldReader, resource: string, uid: string): KubeObject | undefined {
  const table = reader.table(storeTable(resource));
  const key = changesOf(historyOf(reader), uid, reader.position).at(-1)?.key;
  const known = key === undefined ? undefined : table.get(key)?.object;
  if (known?.metadata.uid === uid) return known;
  return table.rows().find((row) => row.object.metadata.uid === uid)?.object;
}
