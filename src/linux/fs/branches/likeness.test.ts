/**
 * What is seen through AUFS and Unionfs is what an ordinary directory would show after the same operations, whatever lies in which branch;
 * only a few things may be refused. The seeds are printed. Cites linux.aufs.readdir, linux.unionfs.readdir, linux.aufs.remove,
 * linux.unionfs.remove, linux.aufs.rename and linux.unionfs.rename.
 */
import { expect, test } from "vitest";
import { inKernel, superuser } from "../../../../tools/linux/in-kernel";
import { FILE_SYSTEMS } from "../../machine";
import type { Kernel, Result } from "../../types";
import { link, mkdir, rename, rmdir, unlink } from "../calls";
import { open, setAttributes, stat, write } from "../file-calls";
import { mount, UNLIMITED } from "../mount-calls";
import { mountRoot } from "../mount-tree";
import { resolve } from "../namei";
import { typeOf } from "../superblock";
import { newTmpfs } from "../tmpfs";
import type { Ref, TaskView } from "../types";

const SEEDS = 100;
const STEPS = 30;
const NAMES = ["a", "b", "d", "d/a", "d/b", "d/e", "d/e/a", "c"];

/** Numbers that follow from a seed alone. */
function numbers(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Place {
  readonly kernel: Kernel;
  readonly view: TaskView;
  readonly at: string;
}

function put(
  { kernel, view, at }: Place,
  path: string,
  text: string,
  flags: { readonly append?: boolean; readonly truncate?: boolean },
): Result<unknown> {
  const made = open(kernel, view, `${at}/${path}`, { write: true, create: true, ...flags }, 0o644);
  if (!made.ok) return made;
  const { ref } = made.value;
  const { size } = typeOf(kernel, ref.sb).getattr(kernel, ref);
  const wrote = write(kernel, view, made.value, flags.append === true ? size : 0, text);
  typeOf(kernel, ref.sb).release(kernel, ref);
  return wrote;
}

const RENAME = 5;
const LINK = 7;
type Step = readonly [what: number, path: string, to: string, text: string];

function act(place: Place, [what, path, to, text]: Step): string {
  const { kernel, view, at } = place;
  const full = `${at}/${path}`;
  const done = ((): Result<unknown> => {
    switch (what) {
      case 0:
        return put(place, path, text, { truncate: true });
      case 1:
        return put(place, path, text, { append: true });
      case 2:
        return unlink(kernel, view, full);
      case 3:
        return mkdir(kernel, view, full, 0o755);
      case 4:
        return rmdir(kernel, view, full);
      case RENAME:
        return rename(kernel, view, full, `${at}/${to}`);
      case 6: {
        const found = resolve(kernel, view, full, true);
        return found.ok ? setAttributes(kernel, view, found.value, { mode: 0o600 + text.length }) : found;
      }
      default:
        return link(kernel, view, full, `${at}/${to}`);
    }
  })();
  return done.ok ? "ok" : done.errno;
}

function tree(kernel: Kernel, ref: Ref, prefix: string): readonly string[] {
  const type = typeOf(kernel, ref.sb);
  const found = type.readdir(kernel, ref);
  if (!found.ok) return [`${prefix} ${found.errno}`];
  return [...found.value]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ name, kind }) => {
      const child = type.lookup(kernel, ref, name);
      if (!child.ok) return [`${prefix}${name} ${child.errno}`];
      const { mode, size } = type.getattr(kernel, child.value);
      if (kind === "dir") return [`${prefix}${name}/ ${mode}`, ...tree(kernel, child.value, `${prefix}${name}/`)];
      const data = type.read(kernel, child.value, 0, size);
      return [`${prefix}${name} ${mode} ${data.ok ? data.value : data.errno}`];
    });
}

const shown = ({ kernel, view, at }: Place): readonly string[] => {
  const found = resolve(kernel, view, at, true);
  return found.ok ? tree(kernel, found.value.ref, "") : [found.errno];
};

