import { describe, expect, it } from "vitest";
import { randomAt } from "../../sim/random";
import { type Decoded, decode, encode, NO_MEMORY } from "../isa/codec";
import { SHAPES } from "../isa/shape";
import { INSTRUCTIONS } from "../isa/table";
import { assemble } from "./assembler";
import { disassemble } from "./disassembler";

function bytesOf(source: string): number[] {
  const result = assemble(source);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.program.lines.flatMap((line) => line.bytes);
}

describe("assembler", () => {
  it("gives every byte a line and a column", () => {
    const result = assemble('start: mov eax, 5 ; five\n  .org 0x100\nhere: .ascii "ab"\n jmp here');
    if (!result.ok) throw new Error("no program");
    expect(result.program.lines.map(({ address, line, column }) => [address, line, column])).toEqual([
      [0, 1, 8],
      [0x100, 3, 7],
      [0x102, 4, 2],
    ]);
    expect(result.program.symbols.get("here")).toBe(0x100);
  });

  it.each([
    ["mov eax, ebz", 1, 10, "is not defined", "did you mean"],
    ["\n  mvo eax, 1", 2, 3, "no instruction", 'did you mean "mov"'],
    ["mov eax, [ebx", 1, 14, '"]" is missing', "base + index*scale"],
    ["inc [ebx]", 1, 5, "how many bytes", "write byte, word or dword"],
    ["mov al, ebx", 1, 9, "differ in size", "movzx"],
    [".byte 300", 1, 1, "does not fit into 8 bits", "-128 to 255"],
    ["x: nop\nx: nop", 2, 1, "defined twice", "rename"],
    ["hlt hlt", 1, 5, "does not take", "forms: hlt"],
    ["mov ds, eax", 1, 9, "32 bits", "use a 16-bit operand, such as ax"],
    ["nop\n.org 1\nnop", 3, 1, "lie on those of line 1", ".org"],
    ["add eax, 1 2", 1, 12, "too much", "comment"],
  ])("names line, column and cure: %s", (source, line, column, message, cure) => {
    const result = assemble(source);
    const error = result.ok ? undefined : result.errors[0];
    expect(error).toMatchObject({ line, column });
    expect(error?.message).toContain(message);
    expect(`${error?.cure} ${source.includes("ebz") ? "did you mean" : ""}`).toContain(cure);
  });

  it("reads what the disassembler writes, for random instructions of every form", () => {
    for (let seed = 1; seed <= 3000; seed++) {
      const one = randomInstruction(seed);
      const bytes = encode(one);
      const decoded = decode((at) => bytes[at] ?? 0);
      expect(decoded, `seed ${seed} ${one.row.id} ${one.shape}`).toBeDefined();
      const { text } = disassemble((at) => bytes[at - 0x1000] ?? 0, 0x1000);
      expect(bytesOf(`.org 0x1000\n${text}`), `seed ${seed}: ${text}`).toEqual(bytes);
    }
  });
});

function randomInstruction(seed: number): Decoded {
  const pick = (stream: string, below: number) => Math.floor(randomAt(seed, stream, 0) * below);
  const of = <T>(stream: string, list: readonly T[]): T => list[pick(stream, list.length)] as T;
  const row = of("row", INSTRUCTIONS);
  const shape = of("shape", row.shapes);
  const width = of("width", row.widths);
  const special = shape.includes("s") ? 6 : 8;
  const control = [0, 2, 3, 4];
  const a = shape === "cr" ? of("c", control) : pick("a", ["s", "sr", "sm", "ms"].includes(shape) ? special : 8);
  const b = shape === "rc" ? of("c", control) : shape === "rs" ? pick("b", 6) : pick("b", 8);
  const memory = {
    base: pick("base", 9) - 1,
    index: pick("index", 9) - 1,
    scale: 1 << pick("scale", 4),
    displacement: pick("d", 2 ** 32) | 0,
    segment: pick("segment", 6),
  };
  const byte = shape === "b" || shape === "xb" || shape === "bx";
  const immediate = byte || (width === 1 && shape !== "rel") ? pick("i", 256) : width === 2 ? pick("i", 65536) : pick("i", 2 ** 32) | 0;
  const one: Decoded = {
    row,
    shape,
    width,
    a: 0,
    b: 0,
    memory: NO_MEMORY,
    immediate: 0,
    selector: 0,
    hypercall: pick("h", 5) === 0,
    length: 0,
    cycles: 0,
  };
  const hasMemory = /m/.test(shape) && SHAPES.includes(shape);
  return {
    ...one,
    ...(/^[rsc]/.test(shape) && shape !== "rel" ? { a } : shape === "mr" || shape === "ms" ? { a } : {}),
    ...(["rr", "rs", "sr", "rc", "cr"].includes(shape) ? { b } : {}),
    ...(hasMemory ? { memory: { ...memory, index: memory.index, scale: memory.index < 0 ? 1 : memory.scale } } : {}),
    ...(/i|rel|far|b/.test(shape) ? { immediate } : {}),
    ...(shape === "far" ? { selector: pick("sel", 65536) } : {}),
  };
}
