/**
 * User namespaces: ids as seen inside, and over what a capability counts.
 *
 * Ids are kept as those of the initial namespace throughout; only what a program says or is told is translated.
 *
 * @rule linux.userns.ids
 * @source linux@6.12 kernel/user_namespace.c map_id_up map_id_range_down
 */
import type { Credentials, Kernel, Result } from "../types";
import { failure, value } from "../types";
import { ALL_CAPABILITIES, NO_CAPABILITIES } from "../process/capability";
import { type IdExtent, INITIAL, namespaceOf, newNamespace, type NamespaceRow } from "./table";

/** What an id without a name inside is called. */
export const OVERFLOW_ID = 65534;
const MAX_LEVEL = 32;

export type IdKind = "uids" | "gids";

export const userPart = (row: NamespaceRow): NonNullable<NamespaceRow["user"]> =>
  row.user ?? { uid: 0, gid: 0, uids: [], gids: [], setgroups: true, couldSetfcap: false };

function extentsOf(kernel: Kernel, namespace: number, kind: IdKind): readonly IdExtent[] {
  return userPart(namespaceOf(kernel, namespace))[kind];
}

/** An id of the initial namespace, from inside. */
export function idInside(kernel: Kernel, namespace: number, kind: IdKind, id: number): number | undefined {
  const extent = extentsOf(kernel, namespace, kind).find(({ lower, count }) => id >= lower && id < lower + count);
  return extent === undefined ? undefined : extent.first + id - extent.lower;
}

export const shownId = (kernel: Kernel, namespace: number, kind: IdKind, id: number): number => idInside(kernel, namespace, kind, id) ?? OVERFLOW_ID;

/** The id of the initial namespace that an id inside means; all of a range must lie in one extent. */
export function idOutside(kernel: Kernel, namespace: number, kind: IdKind, id: number, count = 1): number | undefined {
  const extent = extentsOf(kernel, namespace, kind).find(({ first, count: length }) => id >= first && id + count <= first + length);
  return extent === undefined ? undefined : extent.lower + id - extent.first;
}

/**
 * Whether credentials have a capability over what a user namespace owns: in that namespace itself by what they hold, over a child by
 * having made it, and down from any ancestor.
 *
 * @rule linux.userns.capable
 * @source linux@6.12 security/commoncap.c cap_capable
 */
export function capableIn(kernel: Kernel, credentials: Credentials, target: number, capability: string): boolean {
  const own = credentials.userNamespace;
  const ownLevel = namespaceOf(kernel, own).level;
  for (let at = namespaceOf(kernel, target); ; at = namespaceOf(kernel, at.parent)) {
    if (at.id === own) return credentials.effective.includes(capability);
    if (at.level <= ownLevel) return false;
    if (at.parent === own && userPart(at).uid === credentials.euid) return true;
  }
}

/**
 * Credentials as files see them: from a user namespace that is not the first, capabilities reach only what its ids name.
 *
 * @rule linux.userns.reach
 * @source linux@6.12 kernel/capability.c privileged_wrt_inode_uidgid
 */
export function reaching(kernel: Kernel, credentials: Credentials): Credentials {
  if (credentials.userNamespace === INITIAL.user) return credentials;
  const { uids, gids } = userPart(namespaceOf(kernel, credentials.userNamespace));
  return { ...credentials, reach: { uids, gids } };
}

/** The rights of whoever makes or enters a user namespace: all, in it. */
export const rightsInside = (credentials: Credentials, namespace: number): Credentials => ({
  ...credentials,
  userNamespace: namespace,
  permitted: ALL_CAPABILITIES,
  effective: ALL_CAPABILITIES,
  inheritable: NO_CAPABILITIES,
  bounding: ALL_CAPABILITIES,
  ambient: NO_CAPABILITIES,
});

/**
 * @rule linux.userns.create
 * @source linux@6.12 kernel/user_namespace.c create_user_ns
 */
export function createUserNamespace(kernel: Kernel, credentials: Credentials, chrooted: boolean): Result<Credentials> {
  const parent = namespaceOf(kernel, credentials.userNamespace);
  if (parent.level > MAX_LEVEL) return failure("ENOSPC");
  if (chrooted) return failure("EPERM");
  const { euid: uid, egid: gid } = credentials;
  if (idInside(kernel, parent.id, "uids", uid) === undefined || idInside(kernel, parent.id, "gids", gid) === undefined) return failure("EPERM");
  const couldSetfcap = credentials.effective.includes("SETFCAP");
  const made = newNamespace(kernel, {
    type: "user",
    level: parent.level + 1,
    parent: parent.id,
    owner: parent.id,
    user: { uid, gid, uids: [], gids: [], setgroups: userPart(parent).setgroups, couldSetfcap },
  });
  return value(rightsInside(credentials, made.id));
}
