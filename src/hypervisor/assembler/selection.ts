/** Which row, shape and width of the instruction table a written instruction means. */
import type { Width } from "../types";
import { CONDITION_ALIASES, REGISTERS, REGISTERS_16, REGISTERS_8 } from "../isa/names";
import type { Shape } from "../isa/shape";
import { INSTRUCTIONS, type InstructionRow } from "../isa/table";
import { type Complaint, nearest } from "./expression";
import type { Operand } from "./operand";

export interface Selection {
  readonly row: InstructionRow;
  readonly shape: Shape;
  readonly width: Width;
}

const LETTER: Readonly<Record<string, Width>> = { b: 1, w: 2, d: 4 };
const ALIASES: Readonly<Record<string, string>> = {
  pushad: "pusha",
  popad: "popa",
  pushfd: "pushf",
  popfd: "popf",
  iretd: "iret",
  sal: "shl",
  lcall: "call",
  ljmp: "jmp",
  jmpf: "jmp",
  callf: "call",
};
const MNEMONICS: ReadonlySet<string> = new Set(
  INSTRUCTIONS.flatMap((one) => (/(movs|stos|lods)$/.test(one.mnemonic) ? ["b", "w", "d"].map((letter) => one.mnemonic + letter) : one.mnemonic)),
);

/** The mnemonic as the table spells it, with the width that its last letter gives a string instruction. */
export function canonical(written: string): { mnemonic: string; far?: true; width?: Width } | undefined {
  const lower = written.toLowerCase();
  if (lower === "retf" || lower === "lret") return { mnemonic: "ret", far: true };
  const string = /^((?:rep )?(?:movs|stos|lods))([bwd])$/.exec(lower);
  if (string) return { mnemonic: string[1] ?? "", width: LETTER[string[2] ?? ""] };
  const condition = /^(j|set)(\w+)$/.exec(lower);
  const other = condition && CONDITION_ALIASES[condition[2] ?? ""];
  const mnemonic = ALIASES[lower] ?? (condition && other ? `${condition[1]}${other}` : lower);
  return MNEMONICS.has(mnemonic) && !/(movs|stos|lods)$/.test(mnemonic) ? { mnemonic } : undefined;
}

export function unknownMnemonic(written: string, at: number): Complaint {
  return {
    column: at,
    message: `"${written}" is no instruction of this machine`,
    cure: `see the instruction table${nearest(written, MNEMONICS)}; a label ends with ":"`,
  };
}

/** Shapes that these operands may be, best first. */
function shapesOf(operands: readonly Operand[]): Shape[] {
  const [a, b] = operands;
  if (!a) return ["none"];
  const isDx = (one: Operand | undefined) => one?.kind === "register" && one.width === 2 && one.number === 2;
  const isA = (one: Operand | undefined) => one?.kind === "register" && one.number === 0;
  const key = `${a.kind}${b ? `,${b.kind}` : ""}`;
  switch (key) {
    case "register":
      return ["r"];
    case "segment":
      return ["s"];
    case "memory":
      return ["m"];
    case "number":
      return ["rel", "i", "b"];
    case "far":
      return ["far"];
    case "register,register":
      return [...(isA(a) && isDx(b) ? (["xd"] as const) : []), ...(isDx(a) && isA(b) ? (["dx"] as const) : []), ...countShape(b), "rr"];
    case "register,number":
      return isA(a) ? ["xb", "ri"] : ["ri"];
    case "number,register":
      return isA(b) ? ["bx"] : [];
    case "register,memory":
      return ["rm"];
    case "memory,register":
      return ["mr"];
    case "memory,number":
      return ["mi"];
    case "register,segment":
      return ["rs"];
    case "segment,register":
      return ["sr"];
    case "segment,memory":
      return ["sm"];
    case "memory,segment":
      return ["ms"];
    case "register,control":
      return ["rc"];
    case "control,register":
      return ["cr"];
    default:
      return [];
  }
}

function countShape(one: Operand | undefined): Shape[] {
  return one?.kind === "register" && one.width === 1 && one.number === 1 ? ["rl"] : [];
}

