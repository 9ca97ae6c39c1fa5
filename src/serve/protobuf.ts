/**
 * Bodies as typed clients send them: four bytes of magic, an envelope that names the kind, and the object as protobuf. What comes out is the
 * same object as JSON; whether it is a good one is for the server to say.
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/runtime/serializer/protobuf/protobuf.go Decode
 * Not modelled: answers in protobuf (a client that takes it takes JSON, too).
 */
import { type FieldType, type SchemaType, typeNamed, typeOf } from "../kube/apis/schema/reader";
import type { Json } from "../sim/types";
import { FIELD_NUMBERS } from "./generated-protobuf";

type JsonMap = Record<string, Json>;
interface WireField {
  readonly name: string;
  /** The message whose fields JSON writes into its parent. */
  readonly inline?: string;
}

const MAGIC = Buffer.from("k8s\0", "latin1");
const NANOS_PER_MICRO = 1000;

const linesById = new Map(
  FIELD_NUMBERS.trim()
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf("|")), line.slice(line.indexOf("|") + 1)] as const),
);
const messages = new Map<string, ReadonlyMap<number, WireField>>();

function messageOf(id: string): ReadonlyMap<number, WireField> {
  const known = messages.get(id);
  if (known !== undefined) return known;
  const made = new Map(
    (linesById.get(id) ?? "").split(";").map((part): [number, WireField] => {
      const [, number, mark, name = ""] = /^(\d+)([ ~])(.+)$/.exec(part) ?? [];
      return [Number(number), mark === "~" ? { name: "", inline: name } : { name }];
    }),
  );
  messages.set(id, made);
  return made;
}

class Malformed extends Error {}

/** One field on the wire: its number, and its value as a number or as bytes. */
interface Piece {
  readonly number: number;
  readonly value: bigint | Buffer;
}

function* piecesOf(bytes: Buffer): Generator<Piece> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Malformed("unexpected EOF");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new Malformed("proto: integer overflow");
  };
  const take = (length: number): Buffer => {
    if (length < 0 || at + length > bytes.length) throw new Malformed("unexpected EOF");
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [number, wire] = [tag >> 3, tag & 7];
    if (wire === 0) yield { number, value: varint() };
    else if (wire === 1) yield { number, value: take(8) };
    else if (wire === 2) yield { number, value: take(Number(varint())) };
    else if (wire === 5) yield { number, value: take(4) };
    else throw new Malformed(`proto: illegal wireType ${wire}`);
  }
}

const bytesOf = (value: Piece["value"]): Buffer => {
  if (typeof value === "bigint") throw new Malformed("proto: wrong wireType");
  return value;
};
const numberOf = (value: Piece["value"]): number => {
  if (typeof value !== "bigint") throw new Malformed("proto: wrong wireType");
  return Number(value);
};
const textOf = (value: Piece["value"]): string => bytesOf(value).toString("utf8");

function readMessage(id: string, type: SchemaType, bytes: Buffer, out: JsonMap): JsonMap {
  const fields = messageOf(id);
  for (const { number, value } of piecesOf(bytes)) {
    const wire = fields.get(number);
    if (wire === undefined) continue;
    if (wire.inline !== undefined) readMessage(wire.inline, type, bytesOf(value), out);
    else readField(type, wire.name, value, out);
  }
  return out;
}

function readField(type: SchemaType, name: string, value: Piece["value"], out: JsonMap): void {
  const field = type.field(name)?.type;
  if (field === undefined) return;
  if (field.kind === "list") {
    const item = readValue(field.item, value);
    out[name] = [...((out[name] as readonly Json[] | undefined) ?? []), ...(item === undefined ? [] : [item])];
  } else if (field.kind === "map") {
    const { key, item } = readEntry(field.item, bytesOf(value));
    out[name] = { ...(out[name] as JsonMap | undefined), [key]: item };
  } else {
    const read = readValue(field, value);
    if (read !== undefined) out[name] = read;
  }
}

function readEntry(type: FieldType, bytes: Buffer): { readonly key: string; readonly item: Json } {
  let key = "";
  let item: Json | undefined;
  for (const { number, value } of piecesOf(bytes)) {
    if (number === 1) key = textOf(value);
    if (number === 2) item = readValue(type, value);
  }
  return { key, item: item ?? "" };
}

/** The fields of one of the few messages that JSON writes as a single value, by number. */
const partsOf = (bytes: Buffer): ReadonlyMap<number, Piece["value"]> => new Map([...piecesOf(bytes)].map(({ number, value }) => [number, value]));

function readValue(type: FieldType, value: Piece["value"]): Json | undefined {
  switch (type.kind) {
    case "struct": {
      const struct = typeNamed(type.id);
      return struct === undefined ? undefined : readMessage(type.id, struct, bytesOf(value), {});
    }
    case "bool":
      return numberOf(value) !== 0;
    case "int32":
    case "int64":
      return numberOf(value);
    case "float64":
      return bytesOf(value).readDoubleLE(0);
    case "bytes":
      return bytesOf(value).toString("base64");
    case "string":
      return textOf(value);
    default:
      return readSpecial(type.kind, partsOf(bytesOf(value)));
  }
}

function readSpecial(kind: FieldType["kind"], parts: ReadonlyMap<number, Piece["value"]>): Json | undefined {
  const [first, second, third] = [parts.get(1), parts.get(2), parts.get(3)];
  switch (kind) {
    case "quantity":
      return first === undefined ? undefined : textOf(first);
    case "int-or-string":
      return first !== undefined && numberOf(first) === 1 ? textOf(third ?? Buffer.alloc(0)) : numberOf(second ?? 0n);
    case "time":
    case "micro-time": {
      if (first === undefined) return undefined;
      const seconds = new Date(numberOf(first) * 1000).toISOString().slice(0, 19);
      const micros = Math.floor(numberOf(second ?? 0n) / NANOS_PER_MICRO);
      return kind === "time" ? `${seconds}Z` : `${seconds}.${String(micros).padStart(6, "0")}Z`;
    }
    case "raw":
      return first === undefined ? undefined : (JSON.parse(textOf(first)) as Json);
    default:
      return undefined;
  }
}

/** The object in a body, or what is wrong with it. */
export function decodeProtobuf(body: Buffer): { readonly object: Json } | { readonly error: string } {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC))
    return { error: "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]" };
  try {
    const envelope = partsOf(body.subarray(MAGIC.length));
    const meta = partsOf(bytesOf(envelope.get(1) ?? Buffer.alloc(0)));
    const [apiVersion, kind] = [textOf(meta.get(1) ?? Buffer.alloc(0)), textOf(meta.get(2) ?? Buffer.alloc(0))];
    const type = kind === "DeleteOptions" ? typeNamed("meta.DeleteOptions") : typeOf(apiVersion, kind);
    if (type === undefined || !linesById.has(type.id))
      return { error: `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}` };
    return { object: readMessage(type.id, type, bytesOf(envelope.get(2) ?? Buffer.alloc(0)), { kind, apiVersion }) };
  } catch (error) {
    if (error instanceof Malformed || error instanceof SyntaxError) return { error: error.message };
    throw error;
  }
}
