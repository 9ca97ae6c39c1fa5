/**
 * /proc/PID/uid_map, gid_map and setgroups: written once, in one write, by whom the rules allow.
 *
 * Not modelled: the difference between who opened the file and who writes it; both are the writer.
 *
 * @rule linux.userns.map-write
 * @source linux@6.12 kernel/user_namespace.c map_write new_idmap_permitted
 */
import { type Credentials, failure, type Kernel, type Result, value } from "../types";
import { idInside, idOutside, capableIn, type IdKind, userPart } from "./user";
import { type IdExtent, type NamespaceRow, namespaceOf, putNamespace } from "./table";

const MAX_EXTENTS = 340;
const PAGE = 4096;
const LARGEST = 4294967295;

/** Lines of three numbers; undefined when they are not that, or overlap. */
function parse(text: string): readonly IdExtent[] | undefined {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  if (lines.length === 0 || lines.length > MAX_EXTENTS) return undefined;
  const extents: IdExtent[] = [];
  for (const line of lines) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s*$/.exec(line);
    if (match === null) return undefined;
    const [first, lower, count] = [Number(match[1]), Number(match[2]), Number(match[3])];
    if (count === 0 || first + count > LARGEST || lower + count > LARGEST) return undefined;
    const meets = (a: number, b: number, length: number): boolean => a < b + length && b < a + count;
    if (extents.some((other) => meets(first, other.first, other.count) || meets(lower, other.lower, other.count))) return undefined;
    extents.push({ first, lower, count });
  }
  return extents;
}

interface MapWrite {
  readonly kernel: Kernel;
  readonly credentials: Credentials;
  readonly namespace: NamespaceRow;
  readonly kind: IdKind;
}

/** Mapping the root of the parent needs the right to give files capabilities there. */
function mayMapRoot({ kernel, credentials, namespace }: MapWrite, extents: readonly IdExtent[]): boolean {
  if (!extents.some(({ lower }) => lower === 0)) return true;
  if (credentials.userNamespace === namespace.id) return userPart(namespace).couldSetfcap;
  return capableIn(kernel, credentials, namespace.parent, "SETFCAP");
}

function permitted(write: MapWrite, extents: readonly IdExtent[]): boolean {
  const { kernel, credentials, namespace, kind } = write;
  if (kind === "uids" && !mayMapRoot(write, extents)) return false;
  const [only, ...more] = extents;
  const part = userPart(namespace);
  if (only !== undefined && more.length === 0 && only.count === 1 && part.uid === credentials.euid) {
    const outside = idOutside(kernel, namespace.parent, kind, only.lower);
    if (kind === "uids" && outside === credentials.euid) return true;
    if (kind === "gids" && !part.setgroups && outside === credentials.egid) return true;
  }
  return capableIn(kernel, credentials, namespace.parent, kind === "uids" ? "SETUID" : "SETGID");
}

export function writeIdMap(kernel: Kernel, credentials: Credentials, id: number, kind: IdKind, offset: number, text: string): Result<number> {
  const namespace = namespaceOf(kernel, id);
  const reader = credentials.userNamespace;
  if (namespace.parent === 0) return failure("EPERM");
  if (reader !== id && reader !== namespace.parent) return failure("EPERM");
  if (offset !== 0 || text.length >= PAGE) return failure("EINVAL");
  const part = userPart(namespace);
  if (part[kind].length > 0) return failure("EPERM");
  if (!capableIn(kernel, credentials, id, "SYS_ADMIN")) return failure("EPERM");
  const extents = parse(text);
  if (extents === undefined) return failure("EINVAL");
  if (!permitted({ kernel, credentials, namespace, kind }, extents)) return failure("EPERM");
  const mapped: IdExtent[] = [];
  for (const { first, lower, count } of extents) {
    const outside = idOutside(kernel, namespace.parent, kind, lower, count);
    if (outside === undefined) return failure("EPERM");
    mapped.push({ first, lower: outside, count });
  }
  putNamespace(kernel, { ...namespace, user: { ...part, [kind]: mapped } });
  return value(text.length);
}

/** The map as a reader sees it: outer ids in the reader's namespace, or the parent's when the reader is inside. */
export function showIdMap(kernel: Kernel, reader: number, id: number, kind: IdKind): string {
  const namespace = namespaceOf(kernel, id);
  const outer = reader === id && namespace.parent !== 0 ? namespace.parent : reader;
  const column = (number: number): string => String(number).padStart(10);
  return userPart(namespace)
    [kind].map(({ first, lower, count }) => `${column(first)} ${column(idInside(kernel, outer, kind, lower) ?? LARGEST)} ${column(count)}\n`)
    .join("");
}

/**
 * @rule linux.userns.setgroups
 * @source linux@6.12 kernel/user_namespace.c proc_setgroups_write
 */
export function writeSetgroups(kernel: Kernel, credentials: Credentials, id: number, offset: number, text: string): Result<number> {
  if (!capableIn(kernel, credentials, id, "SYS_ADMIN")) return failure("EACCES");
  if (offset !== 0 || text.length > 7) return failure("EINVAL");
  const word = /^(allow|deny)\s*$/.exec(text)?.[1];
  if (word === undefined) return failure("EINVAL");
  const namespace = namespaceOf(kernel, id);
  const part = userPart(namespace);
  if (word === "allow") return part.setgroups ? value(text.length) : failure("EPERM");
  if (part.gids.length > 0 && part.setgroups) return failure("EPERM");
  putNamespace(kernel, { ...namespace, user: { ...part, setgroups: false } });
  return value(text.length);
}
