/**
 * Which lines of two texts differ: the shortest way from one to the other, then each change moved as far down as equal lines let it.
 *
 * Not modelled: heuristics for very long texts, lines that occur very often being set aside.
 *
 * @source diffutils@3.8 lib/diffseq.h compareseq diag; src/analyze.c shift_boundaries
 */
export interface Changes {
  readonly removed: readonly boolean[];
  readonly added: readonly boolean[];
}

interface Search {
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly removed: boolean[];
  readonly added: boolean[];
}

/** Where the shortest ways from both ends meet. */
function middle({ a, b }: Search, x0: number, x1: number, y0: number, y1: number): readonly [number, number] {
  const [least, most] = [x0 - y1, x1 - y0];
  const [from, to] = [x0 - y0, x1 - y1];
  const odd = ((from - to) & 1) !== 0;
  const forward = new Map<number, number>([[from, x0]]);
  const backward = new Map<number, number>([[to, x1]]);
  let [fmin, fmax, bmin, bmax] = [from, from, to, to];
  const f = (d: number): number => forward.get(d) ?? -1;
  const k = (d: number): number => backward.get(d) ?? Number.MAX_SAFE_INTEGER;
  for (;;) {
    if (fmin > least) forward.set(--fmin - 1, -1);
    else ++fmin;
    if (fmax < most) forward.set(++fmax + 1, -1);
    else --fmax;
    for (let d = fmax; d >= fmin; d -= 2) {
      let x = f(d - 1) < f(d + 1) ? f(d + 1) : f(d - 1) + 1;
      let y = x - d;
      while (x < x1 && y < y1 && a[x] === b[y]) {
        x++;
        y++;
      }
      forward.set(d, x);
      if (odd && bmin <= d && d <= bmax && k(d) <= x) return [x, y];
    }
    if (bmin > least) backward.set(--bmin - 1, Number.MAX_SAFE_INTEGER);
    else ++bmin;
    if (bmax < most) backward.set(++bmax + 1, Number.MAX_SAFE_INTEGER);
    else --bmax;
    for (let d = bmax; d >= bmin; d -= 2) {
      let x = k(d - 1) < k(d + 1) ? k(d - 1) : k(d + 1) - 1;
      let y = x - d;
      while (x0 < x && y0 < y && a[x - 1] === b[y - 1]) {
        x--;
        y--;
      }
      backward.set(d, x);
      if (!odd && fmin <= d && d <= fmax && x <= f(d)) return [x, y];
    }
  }
}

function compare(search: Search, from: number, to: number, above: number, below: number): void {
  const { a, b, removed, added } = search;
  let [x0, x1, y0, y1] = [from, to, above, below];
  while (x0 < x1 && y0 < y1 && a[x0] === b[y0]) {
    x0++;
    y0++;
  }
  while (x0 < x1 && y0 < y1 && a[x1 - 1] === b[y1 - 1]) {
    x1--;
    y1--;
  }
  if (x0 === x1) for (let y = y0; y < y1; y++) added[y] = true;
  else if (y0 === y1) for (let x = x0; x < x1; x++) removed[x] = true;
  else {
    const [x, y] = middle(search, x0, x1, y0, y1);
    compare(search, x0, x, y0, y);
    compare(search, x, x1, y, y1);
  }
}

/** Moves runs of changes down, and together where they meet. */
function shift(lines: readonly string[], changed: boolean[], other: readonly boolean[]): void {
  const end = lines.length;
  let [i, j] = [0, 0];
  for (;;) {
    while (i < end && changed[i] !== true) {
      while (other[j++] === true);
      i++;
    }
    if (i === end) return;
    let start = i;
    while (changed[++i] === true);
    while (other[j] === true) j++;
    let length: number;
    let corresponding: number;
    do {
      length = i - start;
      while (start > 0 && lines[start - 1] === lines[i - 1]) {
        changed[--start] = true;
        changed[--i] = false;
        while (start > 0 && changed[start - 1] === true) start--;
        while (other[--j] === true);
      }
      corresponding = other[j - 1] === true ? i : end;
      while (i !== end && lines[start] === lines[i]) {
        changed[start++] = false;
        changed[i++] = true;
        while (changed[i] === true) i++;
        while (other[++j] === true) corresponding = i;
      }
    } while (length !== i - start);
    while (corresponding < i) {
      changed[--start] = true;
      changed[--i] = false;
      while (other[--j] === true);
    }
  }
}

export function changesBetween(a: readonly string[], b: readonly string[]): Changes {
  const search: Search = { a, b, removed: a.map(() => false), added: b.map(() => false) };
  compare(search, 0, a.length, 0, b.length);
  shift(a, search.removed, search.added);
  shift(b, search.added, search.removed);
  return search;
}

/** Lines that give way to others: where, and how many. */
export interface Hunk {
  readonly at: number;
  readonly removed: number;
  readonly to: number;
  readonly added: number;
}

export function hunksOf({ removed, added }: Changes): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let [i, j] = [0, 0];
  while (i < removed.length || j < added.length) {
    const [at, to] = [i, j];
    while (removed[i] === true) i++;
    while (added[j] === true) j++;
    if (i > at || j > to) hunks.push({ at, removed: i - at, to, added: j - to });
    i++;
    j++;
  }
  return hunks;
}
