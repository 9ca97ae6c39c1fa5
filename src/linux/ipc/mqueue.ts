/**
 * The file system of POSIX message queues: one for each ipc namespace, however often it is mounted. A queue is a file in its only directory.
 *
 * Not modelled: sending, receiving and notifying; limits on the number of queues.
 *
 * @rule linux.ipc.mqueue
 * @source linux@6.12 ipc/mqueue.c mqueue_fill_super mqueue_create_attr mqueue_read_file; man-pages@6.9 mq_overview(7)
 */
import { newSuperblock } from "../fs/superblock";
import { rootOn, tmpfs } from "../fs/tmpfs";
import type { Attributes, FileSystemType, Ref } from "../fs/types";
import { namespaceOf, putNamespace } from "../namespace/table";
import { findTask } from "../process/task";
import { failure, type Kernel, value } from "../types";

/** What every queue says of itself while nothing is in it, and the size it claims to have. */
const STATUS = "QSIZE:0          NOTIFY:0     SIGNO:0     NOTIFY_PID:0     \n";
const SIZE = 80;

/** The queues' directory of the namespace that the caller stands in. */
function rootFor(kernel: Kernel, task: number): Ref | undefined {
  const row = findTask(kernel, task);
  if (row === undefined) return undefined;
  const namespace = namespaceOf(kernel, row.namespaces.ipc);
  const known = namespace.ipc?.mqueue;
  if (known !== undefined) return known;
  const root = rootOn(kernel, newSuperblock(kernel, "mqueue", false), 0o1777);
  putNamespace(kernel, { ...namespace, ipc: { sysctl: {}, ...namespace.ipc, mqueue: root } });
  return root;
}

const shown = (attributes: Attributes): Attributes => (attributes.kind === "dir" ? attributes : { ...attributes, size: SIZE });

export const mqueue: FileSystemType = {
  ...tmpfs,
  name: "mqueue",
  mount: (kernel, { task }) => {
    const root = task === undefined ? undefined : rootFor(kernel, task);
    return root === undefined ? failure("EINVAL") : value(root);
  },
  getattr: (kernel, ref) => shown(tmpfs.getattr(kernel, ref)),
  create: (kernel, dir, name, node) => (node.kind === "file" ? tmpfs.create(kernel, dir, name, node) : failure("EPERM")),
  link: () => failure("EPERM"),
  rename: () => failure("EPERM"),
  read: (_kernel, _ref, offset, length) => value(STATUS.slice(offset, offset + length)),
  write: () => failure("EINVAL"),
};
