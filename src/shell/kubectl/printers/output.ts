/**
 * The forms of `-o`.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/get/get_flags.go ToPrinter; staging/src/k8s.io/cli-runtime/pkg/genericclioptions/print_flags.go
 */
import type { JsonObject } from "../../../kube/apis/objects";
import type { Json } from "../../../sim/types";
import { resolvePath } from "../../paths";
import { readFile, type Run, terminalState } from "../../program";
import type { Kubectl } from "../context";
import { fatal } from "../failure";
import { compileColumns, columnsRow, type Column, parseColumns, parseColumnsFile } from "./columns";
import { compileGoTemplate, renderGoTemplate } from "./go-template";
import { compileJsonPath, findValues, renderJsonPath } from "./jsonpath";
import { goSyntax, prettyJson } from "./json";
import { kyamlText } from "./kyaml";
import { aligned, TABLE } from "./tabwriter";
import { yamlText } from "./yaml";

export type Printer =
  | { readonly form: "human"; readonly wide: boolean }
  | { readonly form: "name" }
  /** Prints one object, or all of them as one List. */
  | { readonly form: "object"; readonly print: (object: Json, index: number) => string }
  | { readonly form: "columns"; readonly print: (objects: readonly Json[], noHeaders: boolean) => string };

const ALLOWED = [
  "custom-columns",
  "custom-columns-file",
  "go-template",
  "go-template-file",
  "json",
  "jsonpath",
  "jsonpath-as-json",
  "jsonpath-file",
  "kyaml",
  "name",
  "template",
  "templatefile",
  "wide",
  "yaml",
];
const HUMAN_ONLY = new Set(["custom-columns", "custom-columns-file", "wide"]);

/** `tables` says whether the command prints tables (get) or single results. */
export function* printerOf(kubectl: Kubectl, tables: boolean): Run<Printer> {
  const output = kubectl.flags.text("output");
  const equals = output.indexOf("=");
  const form = equals < 0 ? output : output.slice(0, equals);
  let argument = equals < 0 ? kubectl.flags.text("template") : output.slice(equals + 1);
  if (form === "" && kubectl.flags.text("template") === "") return { form: "human", wide: false };
  if (form === "wide" && tables) return { form: "human", wide: true };
  if (form === "name") return { form: "name" };
  const shown = (object: Json): Json => (kubectl.flags.bool("show-managed-fields") ? object : withoutManagers(object));
  if (form === "json") return { form: "object", print: (object) => prettyJson(shown(object)) };
  if (form === "yaml") return { form: "object", print: (object, index) => (index > 0 ? "---\n" : "") + yamlText(shown(object)) };
  if (form === "kyaml") return { form: "object", print: (object) => kyamlText(shown(object)) };
  if (form.endsWith("-file") || form === "templatefile") argument = yield* mustRead(argument);
  if (form.startsWith("jsonpath")) return jsonPathPrinter(form, argument, kubectl);
  if (/^(go-)?template/.test(form) || form === "") return goTemplatePrinter(argument);
  if (form === "custom-columns" && tables) return columnsPrinter(parseColumns(argument));
  if (form === "custom-columns-file" && tables) return columnsPrinter(parseColumnsFile(argument));
  const allowed = tables ? ALLOWED : ALLOWED.filter((name) => !HUMAN_ONLY.has(name));
  throw fatal(`unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${allowed.join(",")}`);
}

/**
 * The object (or the objects of a list) without the account of who set which field.
 * @source kubernetes@1.35 staging/src/k8s.io/cli-runtime/pkg/printers/managedfields.go OmitManagedFieldsPrinter
 */
export function withoutManagers(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { metadata, items } = value as { readonly metadata?: JsonObject; readonly items?: readonly Json[] };
  const list = Array.isArray(items) ? { items: items.map(withoutManagers) } : {};
  if (metadata?.["managedFields"] === undefined) return { ...(value as object), ...list } as Json;
  const { managedFields: _, ...rest } = metadata;
  return { ...(value as object), metadata: rest, ...list } as Json;
}

function* mustRead(name: string): Run<string> {
  const { cwd } = yield* terminalState();
  const path = resolvePath(cwd, name);
  const text = path === undefined ? undefined : yield* readFile(path);
  if (text === undefined) throw fatal(`error reading --template ${name}, open ${name}: no such file or directory\n`);
  return text;
}

function jsonPathPrinter(form: string, text: string, kubectl: Kubectl): Printer {
  if (text === "") throw fatal("template format specified but no template given");
  const compiled = compileJsonPath(text);
  if ("error" in compiled) throw fatal(`error parsing jsonpath ${text}, ${compiled.error}`);
  const lenient = !kubectl.flags.has("allow-missing-template-keys") || kubectl.flags.bool("allow-missing-template-keys");
  const print = (object: Json): string => {
    const rendered = renderJsonPath(compiled.template, object, lenient);
    if ("error" in rendered)
      throw fatal(
        `error executing jsonpath ${JSON.stringify(text)}: Error executing template: ${rendered.error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${text}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(object)}\n\n`,
      );
    if (form !== "jsonpath-as-json") return rendered.text;
    const found = findValues(compiled.template, object, lenient);
    return prettyJson("values" in found ? found.values : []);
  };
  return { form: "object", print };
}

function goTemplatePrinter(text: string): Printer {
  if (text === "") throw fatal("template format specified but no template given");
  const compiled = compileGoTemplate(text);
  if ("error" in compiled) throw fatal(`error parsing template ${text}, ${compiled.error}\n`);
  const print = (object: Json): string => {
    const rendered = renderGoTemplate(compiled.template, object);
    if ("error" in rendered) throw fatal(`error executing template ${JSON.stringify(text)}: ${rendered.error}`);
    return rendered.text;
  };
  return { form: "object", print };
}

function columnsPrinter(parsed: { readonly columns: readonly Column[] } | { readonly error: string }): Printer {
  if ("error" in parsed) throw fatal(parsed.error);
  const compiled = compileColumns(parsed.columns);
  if ("error" in compiled) throw fatal(compiled.error);
  const header = parsed.columns.map((column) => column.header).join("\t");
  return {
    form: "columns",
    print: (objects, noHeaders) => {
      const lines = [...(noHeaders ? [] : [header]), ...objects.map((object) => columnsRow(compiled.templates, object))];
      return lines.length === 0 ? "" : aligned(`${lines.join("\n")}\n`, TABLE);
    },
  };
}
