/** What every kubectl command has: its flags, its namespace and a way to ask the API server. */
import type { ApiRequest, ApiResponse } from "../../kube/apiserver/door";
import type { Json } from "../../sim/types";
import { err, request, type Run, terminalState } from "../program";
import { type Doing, failed, fatal, refused } from "./failure";
import { type Flags, flagSpecs, parseFlags } from "./flags";

export interface Kubectl {
  /** The command's name with its parent, for example `rollout status`. */
  readonly command: string;
  readonly flags: Flags;
  readonly namespace: string;
  /** Whether the namespace was given on the command line. */
  readonly namespaceGiven: boolean;
}

export const GLOBAL_FLAGS =
  "namespace n string; context string; kubeconfig string; cluster string; user string; server s string; v v int; request-timeout string; as string; as-group array; insecure-skip-tls-verify bool; token string; warnings-as-errors bool; cache-dir string";
export const OUTPUT_FLAGS = "output o string; template string; show-managed-fields bool; allow-missing-template-keys bool=true";
export const FILE_FLAGS = "filename f list; recursive R bool; kustomize k string";
export const DRY_RUN = "dry-run string?unchanged=none";

const BARE_DRY_RUN = "W0101 00:00:00.000000       1 helpers.go:719] --dry-run is deprecated and can be replaced with --dry-run=client.";

/** Reads a command's flags; undefined when it only asked for help. */
export function* readFlags(command: string, spec: string, args: readonly string[]): Run<Kubectl | undefined> {
  const parsed = parseFlags(flagSpecs(`${GLOBAL_FLAGS};${spec}`), args);
  if ("help" in parsed) return undefined;
  if ("error" in parsed) throw fatal(`${parsed.error}\nSee 'kubectl ${command} --help' for usage.`);
  const { flags } = parsed;
  if (flags.text("dry-run") === "unchanged") yield* err(`${BARE_DRY_RUN}\n`);
  const given = flags.text("namespace");
  const namespace = given === "" ? (yield* terminalState()).namespace : given;
  return { command, flags, namespace, namespaceGiven: given !== "" };
}

/** Sends a request and shows the server's warnings. */
export function* send(call: ApiRequest): Run<ApiResponse> {
  const response = yield* request({ user: "kubectl", ...call });
  for (const warning of response.warnings ?? []) yield* err(`Warning: ${warning}\n`);
  return response;
}

/** The body of an answer; a refusal ends the command. */
export function* must(call: ApiRequest, doing?: Doing): Run<Json> {
  const response = yield* send(call);
  if (failed(response)) throw refused(response, doing);
  return response.body;
}

export type DryRun = "none" | "client" | "server";

/** @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go GetDryRunStrategy */
export function dryRunOf(flags: Flags): DryRun {
  const text = flags.text("dry-run");
  if (text === "client" || text === "server" || text === "none") return text;
  if (text === "unchanged") return "client";
  throw fatal(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`);
}

export const dryRunQuery = (dryRun: DryRun): Readonly<Record<string, string>> => (dryRun === "server" ? { dryRun: "All" } : {});
export const dryRunNote = (dryRun: DryRun): string => (dryRun === "client" ? " (dry run)" : dryRun === "server" ? " (server dry run)" : "");

/** What `--validate` asks of the server. @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go GetValidationDirective */
export function fieldValidationOf(flags: Flags): "Strict" | "Warn" | "Ignore" {
  const text = flags.text("validate");
  if (text === "strict" || text === "true") return "Strict";
  if (text === "warn") return "Warn";
  if (text === "ignore" || text === "false") return "Ignore";
  throw fatal(`Invalid - validate option ${JSON.stringify(text)}; must be one of: strict (or true), warn, ignore (or false)`);
}
export const VALIDATE = "validate string?strict=strict";
