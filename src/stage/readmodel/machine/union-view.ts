/**
 * A union mount as its picture needs it: the sheets, and for the paths worth a column what lies on each sheet and where the eye stops.
 *
 * Read from the layers themselves, as a person with a root shell would look into them; nothing is looked up through the mount, so looking
 * changes nothing.
 *
 * Not shown: redirects, files that have only attributes of their own.
 */
import { copyUpProgress, copyUpTable } from "../../../linux/fs/copy-up-time";
import { mountTable } from "../../../linux/fs/mount";
import { type Branch, type UnionRow, unionTable } from "../../../linux/fs/branches/state";
import { type OverlayRow, overlayTable } from "../../../linux/fs/overlay/state";
import { entryTable, type InodeRow, inodeTable } from "../../../linux/fs/tmpfs";
import type { Ref } from "../../../linux/fs/types";
import type { WorldReader } from "../types";
import type { EntryState, SheetView, UnionPathView, UnionView } from "./types";

type Reader = Pick<WorldReader, "table" | "now">;

/** So many names of one layer are looked at; what lies deeper in a great layer is only counted by its bytes. */
const MOST_NAMES = 400;
/** So many paths are handed on; how many of them fit is for the picture to say. */
const MOST_PATHS = 16;

interface Found {
  readonly path: string;
  readonly inode: InodeRow;
  readonly whiteout: boolean;
  readonly opaque: boolean;
}

const inodeAt = (world: Reader, machine: string, ref: Ref): InodeRow | undefined => world.table(inodeTable).get(machine, ref.sb, ref.ino);

/** How one kind of union marks what is hidden; in some layers the marks do not count. */
interface Marks {
  readonly type: UnionView["type"];
  readonly count: boolean;
}
const PREFIX = ".wh.";
const OPAQUE: Readonly<Record<UnionView["type"], string | undefined>> = { overlay: undefined, aufs: ".wh..wh..opq", unionfs: ".wh.__dir_opaque" };

/** A name that stands for another: of a whiteout the name it hides; none of what a union keeps for itself. */
function shownName(name: string, { type, count }: Marks): { readonly name: string; readonly whiteout: boolean } | undefined {
  if (type === "overlay" || !name.startsWith(PREFIX)) return { name, whiteout: false };
  return !count || name === OPAQUE[type] || name.startsWith(PREFIX + PREFIX) ? undefined : { name: name.slice(PREFIX.length), whiteout: true };
}

function isOpaque(world: Reader, machine: string, { inode, ref }: { readonly inode: InodeRow; readonly ref: Ref }, { type, count }: Marks): boolean {
  if (inode.kind !== "dir") return false;
  const mark = OPAQUE[type];
  if (mark !== undefined) return count && world.table(entryTable).has(machine, ref.sb, ref.ino, mark);
  return inode.xattrs["trusted.overlay.opaque"] === "y" || inode.xattrs["user.overlay.opaque"] === "y";
}

/** Names in a layer, breadth first. */
function namesOf(world: Reader, machine: string, root: Ref, marks: Marks): readonly Found[] {
  const found: Found[] = [];
  const queue: { readonly prefix: string; readonly dir: Ref }[] = [{ prefix: "", dir: root }];
  for (let next = queue.shift(); next !== undefined && found.length < MOST_NAMES; next = queue.shift()) {
    const { prefix, dir } = next;
    for (const entry of world.table(entryTable).by("dir", machine, dir.sb, dir.ino)) {
      const inode = inodeAt(world, machine, { sb: dir.sb, ino: entry.ino });
      if (inode === undefined) continue;
      const shown = shownName(entry.name, marks);
      if (shown === undefined) continue;
      const path = prefix + shown.name;
      const device = marks.type === "overlay" && inode.kind === "char" && inode.rdev[0] === 0 && inode.rdev[1] === 0;
      const opaque = isOpaque(world, machine, { inode, ref: { sb: dir.sb, ino: entry.ino } }, marks);
      found.push({ path, inode, whiteout: shown.whiteout || device, opaque });
      if (inode.kind === "dir") queue.push({ prefix: `${path}/`, dir: { sb: dir.sb, ino: entry.ino } });
    }
  }
  return found;
}

/** A path and every directory above it, the topmost first. */
function steps(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}

