/**
 * Reads a session file that may come from anywhere: a link, a dropped file, the browser's storage. Hostile until checked: sizes are
 * capped, nothing is evaluated, inputs may only go to the doors a person has.
 */
import type { MachineConfig } from "../world/config";
import type { BranchFile, SessionConfig, SessionFile, SessionInput } from "./types";
import { ENGINE_VERSION } from "./types";

export type Refusal = "shape" | "schema" | "tooLarge" | "engine";
export type Parsed = { readonly ok: true; readonly file: SessionFile } | { readonly ok: false; readonly reason: Refusal; readonly where?: string };

export const MAX_FILE_BYTES = 4 << 20;
const MAX_INPUTS = 20_000;
const MAX_BRANCHES = 50;
const MAX_NODES = 5000;
const MAX_SPAN = 400 * 24 * 3600 * 1e6;
const DOOR = /^(terminal|fault|sim|machine)\/[a-zA-Z0-9._-]{1,80}$/;
/** What a person does at a machine; it is not booted twice. */
const AT_MACHINE: ReadonlySet<string> = new Set(["start", "keys", "resize"]);
const MAX_MACHINES = 8;
const MAX_CONSOLES = 6;
const MACHINE_NAME = /^[a-z][a-z0-9-]{0,30}$/;
const LOCALE = /^[a-z]{2}_[A-Z]{2}\.UTF-8$/;

class Refused extends Error {
  readonly reason: Refusal;
  constructor(reason: Refusal, where: string) {
    super(where);
    this.reason = reason;
  }
}

type Fields = { readonly [key: string]: unknown };

function objectAt(value: unknown, where: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Refused("shape", where);
  return value as Fields;
}
function numberAt(value: unknown, where: string, low: number, high: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < low || value > high) throw new Refused("shape", where);
  return value;
}
function textAt(value: unknown, where: string, longest: number): string {
  if (typeof value !== "string" || value.length > longest) throw new Refused("shape", where);
  return value;
}
function listAt(value: unknown, where: string, longest: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new Refused("shape", where);
  if (value.length > longest) throw new Refused("tooLarge", where);
  return value;
}

function configAt(value: unknown): SessionConfig {
  const fields = objectAt(value, "config");
  const profile = fields["profile"];
  if (profile !== "real" && profile !== "teaching") throw new Refused("shape", "config.profile");
  const machines = fields["machines"] === undefined ? [] : listAt(fields["machines"], "config.machines", MAX_MACHINES).map(machineAt);
  return {
    seed: numberAt(fields["seed"], "config.seed", 0, 2 ** 32),
    profile,
    nodes: numberAt(fields["nodes"], "config.nodes", 0, MAX_NODES),
    controlPlane: fields["controlPlane"] === true,
    kubeSystem: fields["kubeSystem"] === true,
    ...(machines.length === 0 ? {} : { machines }),
  };
}

function machineAt(value: unknown, i: number): MachineConfig {
  const where = `config.machines[${i}].name`;
  const name = textAt(objectAt(value, where)["name"], where, 31);
  if (!MACHINE_NAME.test(name)) throw new Refused("shape", where);
  const { consoles, locale } = objectAt(value, where);
  if (locale !== undefined && !LOCALE.test(textAt(locale, `config.machines[${i}].locale`, 11)))
    throw new Refused("shape", `config.machines[${i}].locale`);
  return {
    name,
    ...(consoles === undefined ? {} : { consoles: numberAt(consoles, `config.machines[${i}].consoles`, 1, MAX_CONSOLES) }),
    ...(typeof locale === "string" ? { locale } : {}),
  };
}

function inputAt(value: unknown, where: string): SessionInput {
  const fields = objectAt(value, where);
  const to = textAt(fields["to"], `${where}.to`, 100);
  if (!DOOR.test(to)) throw new Refused("shape", `${where}.to`);
  const message = objectAt(fields["message"], `${where}.message`);
  const type = textAt(message["type"], `${where}.message.type`, 60);
  if (to.startsWith("machine/") && !AT_MACHINE.has(type)) throw new Refused("shape", `${where}.message.type`);
  return { at: numberAt(fields["at"], `${where}.at`, 0, MAX_SPAN), to, message: message as SessionInput["message"] };
}

function branchAt(value: unknown, where: string): BranchFile {
  const fields = objectAt(value, where);
  const inputs = listAt(fields["inputs"], `${where}.inputs`, MAX_INPUTS).map((input, i) => inputAt(input, `${where}.inputs[${i}]`));
  for (let i = 1; i < inputs.length; i++) {
    if ((inputs[i] as SessionInput).at < (inputs[i - 1] as SessionInput).at) throw new Refused("shape", `${where}.inputs[${i}].at`);
  }
  const hash = fields["hash"];
  return {
    id: numberAt(fields["id"], `${where}.id`, 1, 1e6),
    name: textAt(fields["name"], `${where}.name`, 80),
    parent: fields["parent"] === null ? null : numberAt(fields["parent"], `${where}.parent`, 1, 1e6),
    forkAt: numberAt(fields["forkAt"], `${where}.forkAt`, 0, MAX_SPAN),
    inputs,
    head: numberAt(fields["head"], `${where}.head`, 0, MAX_SPAN),
    now: numberAt(fields["now"], `${where}.now`, 0, MAX_SPAN),
    position: numberAt(fields["position"], `${where}.position`, -1, 1e9),
    ...(typeof hash === "string" ? { hash: textAt(hash, `${where}.hash`, 32) } : {}),
  };
}

/** A checked copy, or why it cannot be used and where. A file of another engine of the same schema is accepted: the session says so. */
export function parseSessionFile(value: unknown): Parsed {
  try {
    const fields = objectAt(value, "file");
    if (fields["schema"] !== "strata/session@1") throw new Refused("schema", "schema");
    const branches = listAt(fields["branches"], "branches", MAX_BRANCHES).map((branch, i) => branchAt(branch, `branches[${i}]`));
    const active = numberAt(fields["active"], "active", 1, 1e6);
    if (!branches.some((branch) => branch.id === active)) throw new Refused("shape", "active");
    const engine = textAt(fields["engine"], "engine", 40);
    return { ok: true, file: { schema: "strata/session@1", engine, config: configAt(fields["config"]), branches, active } };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.reason, where: error.message };
    throw error;
  }
}

export function parseSessionText(text: string): Parsed {
  if (text.length > MAX_FILE_BYTES) return { ok: false, reason: "tooLarge" };
  try {
    return parseSessionFile(JSON.parse(text));
  } catch {
    return { ok: false, reason: "shape" };
  }
}

export const madeHere = (file: SessionFile): boolean => file.engine === ENGINE_VERSION;
