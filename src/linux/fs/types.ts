/**
 * What a file system is to the rest of the kernel: a record of functions over (kernel, inode), as `struct inode_operations` is.
 *
 * The functions check what only the file system can know (a name exists, a directory is not empty); who may do it is checked above them,
 * in `permission.ts` and the calls. So an overlay calls the file systems below it with the rights of whoever mounted it.
 *
 * File data are bytes as a Latin-1 string. A file may be larger than its string: what lies beyond is zeros.
 */
import type { Micros } from "../../sim/types";
import type { Credentials, Kernel, Result } from "../types";

/** An inode: the superblock it is on, and its number there. */
export interface Ref {
  readonly sb: number;
  readonly ino: number;
}

export type FileKind = "file" | "dir" | "symlink" | "char" | "block" | "fifo" | "socket";

export interface Attributes {
  readonly kind: FileKind;
  /** Permission bits, 0–0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly nlink: number;
  readonly size: number;
  readonly rdev: readonly [major: number, minor: number];
  readonly atime: Micros;
  readonly mtime: Micros;
  readonly ctime: Micros;
  /** As `stat` shows them. */
  readonly ino: number;
  readonly dev: number;
  /** Without a name, but one may be given to it: made by O_TMPFILE. */
  readonly linkable?: boolean;
  /** Units of 512 bytes that it takes; told by `stat` alone. */
  readonly blocks?: number;
}

/** What a new inode is made of. */
export interface NewNode {
  readonly kind: FileKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev?: readonly [number, number];
  readonly target?: string;
  /** What a file holds from its birth, as those of a fresh machine do. */
  readonly data?: string;
}

export interface AttributeChange {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly size?: number;
  readonly atime?: Micros;
  readonly mtime?: Micros;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: FileKind;
  readonly ino: number;
}

export interface RenameFlags {
  readonly noReplace?: boolean;
  readonly exchange?: boolean;
  readonly whiteout?: boolean;
}

export interface OpenFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly truncate?: boolean;
}

/** What `mount` says to a file system that is to be mounted. */
export interface MountContext {
  readonly task: number;
  readonly view: TaskView;
  readonly source: string;
  readonly data: string;
  readonly readOnly: boolean;
}

export interface FileSystemType {
  readonly name: string;
  /** Makes a superblock; answers with its root. Without it the type cannot be mounted by name. */
  readonly mount?: (kernel: Kernel, context: MountContext) => Result<Ref>;
  /** Changes the options of a mounted one. */
  readonly remount?: (kernel: Kernel, sb: number, context: MountContext) => Result<true>;
  /** Whether the root of a user namespace may mount it. */
  readonly userMount?: true;
  /** Its mounts show one file system. */
  readonly shared?: true;
  /** The options of a mounted one, as `mountinfo` ends with. */
  readonly options?: (kernel: Kernel, sb: number) => string;
  readonly getattr: (kernel: Kernel, ref: Ref) => Attributes;
  /** Kind, mode, owner and links alone count; cheaper than all attributes. */
  readonly peek?: (kernel: Kernel, ref: Ref) => Pick<Attributes, "kind" | "mode" | "uid" | "gid" | "nlink">;
  /** Directories beneath one, whose permission bits count too for whoever looks into it or passes through. */
  readonly beneath?: (kernel: Kernel, dir: Ref) => readonly Ref[];
  /** ENOENT when the directory has no such name. */
  readonly lookup: (kernel: Kernel, dir: Ref, name: string) => Result<Ref>;
  /** Of a directory; the root's parent is itself. */
  readonly parent: (kernel: Kernel, dir: Ref) => Ref;
  readonly create: (kernel: Kernel, dir: Ref, name: string, node: NewNode) => Result<Ref>;
  /** A file without a name, as O_TMPFILE makes it. */
  readonly tmpfile?: (kernel: Kernel, dir: Ref, node: NewNode) => Result<Ref>;
  readonly link: (kernel: Kernel, ref: Ref, dir: Ref, name: string) => Result<true>;
  readonly unlink: (kernel: Kernel, dir: Ref, name: string) => Result<true>;
  readonly rmdir: (kernel: Kernel, dir: Ref, name: string) => Result<true>;
  readonly rename: (kernel: Kernel, from: Ref, oldName: string, to: Ref, newName: string, flags: RenameFlags) => Result<true>;
  readonly readlink: (kernel: Kernel, ref: Ref) => Result<string>;
  /** Of a link that leads to a place rather than to a name, as /proc/PID/fd/N does; undefined when its text is to be walked. */
  readonly follow?: (kernel: Kernel, ref: Ref) => Result<Path> | undefined;
  /** Without `.` and `..`, in the order of the file system. */
  readonly readdir: (kernel: Kernel, dir: Ref) => Result<readonly DirectoryEntry[]>;
  readonly setattr: (kernel: Kernel, ref: Ref, change: AttributeChange) => Result<true>;
  /** Before the first use of an open file; an overlay copies up here. The inode lives until its last release. */
  readonly open: (kernel: Kernel, ref: Ref, flags: OpenFlags) => Result<true>;
  readonly release: (kernel: Kernel, ref: Ref) => void;
  readonly read: (kernel: Kernel, ref: Ref, offset: number, length: number) => Result<string>;
  readonly write: (kernel: Kernel, ref: Ref, offset: number, data: string) => Result<number>;
  readonly getxattr: (kernel: Kernel, ref: Ref, name: string) => Result<string>;
  /** An undefined value removes; ENODATA when there is none to remove. */
  readonly setxattr: (kernel: Kernel, ref: Ref, name: string, data: string | undefined) => Result<true>;
  readonly listxattr: (kernel: Kernel, ref: Ref) => readonly string[];
  /** The inode whose pages a mapping made now would show. */
  readonly mapped: (kernel: Kernel, ref: Ref) => Ref;
  /** Where an inode hangs, by one of its names; of the root, itself. Without it directories are sought among their parent's. */
  readonly placeOf?: (kernel: Kernel, ref: Ref) => { readonly parent: Ref; readonly name: string } | undefined;
  /** What two names of one file have in common, where a reference says more than that. */
  readonly identity?: (kernel: Kernel, ref: Ref) => number;
}

/** A place in the tree of mounts: an inode seen through a mount. */
export interface Path {
  readonly mount: number;
  readonly ref: Ref;
}

/** What the file calls need of a task. */
export interface TaskView {
  readonly credentials: Credentials;
  readonly root: Path;
  readonly cwd: Path;
  readonly umask: number;
}
