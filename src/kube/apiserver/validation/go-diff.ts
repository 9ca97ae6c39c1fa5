/** Two values as indented JSON, and a unified diff of the lines with three lines around each change. */
import type { Json } from "../../../sim/types";

const AROUND = 3;
type Step = { readonly sign: " " | "-" | "+"; readonly line: string };

/** Shortest edit by longest common subsequence, after the common head and tail; deletions come first. */
function steps(before: readonly string[], after: readonly string[]): Step[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < before.length - head && tail < after.length - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const a = before.slice(head, before.length - tail);
  const b = after.slice(head, after.length - tail);
  const width = b.length + 1;
  const longest = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] =
        a[i] === b[j] ? (longest[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(longest[(i + 1) * width + j] ?? 0, longest[i * width + j + 1] ?? 0);
  const out: Step[] = before.slice(0, head).map((line) => ({ sign: " ", line }));
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push({ sign: " ", line: a[i] ?? "" });
      i++;
      j++;
    } else if (i < a.length && (j === b.length || (longest[(i + 1) * width + j] ?? 0) >= (longest[i * width + j + 1] ?? 0)))
      out.push({ sign: "-", line: a[i++] ?? "" });
    else out.push({ sign: "+", line: b[j++] ?? "" });
  }
  return [...out, ...before.slice(before.length - tail).map((line): Step => ({ sign: " ", line }))];
}

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/diff/diff.go Diff */
export function jsonDiff(before: Json, after: Json): string {
  const list = steps(JSON.stringify(before, null, 1).split("\n"), JSON.stringify(after, null, 1).split("\n"));
  const changed = list.flatMap((step, i) => (step.sign === " " ? [] : [i]));
  let out = "";
  for (let c = 0; c < changed.length; ) {
    const first = changed[c] ?? 0;
    let last = first;
    while (c < changed.length && (changed[c] ?? 0) - last <= 2 * AROUND) last = changed[c++] ?? last;
    const start = Math.max(0, first - AROUND);
    const end = Math.min(list.length, last + AROUND + 1);
    const lines = list.slice(start, end);
    const count = (skip: string, part: readonly Step[]): number => part.filter((step) => step.sign !== skip).length;
    const place = (skip: string): string => `${count(skip, list.slice(0, start)) + 1},${count(skip, lines)}`;
    out += `@@ -${place("+")} +${place("-")} @@\n${lines.map((step) => `${step.sign}${step.line}\n`).join("")}`;
  }
  return out;
}
