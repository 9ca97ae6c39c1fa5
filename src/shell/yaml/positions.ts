/** Where each field of a document stands in its text, by the path that the API server names in its errors. */
import { EVENT_ID, getScalarValue, parseEvents } from "js-yaml";

export interface SourceSpan {
  readonly from: number;
  readonly to: number;
}

/** Spans of keys (or of items, for lists) by path, for example `spec.containers[0].image`; offsets are within `text`. Empty when it does not parse. */
export function fieldPositions(text: string): ReadonlyMap<string, SourceSpan> {
  const found = new Map<string, SourceSpan>();
  let events: ReturnType<typeof parseEvents>;
  try {
    events = parseEvents(text, { maxDepth: 100 });
  } catch {
    return found;
  }
  let at = 0;
  const skip = (): void => {
    for (let depth = 0; at < events.length; ) {
      const type = events[at++]?.type;
      if (type === EVENT_ID.POP) depth -= 1;
      else if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE || type === EVENT_ID.DOCUMENT) depth += 1;
      if (depth <= 0) return;
    }
  };
  const value = (path: string): void => {
    const event = events[at];
    if (event?.type === EVENT_ID.SEQUENCE) {
      at += 1;
      for (let i = 0; at < events.length && events[at]?.type !== EVENT_ID.POP; i++) {
        mark(`${path}[${i}]`);
        value(`${path}[${i}]`);
      }
      at += 1;
    } else if (event?.type === EVENT_ID.MAPPING) {
      at += 1;
      while (at < events.length && events[at]?.type !== EVENT_ID.POP) {
        const key = events[at];
        if (key?.type !== EVENT_ID.SCALAR) {
          skip();
          skip();
          continue;
        }
        const name = getScalarValue(text, key);
        const child = path === "" ? name : `${path}.${name}`;
        found.set(child, { from: key.valueStart, to: key.valueEnd });
        at += 1;
        value(child);
      }
      at += 1;
    } else skip();
  };
  const mark = (path: string): void => {
    const event = events[at];
    if (event?.type === EVENT_ID.SCALAR) found.set(path, { from: event.valueStart, to: event.valueEnd });
    else if (event?.type === EVENT_ID.MAPPING || event?.type === EVENT_ID.SEQUENCE) found.set(path, { from: event.start, to: event.start + 1 });
  };
  while (at < events.length) {
    if (events[at]?.type === EVENT_ID.DOCUMENT) at += 1;
    else if (events[at]?.type === EVENT_ID.POP) at += 1;
    else value("");
  }
  return found;
}

/** Line and column (from 1) of an offset. */
export function lineColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}
