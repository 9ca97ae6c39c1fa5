/**
 * `kubectl edit`: opens the objects in an editor and applies what changed.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/util/editor/editoptions.go
 * Not modelled: reopening the editor with the error as a comment; the text is kept in the workspace instead.
 */
import type { JsonObject } from "../../../kube/apis/objects";
import type { Json } from "../../../sim/types";
import { err, out, type Run } from "../../program";
import { parseYaml } from "../../yaml/parse";
import { patchBetween, sendPatch } from "../change";
import { FILE_FLAGS, OUTPUT_FLAGS, readFlags } from "../context";
import { failed, failureText, fatal } from "../failure";
import { nameWord, resourceWord } from "../mapper";
import { prettyJson } from "../printers/json";
import { withoutManagers } from "../printers/output";
import { yamlText } from "../printers/yaml";
import { mustFind } from "../targets";

const NOTE = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

export function* edit(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags(
    "edit",
    `${OUTPUT_FLAGS};${FILE_FLAGS};selector l string;windows-line-endings bool;validate string?strict=strict;subresource string;save-config bool;field-manager string;output-patch bool`,
    args,
  );
  if (kubectl === undefined) return 0;
  const json = kubectl.flags.text("output") === "json";
  let code = 0;
  for (const found of yield* mustFind(kubectl, { all: true })) {
    const info = { ...found, object: withoutManagers(found.object) as JsonObject };
    const text = `${NOTE}${json ? prettyJson(info.object) : yamlText(info.object)}`;
    const edited = (yield { do: "edit", name: `${info.resource.singular}-${info.name}.yaml`, text }).text;
    const meaning = (edited ?? "").replace(/^#.*$/gm, "").trim();
    if (edited === undefined || meaning === "" || edited === text) {
      yield* out(edited === undefined || edited === text ? "Edit cancelled, no changes made.\n" : "Edit cancelled, saved file was empty.\n");
      continue;
    }
    const { documents, problem } = parseYaml(edited);
    if (problem !== undefined) throw fatal(`The edited file failed validation: ${problem.message}`);
    const value: Json = documents[0]?.value ?? null;
    if (value === null || typeof value !== "object" || Array.isArray(value)) throw fatal("The edited file failed validation: not an object");
    const changed = value as JsonObject;
    const patch = patchBetween(info, changed);
    if (Object.keys(patch).length === 0) {
      yield* out("Edit cancelled, no changes made.\n");
      continue;
    }
    const response = yield* sendPatch(info, patch, { fieldManager: "kubectl-edit", fieldValidation: "Strict" });
    if (failed(response)) {
      const path = `kubectl-edit-${info.resource.singular}-${info.name}.yaml`;
      yield { do: "write", path, text: edited };
      yield* err(
        `error: ${resourceWord(info.resource)} ${JSON.stringify(info.name)} could not be patched: ${failureText(response)}A copy of your changes has been stored to ${JSON.stringify(path)}\n`,
      );
      code = 1;
    } else yield* out(`${nameWord(info.resource, info.name)} edited\n`);
  }
  return code;
}
