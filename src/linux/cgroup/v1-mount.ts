/**
 * A v1 hierarchy as it is mounted: its root can be looked at, and its controllers are missing in v2 meanwhile.
 *
 * Not modelled: groups below the root; what its files say does not change.
 *
 * @rule linux.cgroup.v1.mount
 * @source linux@6.12 kernel/cgroup/cgroup-v1.c cgroup1_get_tree
 */
import { newSuperblock } from "../fs/superblock";
import { rootOn, tmpfs } from "../fs/tmpfs";
import type { FileSystemType } from "../fs/types";
import { type Controller, memberTable } from "./tables";
import { value } from "../types";
import { bindV1, v1RootFiles } from "./v1";

const TEXTS: Readonly<Record<string, string>> = {
  "cgroup.clone_children": "0\n",
  "cgroup.sane_behavior": "0\n",
  notify_on_release: "0\n",
  release_agent: "\n",
};

export const cgroup1: FileSystemType = {
  ...tmpfs,
  name: "cgroup",
  mount: (kernel, { data }) => {
    const names = data.split(",").filter((name) => name !== "");
    const sb = newSuperblock(kernel, "cgroup", true);
    const bound = bindV1(kernel, names, sb);
    if (!bound.ok) return bound;
    const root = rootOn(kernel, sb);
    const members = kernel.tx
      .read(memberTable)
      .rows()
      .filter((row) => row.machine === kernel.machine && !row.dead);
    const tasks = members.map(({ tid }) => `${tid}\n`).join("");
    for (const name of v1RootFiles(names as readonly Controller[])) {
      const made = tmpfs.create(kernel, root, name, { kind: "file", mode: 0o444, uid: 0, gid: 0 });
      if (made.ok) tmpfs.write(kernel, made.value, 0, name === "tasks" || name === "cgroup.procs" ? tasks : (TEXTS[name] ?? "0\n"));
    }
    return value(root);
  },
};
