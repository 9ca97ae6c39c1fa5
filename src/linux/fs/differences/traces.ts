/**
 * What OverlayFS, AUFS and Unionfs do differently, each shown by one trace. A test plays every trace and finds the parting.
 *
 * @source linux@6.12 fs/overlayfs; aufs6 fs/aufs; unionfs@2.6 fs/unionfs
 */
import type { BranchName, Operation, Trace } from "./operation";

const file = (branch: BranchName, path: string, text = "v"): Operation => ({ do: "write", in: branch, path, text });
const dir = (branch: BranchName, path: string): Operation => ({ do: "mkdir", in: branch, path });
const rm = (path: string): Operation => ({ do: "unlink", path });
const list = (path: string): Operation => ({ do: "list", path });
const look = (branch: BranchName, path: string): Operation => ({ do: "look", in: branch, path });
const append = (path: string): Operation => ({ do: "append", path, text: "x" });

const sources = (overlay: string, aufs: string, unionfs: string): Trace["source"] => ({
  overlay: `linux@6.12 fs/overlayfs/${overlay}`,
  aufs: `aufs6 fs/aufs/${aufs}`,
  unionfs: `unionfs@2.6 fs/unionfs/${unionfs}`,
});

/** Everything once: the trace to begin with. */
const EVERYTHING: Trace = {
  id: "everything",
  title: "race.everything",
  source: sources("dir.c", "i_op_add.c", "inode.c"),
  mid: "rw",
  before: [file("low", "a"), dir("low", "d"), file("low", "d/b"), file("mid", "f"), file("low", "f")],
  steps: [
    append("a"),
    append("f"),
    { do: "write", path: "n", text: "x" },
    rm("f"),
    { do: "unlink", path: "d/b" },
    { do: "rmdir", path: "d" },
    { do: "mkdir", path: "d" },
    { do: "rename", path: "a", to: "c" },
  ],
};

const IN_BRANCHES: readonly Trace[] = [
  {
    id: "whiteout",
    title: "race.whiteout",
    source: sources("dir.c ovl_whiteout", "whout.c link_or_create_wh", "whiteout.c create_whiteout"),
    mid: "ro",
    before: [file("low", "a")],
    steps: [rm("a"), look("top", "")],
  },
  {
    id: "opaque",
    title: "race.opaque",
    source: sources("dir.c ovl_set_opaque", "whout.c do_diropq", "whiteout.c make_dir_opaque"),
    mid: "ro",
    before: [dir("low", "d"), file("low", "d/b")],
    steps: [rm("d/b"), { do: "rmdir", path: "d" }, { do: "mkdir", path: "d" }, look("top", "d")],
  },
  {
    id: "new-directory",
    title: "race.new-directory",
    source: sources("dir.c ovl_create_upper", "i_op_add.c aufs_mkdir", "inode.c unionfs_mkdir"),
    mid: "ro",
    before: [],
    steps: [{ do: "mkdir", path: "e" }, look("top", "e")],
  },
  {
    id: "first-write",
    title: "race.first-write",
    source: sources("copy_up.c ovl_open_need_copy_up", "file.c au_ready_to_write", "commonfops.c do_delayed_copyup"),
    mid: "ro",
    before: [file("low", "a")],
    steps: [{ do: "open", path: "a" }, append("a")],
  },
  {
    id: "write-in-place",
    title: "race.write-in-place",
    source: sources("copy_up.c ovl_copy_up_flags", "file.c au_ready_to_write", "commonfops.c open_highest_file"),
    mid: "rw",
    before: [file("mid", "f")],
    steps: [append("f"), { do: "read", in: "mid", path: "f" }],
  },
  {
    id: "remove-everywhere",
    title: "race.remove-everywhere",
    source: sources("dir.c ovl_do_remove", "i_op_del.c aufs_unlink", "unlink.c unionfs_unlink_whiteout"),
    mid: "rw",
    before: [file("top", "f", "1"), file("mid", "f", "2")],
    steps: [rm("f"), look("top", ""), look("mid", "")],
  },
  {
    id: "whiteout-place",
    title: "race.whiteout-place",
    source: sources("dir.c ovl_remove_and_whiteout", "i_op_del.c au_wr_dir_need_wh", "unlink.c unionfs_unlink_whiteout"),
    mid: "rw",
    before: [file("mid", "f", "1"), file("low", "f", "2")],
    steps: [rm("f"), look("top", ""), look("mid", "")],
  },
  {
    id: "create-place",
    title: "race.create-place",
    source: sources("dir.c ovl_create_upper", "wbr_policy.c au_wbr_create_tdp", "inode.c find_writeable_branch"),
    mid: "rw",
    before: [dir("mid", "d")],
    steps: [{ do: "write", path: "d/n", text: "x" }, look("mid", "d")],
  },
  {
    id: "link-below",
    title: "race.link-below",
    source: sources("dir.c ovl_link", "i_op_add.c au_cpup_or_link", "inode.c unionfs_link"),
    mid: "ro",
    before: [file("low", "a")],
    steps: [{ do: "link", path: "a", to: "b" }, look("top", "")],
  },
  {
    id: "attribute-below",
    title: "race.attribute-below",
    source: sources("xattrs.c ovl_xattr_set", "xattr.c au_h_xattr_set", "xattr.c unionfs_setxattr"),
    mid: "ro",
    before: [file("low", "a")],
    steps: [{ do: "setxattr", path: "a", name: "user.k", text: "x" }, look("low", "")],
  },
];

