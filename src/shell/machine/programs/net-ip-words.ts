/**
 * What all objects of `ip` share: words taken one by one, abbreviations, requests to the kernel, and the sentences for what is wrong.
 *
 * @source iproute2@6.1 lib/utils.c lib/libnetlink.c
 */
import { type Errno, strerror } from "../../../linux/errno";
import { formatAddress, parseAddress } from "../../../linux/net/address";
import type { LinkInfo, NamespaceName, NetAnswer, NetRequest } from "../../../linux/net/model";
import type { Invocation, System } from "../../../linux/program";
import { print } from "./support";

/** Ends the command with a sentence and a status. */
export class IpRefusal extends Error {
  constructor(
    readonly text: string,
    readonly status: number,
  ) {
    super(text);
  }
}

export function refuse(text: string, status: number): never {
  throw new IpRefusal(text, status);
}

export interface IpOptions {
  readonly brief: boolean;
  readonly oneline: boolean;
  readonly details: boolean;
  /** How often `-s` was given. */
  readonly statistics: number;
  readonly family: "" | "inet" | "inet6";
}

export interface Ip {
  readonly system: System;
  readonly invocation: Invocation;
  readonly options: IpOptions;
  readonly words: Words;
}

export interface Words {
  readonly more: () => boolean;
  readonly peek: () => string;
  readonly take: () => string;
  /** The value of a key word. */
  readonly value: () => string;
  readonly rest: () => readonly string[];
}

export function wordsOf(list: readonly string[]): Words {
  let at = 0;
  const more = (): boolean => at < list.length;
  const take = (): string => list[at++] ?? "";
  return {
    more,
    peek: () => list[at] ?? "",
    take,
    value: () => (more() ? take() : refuse('Command line is not complete. Try option "help"', 255)),
    rest: () => list.slice(at),
  };
}

/** Whether a word may stand for a longer one. */
export const isShortFor = (word: string, full: string): boolean => word !== "" && full.startsWith(word);

export const invalid = (word: string, why: string): never => refuse(`Error: argument "${word}" is wrong: ${why}`, 255);
export const duplicate = (key: string, word: string): never => refuse(`Error: either "${key}" is duplicate, or "${word}" is a garbage.`, 255);
export const noDevice = (name: string): never => refuse(`Cannot find device "${name}"`, 1);

export function answered<T>(answer: NetAnswer<T>): T {
  if ("done" in answer) return answer.done;
  const { errno, message } = answer;
  return refuse(message === undefined || message === "" ? `RTNETLINK answers: ${strerror(errno)}` : `Error: ${message}.`, 2);
}

export function ask<T>({ system }: Pick<Ip, "system">, request: NetRequest): T {
  const answer = system.netlink(request);
  return answer.ok ? answered(answer.value as NetAnswer<T>) : refuse(`RTNETLINK answers: ${strerror(answer.errno)}`, 2);
}

export const links = (ip: Pick<Ip, "system">): readonly LinkInfo[] => ask<readonly LinkInfo[]>(ip, { type: "links" });

export function number(word: string, why: string, least = 0): number {
  const found = /^(?:0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : Number.NaN;
  return Number.isNaN(found) || found < least ? invalid(word, why) : found;
}

const NAMES: Readonly<Record<string, string>> = { "": "any valid", inet: "inet", inet6: "inet6" };

export const family = ({ options }: Ip): string => NAMES[options.family] ?? "any valid";

export interface Prefix {
  readonly address: number;
  readonly length: number;
  /** No length was written. */
  readonly bare: boolean;
}

/** `10.0.0.0/8`, `default`. */
export function prefix(ip: Ip, word: string): Prefix {
  if (word === "default" || word === "any" || word === "all") return { address: 0, length: 0, bare: false };
  const [text = "", bits] = word.split("/", 2);
  const address = ip.options.family === "inet6" ? undefined : parseAddress(text, 1);
  const length = bits === undefined ? 32 : lengthOf(bits);
  if (address === undefined || length === undefined) return refuse(`Error: ${family(ip)} prefix is expected rather than "${word}".`, 1);
  return { address, length, bare: bits === undefined };
}

function lengthOf(bits: string): number | undefined {
  if (/^\d{1,2}$/.test(bits) && Number(bits) <= 32) return Number(bits);
  const mask = parseAddress(bits);
  const found = Array.from({ length: 33 }, (_, n) => n).find((n) => (n === 0 ? 0 : (0xffffffff << (32 - n)) >>> 0) === mask);
  return mask === undefined ? undefined : found;
}

export function address(ip: Ip, word: string): number {
  const found = ip.options.family === "inet6" ? undefined : parseAddress(word, 1);
  return found ?? refuse(`Error: ${family(ip)} address is expected rather than "${word}".`, 1);
}

export const prefixText = (network: number, length: number): string => {
  if (length === 0 && network === 0) return "default";
  return length === 32 ? formatAddress(network) : `${formatAddress(network)}/${length}`;
};

const RUN = "/run/netns";
export const namespacePath = (name: string): string => `${RUN}/${name}`;

/** Names of network namespaces, the newest first, as the directory gives them. */
export function namespaceNames(system: System): readonly string[] {
  const fd = system.open(RUN, { read: true, directory: true }, 0);
  if (!fd.ok) return [];
  const entries = system.readdir(fd.value);
  system.close(fd.value);
  if (!entries.ok) return [];
  return entries.value
    .filter(({ name }) => name !== "." && name !== "..")
    .toSorted((a, b) => b.ino - a.ino)
    .map(({ name }) => name);
}

/** Opens a namespace by its name. */
export function openNamespace(system: System, name: string): { readonly fd: number } | { readonly errno: Errno } {
  const fd = system.open(namespacePath(name), { read: true, cloexec: true }, 0);
  return fd.ok ? { fd: fd.value } : { errno: fd.errno };
}

/** A namespace as a word names it: by its name, or by a process. */
export function namespaceNamed({ system }: Ip, word: string): NamespaceName {
  const opened = openNamespace(system, word);
  if ("fd" in opened) return opened;
  return /^\d+$/.test(word) ? { pid: Number(word) } : invalid(word, 'Invalid "netns" value\n');
}

/** The number under which a namespace is known here, or -1. */
export function numberOfNamespace(system: System, name: string): number {
  const opened = openNamespace(system, name);
  if (!("fd" in opened)) return -1;
  const found = ask<number>({ system }, { type: "netns-id", netns: opened });
  system.close(opened.fd);
  return found;
}

export const say = ({ system }: Pick<Ip, "system">, text: string): void => print(system, text);