interface Layer {
  readonly id: string;
  /** A file in it does not part the directories above and below it. */
  readonly passes: boolean;
  readonly names: ReadonlyMap<string, Found>;
}

/** What each sheet's entry at a path is to the eye that looks down from above. */
function entriesAt(layers: readonly Layer[], path: string): UnionPathView["entries"] {
  const way = steps(path);
  const entries: { readonly sheet: string; readonly state: EntryState }[] = [];
  let covered = false;
  for (const layer of layers) {
    const here = layer.names.get(path);
    if (here !== undefined) entries.push({ sheet: layer.id, state: covered ? "hidden" : stateOf(here) });
    // Below a whiteout, a file, or an opaque directory nothing of this path is seen any more.
    covered ||= way.some((step) => {
      const found = layer.names.get(step);
      if (found === undefined) return false;
      return found.whiteout || found.opaque || (found.inode.kind !== "dir" && !(layer.passes && step !== path));
    });
  }
  return entries;
}

function stateOf({ whiteout, opaque, inode }: Found): EntryState {
  if (whiteout) return "whiteout";
  if (inode.kind !== "dir") return "seen";
  return opaque ? "opaque" : "merged";
}

function pathView(layers: readonly Layer[], path: string): UnionPathView {
  const entries = entriesAt(layers, path);
  const top = entries.find(({ state }) => state !== "hidden");
  const stop = top === undefined || top.state === "whiteout" ? undefined : layers.find(({ id }) => id === top.sheet)?.names.get(path)?.inode;
  const cut = path.lastIndexOf("/");
  const kind =
    stop === undefined ? "other" : stop.kind === "dir" ? "directory" : stop.kind === "file" || stop.kind === "symlink" ? stop.kind : "other";
  return {
    path,
    directory: `/${path.slice(0, Math.max(0, cut))}`,
    name: path.slice(cut + 1),
    kind,
    bytes: stop?.size ?? 0,
    entries,
    ...(stop === undefined || top === undefined ? {} : { from: top.sheet }),
  };
}

/** What was changed comes first, then what is hidden, then the rest; directories only when they hold nothing else worth showing. */
function rank(view: UnionPathView, writable: ReadonlySet<string>): number {
  const changed = view.entries.some(({ sheet }) => writable.has(sheet));
  const told = changed || view.entries.length > 1;
  if (view.kind === "directory") return view.entries.some(({ state }) => state === "opaque") ? 2 : 5;
  return changed ? 0 : told ? 1 : 3;
}

const sheetId = (ref: Ref): string => `${ref.sb}/${ref.ino}`;
const bytesOf = (names: readonly Found[]): number => names.reduce((sum, { inode }) => sum + (inode.kind === "file" ? inode.size : 0), 0);

/** The paths of the options, in which a colon may be escaped. */
function optionPaths({ options }: OverlayRow): { readonly lower: readonly string[]; readonly upper: string; readonly work: string } {
  const option = (name: string): string => new RegExp(`(?:^|,)${name}=((?:\\\\.|[^,])*)`).exec(options)?.[1] ?? "";
  return { lower: option("lowerdir").split(/(?<!\\):+/), upper: option("upperdir"), work: option("workdir") };
}

/** What is being copied up on this mount now. */
function copyUpOf(world: Reader, { machine, sb }: Stack, layers: readonly Layer[]): UnionView["copyUp"] {
  const row = world
    .table(copyUpTable)
    .by("machine", machine)
    .find((one) => one.sb === sb && one.until > world.now);
  if (row === undefined) return undefined;
  for (const { id, names } of layers) {
    for (const { path, inode } of names.values()) {
      if (inode.dev !== row.from.sb || inode.ino !== row.from.ino) continue;
      return { path, from: id, done: copyUpProgress(row, world.now).bytes, of: row.bytes };
    }
  }
  return undefined;
}

/** A union mount of any kind: what it is made of, topmost first. */
interface Stack {
  readonly machine: string;
  readonly sb: number;
  readonly type: UnionView["type"];
  readonly layers: readonly (Pick<SheetView, "role" | "path" | "number"> & { readonly root: Ref; readonly count: boolean })[];
}

