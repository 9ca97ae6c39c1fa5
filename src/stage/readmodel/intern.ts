/**
 * Equal small values as one object. A view that crosses from worker to page is copied, and a copy keeps what is shared shared: a
 * hundred Pods in the same state cost one.
 */
const MOST = 4000;
const known = new Map<string, unknown>();

export function intern<T>(value: T): T {
  const text = JSON.stringify(value);
  const same = known.get(text);
  if (same !== undefined) return same as T;
  if (known.size >= MOST) known.clear();
  known.set(text, value);
  return value;
}
