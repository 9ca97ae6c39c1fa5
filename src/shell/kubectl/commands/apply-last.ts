/** `kubectl apply view-last-applied`. @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/apply/apply_view_last_applied.go */
import type { Json } from "../../../sim/types";
import { out, type Run } from "../../program";
import { FILE_FLAGS, readFlags } from "../context";
import { fatal } from "../failure";
import { lastAppliedOf } from "../last-applied";
import { prettyJson } from "../printers/json";
import { yamlText } from "../printers/yaml";
import { mustFind } from "../targets";

export function* lastApplied(command: string, args: readonly string[]): Run<number> {
  if (command !== "view-last-applied") throw fatal(`apply ${command} is not available in the lab`);
  const kubectl = yield* readFlags("apply view-last-applied", `${FILE_FLAGS};output o string=yaml;selector l string;all bool`, args);
  if (kubectl === undefined) return 0;
  for (const { object, name, source } of yield* mustFind(kubectl)) {
    const text = lastAppliedOf(object);
    if (text === undefined) throw fatal(`no last-applied-configuration annotation found on resource: ${source ?? name}`);
    const value = JSON.parse(text) as Json;
    yield* out(kubectl.flags.text("output") === "json" ? prettyJson(value) : yamlText(value));
  }
  return 0;
}
