/**
 * Mount options of AUFS: which branches, with which permissions, and how it chooses among several writable ones. The older spelling with
 * colons (`br:/rw=rw:/ro=ro`, `add:1:/x=ro`) is that of its manual, the newer has an equals sign.
 *
 * Not modelled: fhsm, dirren, the sizes of its caches, copy-up on open (coo_*), moving down (mvdown).
 *
 * @rule linux.aufs.options
 * @source aufs6 fs/aufs/fsctx.c au_fsctx_parse_param; fs/aufs/opts.c au_br_perm_val au_opt_add
 */
import { failure, type Result, value } from "../../types";
import type { AufsConfig, CopyUpPolicy, CreatePolicy } from "./state";

export interface BranchWords {
  readonly path: string;
  /** Undefined when no permission was written. */
  readonly mode: string | undefined;
}

export type BranchChange =
  | { readonly do: "add"; readonly at: number | "end"; readonly branch: BranchWords }
  | { readonly do: "del"; readonly path: string }
  | { readonly do: "mod"; readonly branch: BranchWords };

export interface AufsOptions {
  readonly changes: readonly BranchChange[];
  readonly config: Partial<AufsConfig>;
}

const SECOND = 1_000_000;
export const DEFAULTS: AufsConfig = {
  create: "tdp",
  watermark: 0,
  expires: 30 * SECOND,
  copyUp: "tdp",
  plink: true,
  xino: true,
  udba: "reval",
  sum: false,
  dirperm1: false,
  showsWhiteouts: false,
  alwaysOpaque: false,
};

const IGNORED = new Set([
  ..."dirwh rdcache rdblk rdhash trunc_xino notrunc_xino itrunc_xino trunc_xib notrunc_xib list_plink dio nodio".split(" "),
  ..."warn_perm nowarn_perm verbose noverbose v quiet q silent nodlgt clean_plink debug delete imap si relatime acl noacl".split(" "),
  ..."fhsm_sec noexec".split(" "),
]);
const COPY_UP: Readonly<Record<string, CopyUpPolicy>> = {
  tdp: "tdp",
  "top-down-parent": "tdp",
  bup: "bup",
  "bottom-up-parent": "bup",
  bu: "bu",
  "bottom-up": "bu",
};
const CREATE: Readonly<Record<string, CreatePolicy>> = {
  tdp: "tdp",
  "top-down-parent": "tdp",
  rr: "rr",
  "round-robin": "rr",
  mfs: "mfs",
  "most-free-space": "mfs",
  mfsrr: "mfsrr",
  tdmfs: "tdmfs",
  pmfs: "pmfs",
  pmfsrr: "pmfsrr",
};
const NEEDS_WATERMARK: readonly CreatePolicy[] = ["mfsrr", "tdmfs", "pmfsrr"];

/**
 * A branch's permission as it counts: `rw`, `ro` or `rr` (a branch that can never change), with `wh` where whiteouts of a read-only branch
 * are looked at, and `nolwh` where whiteouts are files of their own. What is not known is read-only.
 */
export function permission(text: string): string {
  const [perm = "", ...attributes] = text.split("+");
  if (!["rw", "ro", "rr"].includes(perm)) return "ro";
  const may = perm === "rw" ? ["nolwh", "moo"] : ["wh"];
  return [perm, ...attributes.filter((one) => may.includes(one))].join("+");
}

function branchWords(text: string): BranchWords {
  const cut = text.indexOf("=");
  return cut < 0 ? { path: text, mode: undefined } : { path: text.slice(0, cut), mode: text.slice(cut + 1) };
}

/** A name and what follows it: after the first equals sign or colon, whichever comes first. */
function split(option: string): readonly [name: string, text: string | undefined] {
  const cut = option.search(/[=:]/);
  return cut < 0 ? [option, undefined] : [option.slice(0, cut), option.slice(cut + 1)];
}

function createPolicy(text: string): Result<Partial<AufsConfig>> {
  const [name = "", ...numbers] = text.split(":");
  const create = CREATE[name];
  if (create === undefined || numbers.some((one) => !/^\d+$/.test(one))) return failure("EINVAL");
  const needs = NEEDS_WATERMARK.includes(create);
  if (needs && numbers.length === 0) return failure("EINVAL");
  const [watermark, seconds] = needs ? numbers : [undefined, numbers[0]];
  return value({
    create,
    ...(watermark === undefined ? {} : { watermark: Number(watermark) }),
    ...(seconds === undefined ? {} : { expires: Number(seconds) * SECOND }),
  });
}

function changesOf(name: string, text: string): readonly BranchChange[] | undefined {
  const add = (at: number | "end", words: string): BranchChange => ({ do: "add", at, branch: branchWords(words) });
  switch (name) {
    case "br":
    case "dirs":
      return text
        .split(":")
        .filter((part) => part !== "")
        .map((part) => add("end", part));
    case "add":
    case "ins": {
      const match = /^(-?\d+):(.+)$/.exec(text);
      return match === null ? undefined : [add(Number(match[1]), match[2] ?? "")];
    }
    case "append":
    case "prepend":
      return text.split(":").map((part) => add(name === "append" ? "end" : 0, part));
    case "del":
      return text.split(":").map((path) => ({ do: "del", path }));
    case "mod":
      return text.includes("=") ? [{ do: "mod", branch: branchWords(text) }] : undefined;
    default:
      return [];
  }
}

const BRANCH_OPTIONS = ["br", "dirs", "add", "ins", "append", "prepend", "del", "mod"];

const FLAGS: Readonly<Record<string, Partial<AufsConfig>>> = {
  plink: { plink: true },
  noplink: { plink: false },
  noxino: { xino: false },
  sum: { sum: true },
  wsum: { sum: true },
  nosum: { sum: false },
  dirperm1: { dirperm1: true },
  nodirperm1: { dirperm1: false },
  shwh: { showsWhiteouts: true },
  noshwh: { showsWhiteouts: false },
};

function settingOf(name: string, text: string | undefined): Result<Partial<AufsConfig>> {
  const flag = FLAGS[name];
  if (flag !== undefined) return value(flag);
  switch (name) {
    case "create":
    case "create_policy":
      return createPolicy(text ?? "");
    case "cpup":
    case "copyup":
    case "copyup_policy": {
      const copyUp = COPY_UP[text ?? ""];
      return copyUp === undefined ? failure("EINVAL") : value({ copyUp });
    }
    case "udba":
      return text === "none" || text === "reval" || text === "notify" ? value({ udba: text }) : failure("EINVAL");
    case "diropq":
      if (text === "a" || text === "always") return value({ alwaysOpaque: true });
      return text === "w" || text === "whiteouted" ? value({ alwaysOpaque: false }) : failure("EINVAL");
    case "xino":
      return value({ xino: true });
    default:
      return IGNORED.has(name) ? value({}) : failure("EINVAL");
  }
}

export function aufsOptions(text: string): Result<AufsOptions> {
  const changes: BranchChange[] = [];
  let config: Partial<AufsConfig> = {};
  for (const option of text.split(",").filter((part) => part !== "")) {
    const [name, rest] = split(option);
    if (BRANCH_OPTIONS.includes(name)) {
      const asked = changesOf(name, rest ?? "");
      if (asked === undefined || rest === undefined || rest === "") return failure("EINVAL");
      changes.push(...asked);
      continue;
    }
    const setting = settingOf(name, rest);
    if (!setting.ok) return setting;
    config = { ...config, ...setting.value };
  }
  return value({ changes, config });
}
