/** Lines that differ between two texts, in the unified form of diff(1). Not modelled: file times in the header. */

interface Edit {
  readonly mark: " " | "-" | "+";
  readonly line: string;
}

const CONTEXT = 3;

/** Longest common subsequence, by table; manifests are short. */
function edits(a: readonly string[], b: readonly string[]): Edit[] {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) table[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const out: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ mark: " ", line: a[i] ?? "" });
      i += 1;
      j += 1;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) out.push({ mark: "-", line: a[i++] ?? "" });
    else out.push({ mark: "+", line: b[j++] ?? "" });
  }
  return out;
}

const linesOf = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

/** Empty when the texts are equal. */
export function unifiedDiff(from: string, to: string, before: string, after: string): string {
  const all = edits(linesOf(before), linesOf(after));
  const changed = all.map((edit, i) => (edit.mark === " " ? -1 : i)).filter((i) => i >= 0);
  if (changed.length === 0) return "";
  let text = `--- ${from}\n+++ ${to}\n`;
  for (let k = 0; k < changed.length; ) {
    const start = Math.max(0, (changed[k] ?? 0) - CONTEXT);
    let last = k;
    while (last + 1 < changed.length && (changed[last + 1] ?? 0) - (changed[last] ?? 0) <= 2 * CONTEXT) last += 1;
    const end = Math.min(all.length, (changed[last] ?? 0) + CONTEXT + 1);
    const hunk = all.slice(start, end);
    const count = (mark: "-" | "+", list: readonly Edit[]): number => list.filter((edit) => edit.mark === mark || edit.mark === " ").length;
    const [a, b] = [count("-", hunk), count("+", hunk)];
    const [a0, b0] = [count("-", all.slice(0, start)), count("+", all.slice(0, start))];
    const range = (first: number, n: number): string => (n === 1 ? String(first + 1) : `${n === 0 ? first : first + 1},${n}`);
    text += `@@ -${range(a0, a)} +${range(b0, b)} @@\n${hunk.map((edit) => `${edit.mark}${edit.line}\n`).join("")}`;
    k = last + 1;
  }
  return text;
}
