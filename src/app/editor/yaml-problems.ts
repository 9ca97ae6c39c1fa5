/** What is wrong with a text as YAML, in the parser's words, with line and column. Only syntax; fields are the schema's business. */
import { CORE_SCHEMA, loadAll, YAMLException } from "js-yaml";

export interface Problem {
  /** From 1. */
  readonly line: number;
  readonly column?: number;
  readonly severity: "error" | "warning";
  readonly message: string;
}

interface Marked {
  readonly reason?: string;
  readonly mark?: { readonly line: number; readonly column: number };
}

const LARGEST = 1 << 20;

export function problemsOf(text: string): readonly Problem[] {
  if (text.length > LARGEST) return [];
  try {
    loadAll(text, { schema: CORE_SCHEMA });
    return [];
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { reason, mark } = error as unknown as Marked;
    return [{ line: (mark?.line ?? 0) + 1, column: (mark?.column ?? 0) + 1, severity: "error", message: reason ?? error.message }];
  }
}