const SEEN: readonly Trace[] = [
  {
    id: "hard-links",
    title: "race.hard-links",
    source: sources("copy_up.c ovl_copy_up_one", "plink.c", "copyup.c copyup_dentry"),
    mid: "ro",
    before: [file("low", "a"), { do: "link", in: "low", path: "a", to: "z" }],
    steps: [{ do: "same", path: "a", to: "z" }, append("a"), { do: "read", path: "z" }],
  },
  {
    id: "file-between",
    title: "race.file-between",
    source: sources("namei.c ovl_lookup", "dentry.c au_lkup_dentry", "lookup.c unionfs_lookup_full"),
    mid: "ro",
    before: [dir("top", "d"), file("top", "d/t"), file("mid", "d"), dir("low", "d"), file("low", "d/l")],
    steps: [list("d")],
  },
  {
    id: "whiteout-below",
    title: "race.whiteout-below",
    source: sources("namei.c ovl_lookup_single", "branch.h au_br_whable", "lookup.c unionfs_lookup_full"),
    mid: "ro",
    before: [file("mid", ".wh.a", "w"), file("low", "a")],
    steps: [list(""), { do: "read", path: "a" }],
  },
  {
    id: "branch-added",
    title: "race.branch-added",
    source: sources("params.c ovl_reconfigure", "branch.c au_br_add", "super.c do_remount_add_option"),
    mid: "ro",
    before: [file("low", "a"), { do: "write", in: "new", path: "n", text: "v" }],
    steps: [list(""), { do: "add" }, list("")],
  },
];

const LONG_NAME = "n".repeat(245);

const ANSWERS: readonly Trace[] = [
  {
    id: "rename-directory",
    title: "race.rename-directory",
    source: sources("dir.c ovl_rename", "i_op_ren.c may_rename_srcdir", "rename.c may_rename_dir"),
    mid: "ro",
    before: [dir("low", "d"), dir("low", "e"), file("low", "e/b")],
    steps: [
      { do: "rename", path: "e", to: "h" },
      { do: "rename", path: "d", to: "g" },
      { do: "list", path: "" },
    ],
  },
  {
    id: "closed-below",
    title: "race.closed-below",
    source: sources("inode.c ovl_permission", "i_op.c aufs_permission", "inode.c unionfs_permission"),
    mid: "ro",
    before: [dir("top", "d"), dir("low", "d"), file("low", "d/b"), { do: "chmod", in: "low", path: "d", mode: 0o700 }],
    steps: [
      { do: "list", path: "d" },
      { do: "list", path: "d", as: 1000 },
    ],
  },
  {
    id: "names",
    title: "race.names",
    source: sources("dir.c ovl_create", "dentry.c au_test_shwh", "whiteout.c is_validname"),
    mid: "ro",
    before: [],
    steps: [
      { do: "write", path: ".wh.x", text: "x" },
      { do: "write", path: "__dir_opaque", text: "x" },
      { do: "list", path: "" },
    ],
  },
  {
    id: "long-names",
    title: "race.long-names",
    source: sources("super.c ovl_statfs", "super.c aufs_statfs AUFS_MAX_NAMELEN", "whiteout.c unionfs_set_max_namelen"),
    mid: "ro",
    before: [],
    steps: [
      { do: "write", path: LONG_NAME, text: "x" },
      { do: "write", path: `${LONG_NAME}nnnnnnnn`, text: "x" },
    ],
  },
  {
    id: "directory-links",
    title: "race.directory-links",
    source: sources("inode.c ovl_getattr", "inode.c au_cpup_attr_nlink", "subr.c unionfs_get_nlinks"),
    mid: "ro",
    before: [dir("mid", "d"), dir("mid", "d/p"), dir("low", "d"), dir("low", "d/q")],
    steps: [
      { do: "links", path: "d" },
      { do: "mkdir", path: "s" },
      { do: "mkdir", path: "s/t" },
      { do: "links", path: "s" },
    ],
  },
  {
    id: "exchange",
    title: "race.exchange",
    source: sources("dir.c ovl_rename", "i_op_ren.c aufs_rename", "rename.c unionfs_rename"),
    mid: "ro",
    before: [file("low", "a", "1"), file("low", "b", "2")],
    steps: [
      { do: "exchange", path: "a", to: "b" },
      { do: "read", path: "a" },
    ],
  },
];

export const TRACES: readonly Trace[] = [EVERYTHING, ...IN_BRANCHES, ...SEEN, ...ANSWERS];
export const traceNamed = (id: string): Trace | undefined => TRACES.find((trace) => trace.id === id);