function prepare(kernel: Kernel, random: (below: number) => number, type: string, data: string): { readonly union: Place; readonly plain: Place } {
  const root = mountRoot(kernel, newTmpfs(kernel), 1);
  const view: TaskView = { credentials: superuser, root, cwd: root, umask: 0o022 };
  for (const path of ["/0", "/1", "/2", "/m", "/p"]) mkdir(kernel, view, path, 0o755);
  for (const path of NAMES) {
    const isDir = path === "d" || path === "d/e";
    for (const branch of ["/2", "/1", "/0"]) {
      if (random(3) !== 0) continue;
      if (path.includes("/")) mkdir(kernel, view, `${branch}/d`, 0o755);
      if (path.startsWith("d/e/")) mkdir(kernel, view, `${branch}/d/e`, 0o755);
      if (isDir) mkdir(kernel, view, `${branch}/${path}`, 0o755);
      else put({ kernel, view, at: branch }, path, `${path}${branch}`, { truncate: true });
    }
  }
  const caller = { task: 1, view, mayMount: true, ...UNLIMITED, inUse: () => false };
  const done = mount(kernel, caller, { source: "none", target: "/m", type, data });
  if (!done.ok) throw new Error(done.errno);
  const union: Place = { kernel, view, at: "/m" };
  const plain: Place = { kernel, view, at: "/p" };
  copy(union, plain, "");
  return { union, plain };
}

function copy(from: Place, to: Place, prefix: string): void {
  const { kernel, view } = from;
  const dir = resolve(kernel, view, `${from.at}/${prefix}`, true);
  const entries = dir.ok ? typeOf(kernel, dir.value.ref.sb).readdir(kernel, dir.value.ref) : dir;
  if (!entries.ok) return;
  for (const { name, kind } of entries.value) {
    const path = `${prefix}${name}`;
    if (kind === "dir") {
      mkdir(kernel, view, `${to.at}/${path}`, 0o755);
      copy(from, to, `${path}/`);
      continue;
    }
    const found = stat(kernel, view, `${from.at}/${path}`, false);
    const ref = resolve(kernel, view, `${from.at}/${path}`, false);
    if (!found.ok || !ref.ok) continue;
    const data = typeOf(kernel, ref.value.ref.sb).read(kernel, ref.value.ref, 0, found.value.size);
    put(to, path, data.ok ? data.value : "", { truncate: true });
  }
}

/** Unions may refuse to move directories. Unionfs also trips over a directory, or something hidden, in the branch it works in. */
const mayRefuse = (type: string, [what]: Step, answer: string): boolean =>
  answer === "EXDEV" ||
  (type === "unionfs" && ((what === RENAME && ["EISDIR", "ENOTDIR", "ENOTEMPTY"].includes(answer)) || (what === LINK && answer === "EEXIST")));

function race(seed: number, type: string, data: string): void {
  inKernel((bare) => {
    const kernel: Kernel = { ...bare, fileSystems: FILE_SYSTEMS };
    const random = numbers(seed);
    const { union, plain } = prepare(kernel, random, type, data);
    expect([seed, shown(union)]).toEqual([seed, shown(plain)]);
    const told: string[] = [];
    for (let i = 0; i < STEPS; i++) {
      const step: Step = [random(8), NAMES[random(NAMES.length)] ?? "a", NAMES[random(NAMES.length)] ?? "b", `${i}`];
      const answer = act(union, step);
      const expected = mayRefuse(type, step, answer) ? answer : act(plain, step);
      told.push(`${step.join(" ")}: ${answer}`);
      expect([seed, told, answer]).toEqual([seed, told, expected]);
      expect([seed, told, shown(union)]).toEqual([seed, told, shown(plain)]);
    }
  });
}

const MOUNTS: readonly (readonly [type: string, data: string])[] = [
  ["aufs", "br:/0=rw:/1=ro:/2=ro"],
  ["aufs", "br:/0=rw:/1=rw:/2=ro"],
  ["aufs", "br:/0=rw:/1=rw:/2=rw,create=rr"],
  ["aufs", "br:/0=rw:/1=rw:/2=ro,create=mfs,cpup=bu"],
  ["unionfs", "dirs=/0=rw:/1=ro:/2=ro"],
  ["unionfs", "dirs=/0=rw:/1=rw:/2=ro"],
];

for (const [type, data] of MOUNTS) {
  test(`${type} ${data} looks like a directory (seeds 0–${SEEDS - 1})`, () => {
    for (let seed = 0; seed < SEEDS; seed++) race(seed, type, data);
  });
}
