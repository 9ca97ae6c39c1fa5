/**
 * Changing user, groups and capabilities, and what a change of user does to the capabilities.
 *
 * Not modelled: file capabilities, securebits, separate file-system ids (they follow the effective ones).
 *
 * @rule linux.process.setuid
 * @source linux@6.12 kernel/sys.c __sys_setresuid security/commoncap.c cap_emulate_setxuid
 */
import { namespaceOf } from "../namespace/table";
import { capableIn, idOutside, shownId, userPart } from "../namespace/user";
import { type Credentials, DONE, failure, type Kernel, type Result } from "../types";
import { bothOf, capabilitySet, isSubset, NO_CAPABILITIES } from "./capability";
import { changeTask, taskOf } from "./task";

/** The id that is root in a user namespace; -1 where there is none. */
export const rootOf = (kernel: Kernel, namespace: number): number => idOutside(kernel, namespace, "uids", 0) ?? -1;

function afterSetuid(kernel: Kernel, old: Credentials, now: Credentials, keep: boolean): Credentials {
  const root = rootOf(kernel, old.userNamespace);
  let { permitted, effective, ambient } = now;
  const was = old.uid === root || old.euid === root || old.suid === root;
  if (was && now.uid !== root && now.euid !== root && now.suid !== root) {
    if (!keep) {
      permitted = NO_CAPABILITIES;
      effective = NO_CAPABILITIES;
    }
    ambient = NO_CAPABILITIES;
  }
  if (old.euid === root && now.euid !== root) effective = NO_CAPABILITIES;
  if (old.euid !== root && now.euid === root) effective = permitted;
  return { ...now, permitted, effective, ambient };
}

const put = (kernel: Kernel, task: number, credentials: Credentials): Result<true> => {
  const { credentials: old } = taskOf(kernel, task);
  const same = old.euid === credentials.euid && old.egid === credentials.egid && isSubset(credentials.permitted, old.permitted);
  changeTask(kernel, task, { credentials, ...(same ? {} : { dumpable: false }) });
  return DONE;
};

/** Ids as the caller's user namespace names them; -1 leaves one as it is. */
export function setresuid(kernel: Kernel, task: number, real: number, effective: number, saved: number): Result<true> {
  const { credentials: old, keepCaps } = taskOf(kernel, task);
  const wanted: number[] = [];
  for (const id of [real, effective, saved]) {
    const outside = id === -1 ? -1 : idOutside(kernel, old.userNamespace, "uids", id);
    if (outside === undefined) return failure("EINVAL");
    wanted.push(outside);
  }
  const own = [old.uid, old.euid, old.suid];
  if (!wanted.every((id) => id === -1 || own.includes(id)) && !capableIn(kernel, old, old.userNamespace, "SETUID")) return failure("EPERM");
  const pick = (i: number, otherwise: number): number => (wanted[i] === undefined || wanted[i] === -1 ? otherwise : wanted[i]);
  const euid = pick(1, old.euid);
  return put(kernel, task, afterSetuid(kernel, old, { ...old, uid: pick(0, old.uid), euid, suid: pick(2, old.suid), fsuid: euid }, keepCaps));
}

/** With the right to, all three; else only the effective one, to the real or saved one. */
export function setuid(kernel: Kernel, task: number, id: number): Result<true> {
  const { credentials } = taskOf(kernel, task);
  const all = capableIn(kernel, credentials, credentials.userNamespace, "SETUID");
  return all ? setresuid(kernel, task, id, id, id) : setresuid(kernel, task, -1, id, -1);
}

export function setresgid(kernel: Kernel, task: number, real: number, effective: number, saved: number): Result<true> {
  const { credentials: old } = taskOf(kernel, task);
  const wanted: number[] = [];
  for (const id of [real, effective, saved]) {
    const outside = id === -1 ? -1 : idOutside(kernel, old.userNamespace, "gids", id);
    if (outside === undefined) return failure("EINVAL");
    wanted.push(outside);
  }
  const own = [old.gid, old.egid, old.sgid];
  if (!wanted.every((id) => id === -1 || own.includes(id)) && !capableIn(kernel, old, old.userNamespace, "SETGID")) return failure("EPERM");
  const pick = (i: number, otherwise: number): number => (wanted[i] === undefined || wanted[i] === -1 ? otherwise : wanted[i]);
  const egid = pick(1, old.egid);
  return put(kernel, task, { ...old, gid: pick(0, old.gid), egid, sgid: pick(2, old.sgid), fsgid: egid });
}

export function setgid(kernel: Kernel, task: number, id: number): Result<true> {
  const { credentials } = taskOf(kernel, task);
  const all = capableIn(kernel, credentials, credentials.userNamespace, "SETGID");
  return all ? setresgid(kernel, task, id, id, id) : setresgid(kernel, task, -1, id, -1);
}

