/**
 * `kubectl explain`: the fields of a type, from the API's schema.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/explain/v2
 * Not modelled: the descriptions (they are shown by the editor, which loads them when asked).
 */
import { apiVersionOf } from "../../../kube/apis/resources";
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
  const values = field?.values === undefined ? "" : `ENUM:\n${field.values.map((value) => `    ${value}\n`).join("")}\n`;
  const inner = field === undefined ? schema : structOf(field.type);
  const fields = inner === undefined ? "" : `FIELDS:\n${fieldLines(inner, kubectl.flags.bool("recursive"), 1, [])}`;
  yield* out(`${head}${about === "" ? "" : `${about}${values === "" ? "" : values}\n`}DESCRIPTION:\n    <empty>\n\n${fields}`);
  return 0;
}

const DEEPEST = 12;

function fieldLines(type: SchemaType, recursive: boolean, level: number, seen: readonly string[]): string {
  const pad = "  ".repeat(level);
  return type.fields
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((field) => {
      const line = `${pad}${field.name}\t<${shownType(field.type)}>${field.required ? " -required-" : ""}\n`;
      const inner = structOf(field.type);
      if (!recursive) return `${line}${pad}  <no description>\n\n`;
      if (inner === undefined || level >= DEEPEST || seen.includes(inner.id)) return line;
      return line + fieldLines(inner, true, level + 1, [...seen, inner.id]);
    })
    .join("");
}
