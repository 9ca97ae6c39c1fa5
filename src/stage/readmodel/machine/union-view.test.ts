/** A union mount's picture says what looking into the layers and through the mount says. */
import { expect, test } from "vitest";
import { inKernel, superuser } from "../../../../tools/linux/in-kernel";
import { shellWorld } from "../../../../tools/linux/shell-world";
import type { Kernel } from "../../../linux/types";
import { mkdir, rmdir, unlink } from "../../../linux/fs/calls";
import { open, stat, write } from "../../../linux/fs/file-calls";
import { mount, UNLIMITED } from "../../../linux/fs/mount-calls";
import { mountRoot } from "../../../linux/fs/mount-tree";
import { newTmpfs } from "../../../linux/fs/tmpfs";
import { typeOf } from "../../../linux/fs/superblock";
import type { TaskView } from "../../../linux/fs/types";
import type { UnionView } from "./types";
import { unionViews } from "./union-view";

function put(kernel: Kernel, view: TaskView, path: string, text: string): void {
  const made = open(kernel, view, path, { write: true, create: true, truncate: true }, 0o644);
  if (!made.ok) throw new Error(`${path}: ${made.errno}`);
  write(kernel, view, made.value, 0, text);
  typeOf(kernel, made.value.ref.sb).release(kernel, made.value.ref);
}

/** Two lower layers under an upper one, some changes made through the mount. */
function changed(kernel: Kernel): { readonly view: TaskView; readonly picture: UnionView } {
  const root = mountRoot(kernel, newTmpfs(kernel), 1);
  const view: TaskView = { credentials: superuser, root, cwd: root, umask: 0o022 };
  for (const path of ["/1", "/1/bin", "/1/doc", "/2", "/2/bin", "/u", "/w", "/m"]) mkdir(kernel, view, path, 0o755);
  put(kernel, view, "/1/bin/sh", "old shell");
  put(kernel, view, "/1/doc/readme", "read me");
  put(kernel, view, "/2/bin/sh", "new shell");
  put(kernel, view, "/2/bin/nginx", "x".repeat(3000));
  const done = mount(
    kernel,
    { task: 1, view, mayMount: true, ...UNLIMITED, inUse: () => false },
    { source: "overlay", target: "/m", type: "overlay", data: "lowerdir=/2:/1,upperdir=/u,workdir=/w" },
  );
  if (!done.ok) throw new Error(done.errno);
  put(kernel, view, "/m/log", "written");
  unlink(kernel, view, "/m/doc/readme");
  rmdir(kernel, view, "/m/doc");
  const [picture] = unionViews({ table: (definition) => kernel.tx.read(definition), now: 0 }, "host", () => "/m");
  if (picture === undefined) throw new Error("no picture");
  return { view, picture };
}

test("sheets stand from the upper one down, lowers counted from the lowest", () => {
  inKernel((kernel) => {
    const { picture } = changed(kernel);
    expect(picture.sheets.map(({ role, path, number }) => [role, path, number])).toEqual([
      ["upper", "/u", undefined],
      ["work", "/w", undefined],
      ["lower", "/2", 2],
      ["lower", "/1", 1],
    ]);
    expect(picture.sheets.map(({ bytes }) => bytes)).toEqual([7, 0, 3009, 16]);
  });
});

test("each path tells where the eye stops and what is hidden below", () => {
  inKernel((kernel) => {
    const { picture } = changed(kernel);
    const role = (id: string | undefined): string => picture.sheets.find((sheet) => sheet.id === id)?.path ?? "nowhere";
    const told = Object.fromEntries(
      picture.paths.map((path) => [path.path, [role(path.from), ...path.entries.map(({ sheet, state }) => `${role(sheet)} ${state}`)]]),
    );
    expect(told).toEqual({
      "bin/nginx": ["/2", "/2 seen"],
      "bin/sh": ["/2", "/2 seen", "/1 hidden"],
      doc: ["nowhere", "/u whiteout", "/1 hidden"],
      "doc/readme": ["nowhere", "/1 hidden"],
      log: ["/u", "/u seen"],
    });
  });
});

test("what the picture shows as read is there through the mount, and nothing else", () => {
  inKernel((kernel) => {
    const { view, picture } = changed(kernel);
    for (const path of picture.paths) expect(stat(kernel, view, `/m/${path.path}`, false).ok, path.path).toBe(path.from !== undefined);
  });
});

test("branches of AUFS and Unionfs are sheets too, with whiteouts under the names they hide", () => {
  for (const mount of ["aufs -o br:/rw=rw:/ro=ro", "unionfs -o dirs=/rw:/ro=ro"]) {
    const { timeline, run } = shellWorld();
    run(`mkdir -p /rw /ro/d /m; echo a > /ro/a; echo b > /ro/d/b; mount -t ${mount} none /m; rm -r /m/d; mkdir /m/d; echo x >> /m/a; rm /m/a`);
    const [view] = unionViews({ table: (definition) => timeline.table(definition), now: timeline.now }, "host", () => "/m");
    expect(view?.sheets.map(({ role, path, number }) => [role, path, number])).toEqual([
      ["open-branch", "/rw", 1],
      ["closed-branch", "/ro", 2],
    ]);
    expect(view?.paths.map(({ path, entries }) => [path, ...entries.map(({ state }) => state)])).toEqual([
      ["a", "whiteout", "hidden"],
      ["d", "opaque", "hidden"],
      ["d/b", "hidden"],
    ]);
    run("umount /m");
    expect(unionViews({ table: (definition) => timeline.table(definition), now: timeline.now }, "host", () => "/m")).toEqual([]);
  }
});