function overlayStack(overlay: OverlayRow): Stack {
  const { machine, sb, work } = overlay;
  const [upper, ...lowers] = overlay.layers;
  const paths = optionPaths(overlay);
  return {
    machine,
    sb,
    type: "overlay",
    layers: [
      ...(upper === null || upper === undefined ? [] : [{ root: upper.root, count: true, role: "upper" as const, path: paths.upper }]),
      ...(work === undefined ? [] : [{ root: work, count: true, role: "work" as const, path: paths.work }]),
      ...lowers.flatMap((layer, i) =>
        layer === null ? [] : [{ root: layer.root, count: true, role: "lower" as const, path: paths.lower[i] ?? "", number: lowers.length - i }],
      ),
    ],
  };
}

function branchStack({ machine, sb, type, branches }: UnionRow): Stack {
  const counts = ({ writable, mode }: Branch): boolean => type === "unionfs" || writable || mode.includes("+wh");
  const layers = branches.map((branch, i) => ({
    root: branch.root,
    count: counts(branch),
    role: branch.writable ? ("open-branch" as const) : ("closed-branch" as const),
    path: branch.path,
    number: i + 1,
  }));
  return { machine, sb, type, layers };
}

function unionView(world: Reader, stack: Stack, mountpoint: string, others: readonly Stack[]): UnionView {
  const { machine, sb, type } = stack;
  const seen = stack.layers.filter(({ role }) => role !== "work");
  const names = new Map(seen.map(({ root, count }) => [sheetId(root), namesOf(world, machine, root, { type, count })]));
  const layers = seen.map(
    ({ root }): Layer => ({
      id: sheetId(root),
      passes: type !== "overlay",
      names: new Map((names.get(sheetId(root)) ?? []).map((one) => [one.path, one])),
    }),
  );
  const alsoIn = (root: Ref): readonly string[] =>
    others
      .filter((other) => other.sb !== sb && other.layers.some((layer) => layer.role !== "work" && sheetId(layer.root) === sheetId(root)))
      .map((other) => String(other.sb));
  const sheets = stack.layers.map(
    ({ root, role, path, number }): SheetView => ({
      id: sheetId(root),
      role,
      path,
      bytes: bytesOf(names.get(sheetId(root)) ?? []),
      alsoIn: alsoIn(root),
      ...(number === undefined ? {} : { number }),
    }),
  );
  const writable = new Set(sheets.filter(({ role }) => role === "upper" || role === "open-branch").map(({ id }) => id));
  const all = [...new Set(layers.flatMap((layer) => [...layer.names.keys()]))].map((path) => pathView(layers, path));
  // Directories that only lead somewhere are not worth a column.
  const worth = all.filter(
    (view) => view.kind !== "directory" || rank(view, writable) < 5 || !all.some(({ path }) => path.startsWith(`${view.path}/`)),
  );
  const chosen = worth
    .toSorted((a, b) => rank(a, writable) - rank(b, writable) || (a.path < b.path ? -1 : 1))
    .slice(0, MOST_PATHS)
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const copyUp = copyUpOf(world, stack, layers);
  const [lifted] = copyUp === undefined ? [] : all.filter(({ path }) => path === copyUp.path && !chosen.some((one) => one.path === path));
  return {
    id: `${machine}/${sb}`,
    type,
    mountpoint,
    sheets,
    paths: lifted === undefined ? chosen : [lifted, ...chosen],
    more: worth.length - chosen.length,
    ...(copyUp === undefined ? {} : { copyUp }),
  };
}

/** The union mounts of a machine, oldest first. `pathOf` tells where a mount is. */
export function unionViews(world: Reader, machine: string, pathOf: (mount: number) => string): readonly UnionView[] {
  const stacks = [...world.table(overlayTable).rows().map(overlayStack), ...world.table(unionTable).rows().map(branchStack)]
    .filter((stack) => stack.machine === machine)
    .toSorted((a, b) => a.sb - b.sb);
  const mounts = world.table(mountTable).rows();
  const mountOf = ({ sb }: Stack): number | undefined => mounts.find((row) => row.machine === machine && row.root.sb === sb)?.id;
  const mounted = stacks.filter((stack) => mountOf(stack) !== undefined);
  return mounted.map((stack) => unionView(world, stack, pathOf(mountOf(stack) ?? 0), mounted));
}
