/** kubectl's commands by name. */
import type { Run } from "../../program";
import { apply } from "./apply";
import { create } from "./create";
import { deleteCommand } from "./delete";
import { describe } from "./describe";
import { diff } from "./diff";
import { drain } from "./drain";
import { edit } from "./edit";
import { events } from "./events";
import { exec, unavailable } from "./exec";
import { explain } from "./explain";
import { get } from "./get";
import { logs } from "./logs";
import { label } from "./metadata";
import { cordon, taint } from "./nodes";
import { patch } from "./patch";
import { replace } from "./replace";
import { rollout } from "./rollout";
import { expose, run } from "./run";
import { autoscale, scale } from "./scale";
import { set } from "./set";
import { auth } from "./auth";
import { apiResources, apiVersions, clusterInfo, config, options, top, version } from "./settings";
import { wait } from "./wait";

export type Command = (args: readonly string[], name: string) => Run<number>;

export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["annotate", label],
  ["api-resources", apiResources],
  ["api-versions", apiVersions],
  ["apply", apply],
  ["attach", unavailable],
  ["auth", auth],
  ["autoscale", autoscale],
  ["certificate", unavailable],
  ["cluster-info", clusterInfo],
  ["config", config],
  ["cordon", cordon],
  ["cp", unavailable],
  ["create", create],
  ["debug", unavailable],
  ["delete", deleteCommand],
  ["describe", describe],
  ["diff", diff],
  ["drain", drain],
  ["edit", edit],
  ["events", events],
  ["exec", exec],
  ["explain", explain],
  ["expose", expose],
  ["get", get],
  ["kustomize", unavailable],
  ["label", label],
  ["logs", logs],
  ["options", options],
  ["patch", patch],
  ["port-forward", unavailable],
  ["proxy", unavailable],
  ["replace", replace],
  ["rollout", rollout],
  ["run", run],
  ["scale", scale],
  ["set", set],
  ["taint", taint],
  ["top", top],
  ["uncordon", cordon],
  ["version", version],
  ["wait", wait],
]);
