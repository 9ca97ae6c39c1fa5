/**
 * `kubectl explain`: the fields of a type, from the API's schema.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/explain/v2
 */
import { apiVersionOf } from "../../../kube/apis/resources";
import { docOf } from "../../../kube/apis/schema/docs";
import { fieldAt, shownType, structOf, type SchemaType, typeOf } from "../../../kube/apis/schema/reader";
import { out, type Run } from "../../program";
import { readFlags } from "../context";
import { Exit, fatal } from "../failure";
import { resourceOfWord } from "../mapper";

export function* explain(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("explain", "recursive bool;api-version string;output o string", args);
  if (kubectl === undefined) return 0;
  const [word, ...more] = kubectl.flags.args;
  if (word === undefined)
    throw new Exit(
      'error: You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
    );
  if (more.length > 0) throw new Exit("error: We accept only this format: explain RESOURCE\n\nSee 'kubectl explain -h' for help and examples\n");
  const [type = "", ...path] = word.split(".");
  const resource = resourceOfWord(type);
  if (resource === undefined) throw new Exit(`the server doesn't have a resource type ${JSON.stringify(type)}\n`);
  const schema = typeOf(apiVersionOf(resource), resource.kind);
  if (schema === undefined) throw fatal(`couldn't find resource for "${apiVersionOf(resource)}, Resource=${resource.name}"`);
  const field = path.length === 0 ? undefined : fieldAt(schema, path);
  if (path.length > 0 && field === undefined)
    throw fatal(`field "${path.find((_, i) => fieldAt(schema, path.slice(0, i + 1)) === undefined) ?? ""}" does not exist`);
  const head = `${resource.group === "" ? "" : `GROUP:      ${resource.group}\n`}KIND:       ${resource.kind}\nVERSION:    ${resource.version}\n\n`;
  const about = field === undefined ? "" : `FIELD: ${path.at(-1)} <${shownType(field.type)}>${field.required ? " -required-" : ""}\n`;
  const values = field?.values === undefined ? "" : `ENUM:\n${field.values.map((value) => `    ${value}\n`).join("")}`;
  const inner = field === undefined ? schema : structOf(field.type);
  const owner = path.length < 2 ? schema : structOf((fieldAt(schema, path.slice(0, -1)) ?? NO_FIELD).type);
  const texts = [field === undefined ? "" : docOf(owner?.id ?? "", path.at(-1)), inner === undefined ? "" : docOf(inner.id)].filter(
    (text) => text !== "",
  );
  const description = texts.length === 0 ? "    <empty>\n" : texts.map((text) => wrapped(text)).join("");
  const fields = inner === undefined ? "" : `FIELDS:\n${fieldLines(inner, kubectl.flags.bool("recursive"), 1, [])}`;
  yield* out(`${head}${about === "" ? "" : `${about}${values}\n\n`}DESCRIPTION:\n${description}    \n${fields}\n`);
  return 0;
}

const NO_FIELD = { type: { kind: "string", pointer: false, goType: "string" } } as const;
const WIDTH = 76;

/** Indented by four blanks, at most 80 columns wide; long words stand alone. */
function wrapped(text: string, indent = "    "): string {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > WIDTH - indent.length + 4) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line) => `${indent}${line}\n`).join("");
}

const DEEPEST = 12;

function fieldLines(type: SchemaType, recursive: boolean, level: number, seen: readonly string[]): string {
  const pad = "  ".repeat(level);
  return type.fields
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((field) => {
      const line = `${pad}${field.name}\t<${shownType(field.type)}>${field.required ? " -required-" : ""}\n`;
      const inner = structOf(field.type);
      if (!recursive) return `${line}${wrapped(docOf(type.id, field.name) || docOf(structOf(field.type)?.id ?? "") || "<no description>")}\n`;
      if (inner === undefined || level >= DEEPEST || seen.includes(inner.id)) return line;
      return line + fieldLines(inner, true, level + 1, [...seen, inner.id]);
    })
    .join("");
}
