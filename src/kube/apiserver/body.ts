/**
 * The body of a write: parsed already, or text as it came over the wire.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go transformDecodeError, summarizeData
 */
import type { Json } from "../../sim/types";
import { decode } from "../apis/schema/decode";
import { typeOf } from "../apis/schema/reader";
import { utf8Bytes } from "../apis/rand-safe";
import { apiVersionOf, type ResourceInfo } from "../apis/resources";
import type { ApiRequest, ApiResponse } from "./door";
import { type JsonText, parseJsonText } from "./json-text";
import { badRequest } from "./status";

export interface RequestBody {
  readonly body: Json | undefined;
  /** What only the text tells; undefined when there was none, or nothing in it stands twice. */
  readonly text?: JsonText;
}

const SUMMARY = 30;
const TYPE_META = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function summary(text: string): string {
  if (text === "") return "<empty>";
  if (text.startsWith("{")) return text.length > SUMMARY ? `${text.slice(0, SUMMARY)} ...` : text;
  const bytes = utf8Bytes(text);
  const hex = bytes.slice(0, SUMMARY).map((byte) => byte.toString(16).padStart(2, "0"));
  return bytes.length > SUMMARY ? `${hex.join("")} ...` : hex.join("");
}

/** @rule kube.api.body */
export function readBody(resource: ResourceInfo, request: ApiRequest): RequestBody | ApiResponse {
  if (typeof request.body !== "string") return { body: request.body };
  const refuse = (why: string): ApiResponse =>
    badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): couldn't get version/kind; json parse error: ${why} (${summary(request.body as string)})`,
    );
  const parsed = parseJsonText(request.body);
  if ("error" in parsed) return refuse(parsed.error);
  const { value } = parsed;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const kind = Array.isArray(value) ? "array" : value === null ? "null" : typeof value === "boolean" ? "bool" : typeof value;
    return refuse(`json: cannot unmarshal ${kind} into Go value of type ${TYPE_META}`);
  }
  return parsed.duplicates.length > 0 ? { body: value, text: parsed } : { body: value };
}

/** Unknown and duplicate fields in the order of the text. */
function strictErrors(resource: ResourceInfo, { value, duplicates, offsets }: JsonText): readonly string[] {
  const type = typeOf(apiVersionOf(resource), resource.kind);
  const unknown = type === undefined ? [] : decode(type, value).unknown;
  const found = [...duplicates.map((path) => ({ path, word: "duplicate" })), ...unknown.map((path) => ({ path, word: "unknown" }))];
  const offset = (path: string): number => offsets.get(path) ?? 0;
  return found.sort((a, b) => offset(a.path) - offset(b.path)).map(({ path, word }) => `${word} field "${path}"`);
}

/**
 * What a text with duplicate keys gets: a refusal (Strict), warnings (Warn, the default), or nothing (Ignore).
 * @rule kube.api.duplicate-fields
 */
export function judgeDuplicates(
  resource: ResourceInfo,
  text: JsonText | undefined,
  fieldValidation: string | undefined,
): ApiResponse | readonly string[] {
  if (text === undefined || fieldValidation === "Ignore") return [];
  const errors = strictErrors(resource, text);
  if (fieldValidation !== "Strict") return errors;
  return badRequest(
    `${resource.kind} in version "${resource.version}" cannot be handled as a ${resource.kind}: strict decoding error: ${errors.join(", ")}`,
  );
}
