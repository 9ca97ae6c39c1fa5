/** What strategic merge needs to know of a type: for each field how it is patched, by which key its items are told apart, and their type. */
export interface PatchField {
  /** `merge`, `replace`, `retainKeys`, or nothing. */
  readonly strategies: readonly string[];
  /** Merge key of a list of objects; "" where there is none. */
  readonly mergeKey: string;
  /** Type of the object, or of the items of the list or map. */
  readonly type: PatchType;
}

/** undefined: the type has no such field. */
export interface PatchType {
  readonly name: string;
  field(name: string): PatchField | undefined;
}

/** Objects nothing is known of: every field exists and is replaced or merged plainly. */
export const FREE_FORM: PatchType = {
  name: "",
  field: () => FREE_FIELD,
};
const FREE_FIELD: PatchField = { strategies: [], mergeKey: "", type: FREE_FORM };

/** Splits retainKeys from the other strategy. @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go extractRetainKeysPatchStrategy */
export function strategyOf(field: PatchField): { readonly retainKeys: boolean; readonly strategy: string } {
  return { retainKeys: field.strategies.includes("retainKeys"), strategy: field.strategies.find((name) => name !== "retainKeys") ?? "" };
}

/** The first thing that went wrong; later steps go on with what they have. */
export interface PatchProblems {
  error: string | undefined;
}
export function fail<T>(problems: PatchProblems, message: string, instead: T): T {
  problems.error ??= message;
  return instead;
}

export const unknownField = (type: PatchType, key: string): string => `unable to find api field in struct ${type.name} for the json field "${key}"`;