export function registerName(number: number, width: Width): string {
  return (width === 4 ? REGISTERS : width === 2 ? REGISTERS_16 : REGISTERS_8)[number] ?? "?";
}

/** Chooses row, shape and width; complains about operands that no form takes. */
export function select(
  name: { mnemonic: string; far?: true; width?: Width },
  operands: readonly Operand[],
  written: string,
  at: number,
): Selection | Complaint {
  const rows = INSTRUCTIONS.filter(
    (one) => one.mnemonic === name.mnemonic && (name.mnemonic !== "ret" || (one.id === "ret far") === (name.far === true)),
  );
  const shapes = operands.length > 2 ? [] : shapesOf(operands);
  for (const shape of shapes) {
    const row = rows.find((one) => one.shapes.includes(shape));
    if (!row) continue;
    const width = name.width ?? widthOf(row, shape, operands);
    if (typeof width === "object") return width;
    if (row.widths.includes(width)) return { row, shape, width };
    const register = operands.find((one) => one.kind === "register");
    const wanted = row.widths.map((one) => `${one * 8}-bit`).join(" or ");
    return {
      column: register?.column ?? at,
      message: `${written} does not take operands of ${width * 8} bits`,
      cure:
        register?.kind === "register" ? `use a ${wanted} operand, such as ${registerName(register.number & 3, row.widths[0] ?? 4)}` : `use ${wanted}`,
    };
  }
  const forms = rows.flatMap((one) => one.shapes).map((shape) => FORMS[shape]);
  return {
    column: operands[0]?.column ?? at,
    message: `${written} does not take these operands`,
    cure: `forms: ${[...new Set(forms)].map((form) => `${written} ${form}`.trim()).join(", ")}`,
  };
}

const FORMS: Readonly<Record<Shape, string>> = {
  none: "",
  r: "register",
  rr: "register, register",
  ri: "register, number",
  rm: "register, [address]",
  mr: "[address], register",
  mi: "size [address], number",
  i: "number",
  m: "[address]",
  rel: "label",
  far: "selector:offset",
  s: "segment",
  rs: "register, segment",
  sr: "segment, register",
  sm: "segment, [address]",
  ms: "[address], segment",
  rc: "register, cr0",
  cr: "cr0, register",
  xd: "al, dx",
  xb: "al, number",
  dx: "dx, al",
  bx: "number, al",
  b: "number",
  rl: "register, cl",
};

function widthOf(row: InstructionRow, shape: Shape, operands: readonly Operand[]): Width | Complaint {
  const only = row.widths.length === 1 ? row.widths[0] : undefined;
  const extends_ = row.id === "movzx" || row.id === "movsx";
  const [a, b] = operands;
  if (shape === "rc" || shape === "cr") return 4;
  if (shape === "rs" || shape === "sr" || (shape !== "m" && only !== undefined && a?.kind !== "register"))
    return registerWidth(operands) ?? only ?? 4;
  if (extends_) {
    if (a?.kind !== "register" || a.width !== 4)
      return { column: a?.column ?? 1, message: `${row.id} writes a 32-bit register`, cure: "use eax … edi first" };
    return (b?.kind === "register" || b?.kind === "memory" ? b.width : undefined) ?? unknownSize(b);
  }
  if (shape === "dx" || shape === "bx") return b?.kind === "register" ? b.width : 1;
  if (shape === "rr" && a?.kind === "register" && b?.kind === "register" && a.width !== b.width) {
    return { column: b.column, message: "the operands differ in size", cure: `use ${registerName(b.number & 3, a.width)}, or movzx` };
  }
  const register = registerWidth(operands);
  if (register !== undefined) return register;
  const memory = operands.find((one) => one.kind === "memory");
  return memory?.kind === "memory" ? (memory.width ?? only ?? unknownSize(memory)) : (only ?? 4);
}

function registerWidth(operands: readonly Operand[]): Width | undefined {
  const register = operands.find((one) => one.kind === "register");
  return register?.kind === "register" ? register.width : undefined;
}

function unknownSize(one: Operand | undefined): Complaint {
  return { column: one?.column ?? 1, message: "how many bytes is not clear", cure: "write byte, word or dword before the address" };
}
