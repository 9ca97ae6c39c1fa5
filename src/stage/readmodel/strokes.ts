/** Which events are strokes of the Score: what step forward and step back stop at. */
import { historyOf, type Stroke } from "./history";
import type { WorldReader } from "./types";

/** Whether a stroke concerns an object: it changed it, told of it, or concerns something that it owns. */
export function touches(stroke: Stroke, uid: string): boolean {
  return stroke.changes.some(
    ({ uid: changed, before, after }) => changed === uid || (after ?? before)?.metadata.ownerReferences?.some((owner) => owner.uid === uid) === true,
  );
}

/** Whether the event at a position is a stroke; with a uid, one that touches that object. Future positions are false until played. */
export function isStroke(reader: WorldReader, position: number, uid?: string): boolean {
  const stroke = historyOf(reader).strokeByPosition.get(position);
  return stroke !== undefined && (uid === undefined || touches(stroke, uid));
}
