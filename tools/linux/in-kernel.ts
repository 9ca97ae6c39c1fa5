/** Work done in one event of a world of its own: for cases and tests that need a kernel and nothing else. */
import type { Actor, Tx } from "../../src/sim/types";
import { createTimeline } from "../../src/sim/timeline";
import { overlay } from "../../src/linux/fs/overlay/overlay";
import { tmpfs } from "../../src/linux/fs/tmpfs";
import type { Credentials, Kernel } from "../../src/linux/types";

const CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "MKNOD", "SYS_ADMIN"];

/** Somebody with no rights but those of the ids; the superuser has all that files need. */
export function credentialsOf(uid: number, gid: number): Credentials {
  const rights = uid === 0 ? CAPABILITIES : [];
  return {
    uid,
    euid: uid,
    suid: uid,
    fsuid: uid,
    gid,
    egid: gid,
    sgid: gid,
    fsgid: gid,
    groups: [],
    permitted: rights,
    effective: rights,
    inheritable: [],
    bounding: CAPABILITIES,
    ambient: [],
    noNewPrivs: false,
    userNamespace: 0,
  };
}
export const superuser = credentialsOf(0, 0);

export function inKernel<T>(work: (kernel: Kernel) => T): T {
  let result: { readonly value: T } | undefined;
  const actor: Actor = {
    kind: "case",
    receive: (tx: Tx) => {
      result = { value: work({ tx, machine: "host", fileSystems: { tmpfs, overlay }, types: [] }) };
    },
  };
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [actor] });
  timeline.submit({ to: "case/one", message: { type: "run" } });
  timeline.stepForward();
  if (result === undefined) throw new Error("the case did not run");
  return result.value;
}
