/**
 * A guest made to fit: every sensitive instruction of its source becomes a request to the monitor, a hypercall with the same operands. The
 * lines are changed where they stand, so a reader sees what porting a kernel meant; the encoding keeps every address.
 *
 * @rule hypervisor.technique.paravirtual
 * @source Barham et al. 2003 §2 and table 1 (what was changed), §3.2
 */
import { assemble, type Assembly } from "../assembler/assembler";
import { decode } from "../isa/codec";

export interface ChangedLine {
  readonly line: number;
  readonly before: string;
  readonly after: string;
  /** The instruction that was replaced. */
  readonly id: string;
}

export interface Ported {
  readonly source: string;
  readonly changed: readonly ChangedLine[];
}

/** The replacement: one rule for all sensitive instructions. */
function replaced(text: string, column: number): string {
  return `${text.slice(0, column - 1)}hcall ${text.slice(column - 1)}`;
}

/** The source with its sensitive instructions replaced, or the errors of the source. */
export function paravirtualize(source: string): { readonly ok: true; readonly ported: Ported } | Extract<Assembly, { ok: false }> {
  const assembly = assemble(source);
  if (!assembly.ok) return assembly;
  const texts = source.split("\n");
  const changed: ChangedLine[] = [];
  for (const { line, column, bytes, code } of assembly.program.lines) {
    const decoded = code ? decode((at) => bytes[at] ?? 0) : undefined;
    if (!decoded?.row.sensitive || decoded.hypercall) continue;
    const before = texts[line - 1] ?? "";
    const after = replaced(before, column);
    texts[line - 1] = after;
    changed.push({ line, before, after, id: decoded.row.id });
  }
  return { ok: true, ported: { source: texts.join("\n"), changed } };
}
