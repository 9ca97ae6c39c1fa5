/** The patch rules of a real kind, read from the API's schema. */
import { type FieldType, type SchemaType, typeNamed, typeOf } from "../schema/reader";
import { FREE_FORM, type PatchField, type PatchType } from "./patch-schema";

const structs = new WeakMap<SchemaType, PatchType>();
const LEAF: PatchType = { name: "string", field: () => undefined };

function ofStruct(type: SchemaType): PatchType {
  const known = structs.get(type);
  if (known !== undefined) return known;
  const fields = new Map<string, PatchField>();
  const made: PatchType = {
    name: type.goType,
    field(name) {
      const ready = fields.get(name);
      if (ready !== undefined) return ready;
      const field = type.field(name);
      if (field === undefined) return undefined;
      const entry: PatchField = { strategies: field.strategies, mergeKey: field.mergeKey ?? "", type: ofField(field.type) };
      fields.set(name, entry);
      return entry;
    },
  };
  structs.set(type, made);
  return made;
}

/** Lists and maps stand for their items; a map's keys are all fields. */
function ofField(type: FieldType): PatchType {
  switch (type.kind) {
    case "struct": {
      const struct = typeNamed(type.id);
      return struct === undefined ? FREE_FORM : ofStruct(struct);
    }
    case "list":
      return ofField(type.item);
    case "map": {
      const item = ofField(type.item);
      return { name: type.goType, field: () => ({ strategies: [], mergeKey: "", type: item }) };
    }
    case "raw":
      return FREE_FORM;
    default:
      return LEAF;
  }
}

/** undefined for kinds the schema does not know (they take no strategic merge patch). */
export function patchTypeOf(apiVersion: string, kind: string): PatchType | undefined {
  const type = typeOf(apiVersion, kind);
  return type === undefined ? undefined : ofStruct(type);
}
