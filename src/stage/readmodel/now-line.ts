/** The last stroke as one sentence: caption, live region and presenter's subtitle at once. */
import { historyOf, strokeIndex } from "./history";
import { sentenceOf } from "./says";
import type { NowLineView, WorldReader } from "./types";

export function nowLineView(reader: WorldReader): NowLineView | undefined {
  const history = historyOf(reader);
  const count = strokeIndex(history, reader.position);
  const stroke = history.strokes[count - 1];
  if (stroke === undefined) return undefined;
  return { position: stroke.position, at: stroke.at, count, total: history.strokes.length, ...sentenceOf(reader, stroke) };
}
