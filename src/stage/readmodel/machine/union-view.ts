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

/** Names in a layer, breadth first. */
function namesOf(world: Reader, machine: string, root: Ref): readonly Found[] {
  const found: Found[] = [];
  const queue: { readonly prefix: string; readonly dir: Ref }[] = [{ prefix: "", dir: root }];
  for (let next = queue.shift(); next !== undefined && found.length < MOST_NAMES; next = queue.shift()) {
    const { prefix, dir } = next;
    for (const entry of world.table(entryTable).by("dir", machine, dir.sb, dir.ino)) {
      const inode = inodeAt(world, machine, { sb: dir.sb, ino: entry.ino });
      if (inode === undefined) continue;
      const path = prefix + entry.name;
      const whiteout = inode.kind === "char" && inode.rdev[0] === 0 && inode.rdev[1] === 0;
      const opaque = inode.kind === "dir" && (inode.xattrs["trusted.overlay.opaque"] === "y" || inode.xattrs["user.overlay.opaque"] === "y");
      found.push({ path, inode, whiteout, opaque });
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
      return found !== undefined && (found.whiteout || found.opaque || found.inode.kind !== "dir");
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
function rank(view: UnionPathView, upper: string | undefined): number {
  const changed = view.entries.some(({ sheet }) => sheet === upper);
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
function copyUpOf(world: Reader, { machine, sb }: OverlayRow, layers: readonly Layer[]): UnionView["copyUp"] {
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

function unionView(world: Reader, overlay: OverlayRow, mountpoint: string, others: readonly OverlayRow[]): UnionView {
  const { machine } = overlay;
  const paths = optionPaths(overlay);
  const [upper, ...lowers] = overlay.layers;
  const roots = [upper, ...lowers].flatMap((layer) => (layer === null || layer === undefined ? [] : [layer.root]));
  const names = new Map(roots.map((root) => [sheetId(root), namesOf(world, machine, root)]));
  const layers = roots.map((root): Layer => ({ id: sheetId(root), names: new Map((names.get(sheetId(root)) ?? []).map((one) => [one.path, one])) }));
  const alsoIn = (root: Ref): readonly string[] =>
    others
      .filter((other) => other.sb !== overlay.sb && other.layers.some((layer) => layer !== null && sheetId(layer.root) === sheetId(root)))
      .map(({ sb }) => String(sb));
  const sheet = (root: Ref, rest: Pick<SheetView, "role" | "path" | "number">): SheetView => ({
    id: sheetId(root),
    bytes: bytesOf(names.get(sheetId(root)) ?? []),
    alsoIn: alsoIn(root),
    ...rest,
  });
  const sheets = [
    ...(upper === null || upper === undefined ? [] : [sheet(upper.root, { role: "upper", path: paths.upper })]),
    ...(overlay.work === undefined ? [] : [sheet(overlay.work, { role: "work", path: paths.work })]),
    ...lowers.flatMap((layer, i) =>
      layer === null ? [] : [sheet(layer.root, { role: "lower", path: paths.lower[i] ?? "", number: lowers.length - i })],
    ),
  ];
  const upperId = upper === null || upper === undefined ? undefined : sheetId(upper.root);
  const all = [...new Set(layers.flatMap((layer) => [...layer.names.keys()]))].map((path) => pathView(layers, path));
  // Directories that only lead somewhere are not worth a column.
  const worth = all.filter(
    (view) => view.kind !== "directory" || rank(view, upperId) < 5 || !all.some(({ path }) => path.startsWith(`${view.path}/`)),
  );
  const chosen = worth
    .toSorted((a, b) => rank(a, upperId) - rank(b, upperId) || (a.path < b.path ? -1 : 1))
    .slice(0, MOST_PATHS)
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const copyUp = copyUpOf(world, overlay, layers);
  const [lifted] = copyUp === undefined ? [] : all.filter(({ path }) => path === copyUp.path && !chosen.some((one) => one.path === path));
  return {
    id: `${machine}/${overlay.sb}`,
    type: "overlay",
    mountpoint,
    sheets,
    paths: lifted === undefined ? chosen : [lifted, ...chosen],
    more: worth.length - chosen.length,
    ...(copyUp === undefined ? {} : { copyUp }),
  };
}

/** The union mounts of a machine, oldest first. `pathOf` tells where a mount is. */
export function unionViews(world: Reader, machine: string, pathOf: (mount: number) => string): readonly UnionView[] {
  const overlays = world
    .table(overlayTable)
    .rows()
    .filter((row) => row.machine === machine);
  const mounts = world.table(mountTable).rows();
  return overlays.map((overlay) => {
    const mount = mounts.find((row) => row.machine === machine && row.root.sb === overlay.sb);
    return unionView(world, overlay, mount === undefined ? "" : pathOf(mount.id), overlays);
  });
}