/**
 * @rule linux.process.setgroups
 * @source linux@6.12 kernel/groups.c may_setgroups
 */
export function setgroups(kernel: Kernel, task: number, groups: readonly number[]): Result<true> {
  const { credentials: old } = taskOf(kernel, task);
  const part = userPart(namespaceOf(kernel, old.userNamespace));
  const may = part.setgroups && part.gids.length > 0 && capableIn(kernel, old, old.userNamespace, "SETGID");
  if (!may) return failure("EPERM");
  const outside: number[] = [];
  for (const id of groups) {
    const gid = idOutside(kernel, old.userNamespace, "gids", id);
    if (gid === undefined) return failure("EINVAL");
    outside.push(gid);
  }
  return put(kernel, task, { ...old, groups: outside.sort((a, b) => a - b) });
}

/**
 * @rule linux.process.capset
 * @source linux@6.12 security/commoncap.c cap_capset
 */
export function capset(kernel: Kernel, task: number, sets: Pick<Credentials, "effective" | "permitted" | "inheritable">): Result<true> {
  const { credentials: old } = taskOf(kernel, task);
  const [effective, permitted, inheritable] = [capabilitySet(sets.effective), capabilitySet(sets.permitted), capabilitySet(sets.inheritable)];
  const unlimited = capableIn(kernel, old, old.userNamespace, "SETPCAP");
  if (!unlimited && !isSubset(inheritable, [...old.inheritable, ...old.permitted])) return failure("EPERM");
  if (!isSubset(inheritable, [...old.inheritable, ...old.bounding])) return failure("EPERM");
  if (!isSubset(permitted, old.permitted) || !isSubset(effective, permitted)) return failure("EPERM");
  const ambient = bothOf(bothOf(old.ambient, permitted), inheritable);
  return put(kernel, task, { ...old, effective, permitted, inheritable, ambient });
}

/** Capabilities that go from the bounding set. */
export function dropBounding(kernel: Kernel, task: number, names: readonly string[]): Result<true> {
  const { credentials: old } = taskOf(kernel, task);
  if (!capableIn(kernel, old, old.userNamespace, "SETPCAP")) return failure("EPERM");
  return put(kernel, task, { ...old, bounding: old.bounding.filter((name) => !names.includes(name)) });
}

export function setAmbient(kernel: Kernel, task: number, names: readonly string[]): Result<true> {
  const { credentials: old } = taskOf(kernel, task);
  if (!isSubset(names, old.permitted) || !isSubset(names, old.inheritable)) return failure("EPERM");
  return put(kernel, task, { ...old, ambient: capabilitySet(names) });
}

/** Who the caller is, with ids as its own user namespace names them. */
export function shownCredentials(kernel: Kernel, task: number): Credentials {
  const { credentials } = taskOf(kernel, task);
  const uid = (id: number): number => shownId(kernel, credentials.userNamespace, "uids", id);
  const gid = (id: number): number => shownId(kernel, credentials.userNamespace, "gids", id);
  const { uid: real, euid, suid, fsuid, gid: group, egid, sgid, fsgid, groups } = credentials;
  return {
    ...credentials,
    uid: uid(real),
    euid: uid(euid),
    suid: uid(suid),
    fsuid: uid(fsuid),
    gid: gid(group),
    egid: gid(egid),
    sgid: gid(sgid),
    fsgid: gid(fsgid),
    groups: groups.map(gid),
  };
}

/**
 * The capabilities after exec: root in its user namespace gets what it may have, everybody else only the ambient ones.
 *
 * @rule linux.process.exec-capabilities
 * @source linux@6.12 security/commoncap.c cap_bprm_creds_from_file handle_privileged_root
 */
export function afterExec(kernel: Kernel, old: Credentials, owner: { readonly uid?: number; readonly gid?: number }): Credentials {
  const euid = owner.uid ?? old.euid;
  const egid = owner.gid ?? old.egid;
  const ids = { ...old, euid, suid: euid, fsuid: euid, egid, sgid: egid, fsgid: egid };
  const root = rootOf(kernel, old.userNamespace);
  const changed = euid !== old.uid || egid !== old.gid;
  const ambient = owner.uid !== undefined || owner.gid !== undefined ? NO_CAPABILITIES : old.ambient;
  if (old.uid !== root && euid !== root) return { ...ids, permitted: ambient, effective: ambient, ambient };
  const all = capabilitySet([...old.bounding, ...old.inheritable]);
  const permitted = changed && old.noNewPrivs ? bothOf(all, old.permitted) : all;
  return { ...ids, permitted, effective: euid === root ? permitted : ambient, ambient };
}
