/**
 * Random guests for property tests, as text, from a seed: a small kernel with GDT, IDT and TSS (and, by the seed, paging, a timer, code in
 * ring 3) around chunks of random instructions. An exception is counted and goes on at the next chunk, so every program ends.
 * `sensitive` allows the instructions that a deprivileged guest cannot trust.
 */
import { randomAt } from "../../src/sim/random";

export interface RandomOptions {
  readonly seed: number;
  readonly sensitive: boolean;
  readonly chunks?: number;
}

const LONG = ["eax", "ecx", "edx", "ebx", "ebp", "esi", "edi"];
const WORD = ["ax", "cx", "dx", "bx", "bp", "si", "di"];
const BYTE = ["al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"];
const ALU = ["add", "or", "adc", "sbb", "and", "sub", "xor", "cmp", "test"];
const SHIFT = ["shl", "shr", "sar", "rol", "ror"];
const CONDITION = ["o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "l", "ge", "le", "g"];
/** Where random programs keep their data. */
const DATA = 0x6000;

class Source {
  private count = 0;
  constructor(readonly seed: number) {}
  below(n: number): number {
    this.count += 1;
    return Math.floor(randomAt(this.seed, "program", this.count) * n);
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

function number(s: Source): string {
  return s.of(["0", "1", "-1", "0x80", "0x7fffffff", "0x80000000", String(s.below(300)), `0x${s.below(2 ** 32).toString(16)}`]);
}

function memory(s: Source): string {
  const at = DATA + s.below(1000);
  if (s.chance(60)) return `[0x${at.toString(16)}]`;
  return s.of([`[ebp + 0x${at.toString(16)}]`, `[edi*2 + 0x${at.toString(16)}]`, `[0x${(DATA + 0xffc + s.below(6)).toString(16)}]`]);
}

const TYPES = [
  { size: "byte", names: BYTE, mask: 0xff },
  { size: "word", names: WORD, mask: 0xffff },
  { size: "dword", names: LONG, mask: 0xffffffff },
] as const;

function sized(s: Source, text: string, bits: number): string {
  if (bits === 32) return text;
  const value = Number(text) & (2 ** bits - 1);
  return String(s.chance(20) && value > 2 ** (bits - 1) ? value - 2 ** bits : value);
}

function alu(s: Source): string {
  const type = s.chance(60) ? TYPES[2] : s.of(TYPES);
  const bits = type.size === "byte" ? 8 : type.size === "word" ? 16 : 32;
  const a = s.of(type.names);
  const b = s.of(type.names);
  const op = s.chance(20) ? "mov" : s.of(ALU);
  return s.of([
    `${op} ${a}, ${b}`,
    `${op} ${a}, ${sized(s, number(s), bits)}`,
    `${op} ${a}, ${memory(s)}`,
    `${op} ${memory(s)}, ${a}`,
    `${op} ${type.size} ${memory(s)}, ${sized(s, number(s), bits)}`,
    `${s.of(["inc", "dec", "neg", "not"])} ${a}`,
    `${s.of(["inc", "dec", "neg", "not"])} ${type.size} ${memory(s)}`,
    `${s.of(SHIFT)} ${a}, ${s.below(34)}`,
    `${s.of(SHIFT)} ${a}, cl`,
    `${s.of(SHIFT)} ${type.size} ${memory(s)}, ${s.below(9)}`,
  ]);
}

function plain(s: Source, label: string): string[] {
  const r = s.of(LONG);
  const q = s.of(LONG);
  return s.of<() => string[]>([
    () => [alu(s)],
    () => [alu(s)],
    () => [alu(s)],
    () => [`lea ${r}, [${q} + ${s.of(LONG)}*${s.of([1, 2, 4, 8])} + ${s.below(500)}]`],
    () => [`${s.of(["movzx", "movsx"])} ${r}, ${s.chance(50) ? s.of(BYTE) : s.of(WORD)}`],
    () => [`${s.of(["movzx", "movsx"])} ${r}, ${s.of(["byte", "word"])} ${memory(s)}`],
    () => [`xchg ${r}, ${s.chance(50) ? q : memory(s)}`],
    () => [`push ${r}`, alu(s), `pop ${q}`],
    () => [`push ${number(s)}`, `pop dword ${memory(s)}`],
    () => ["pusha", alu(s), "popa"],
    () => [`set${s.of(CONDITION)} ${s.of(BYTE)}`],
    () => [`j${s.of(CONDITION)} ${label}`, alu(s), `${label}:`],
    () =>
      [`mov ecx, ${1 + s.below(12)}`, `${label}: ${alu(s).replace(/^(\w+) (ecx|cx|cl|ch)\b/, "nop ; $1")}`, "mov ecx, [loops]", `nop`].slice(0, 2),
    () => [`call ${label}f`, `jmp ${label}`, `${label}f: ${alu(s)}`, "ret", `${label}:`],
    () => [
      "cld",
      `mov esi, 0x${(DATA + s.below(500)).toString(16)}`,
      `mov edi, 0x${(DATA + 512 + s.below(400)).toString(16)}`,
      `mov ecx, ${s.below(20)}`,
      `rep ${s.of(["movsb", "movsd", "stosb", "stosd"])}`,
    ],
    () => [`mov edi, 0x${(DATA + 800).toString(16)}`, s.of(["std", "cld"]), s.of(["stosb", "stosw", "stosd"]), "cld"],
    () => [`${s.of(["mul", "imul"])} ${q}`.replace(/imul (\w+)/, `imul ${r}, $1`)],
    () => [`cdq`, `${s.of(["div", "idiv"])} ${r}`],
    () => [s.of(["clc", "stc", "cmc", "nop", "cdq", "cpuid"])],
    () => ["rdtsc"],
    () => [`mov al, ${33 + s.below(90)}`],
  ])();
}

/** Instructions that fault without privilege, so a monitor hears of them. */
function privileged(s: Source, paging: boolean): string[] {
  return s.of<() => string[]>([
    () => ["cli", alu(s), "sti"],
    () => ["sti"],
    () => [`mov al, ${33 + s.below(90)}`, "out 0xe9, al"],
    () => ["mov dx, 0xe9", "in al, dx"],
    () => ["lidt [idtr]"],
    () => ["lgdt [gdtr]"],
    () => [`mov ${s.of(LONG)}, cr${s.of([0, 2, 3])}`],
    () => [`mov eax, ${s.below(5000)}`, "mov cr2, eax"],
    () => (paging ? ["mov eax, cr3", "mov cr3, eax"] : ["clts"]),
    () => [`invlpg [0x${DATA.toString(16)}]`],
    () => ["mov eax, cr0", "or eax, 8", "mov cr0, eax"],
    () => ["clts"],
    () => ["int 0x80"],
    () => [s.of(["ud2", "int3", "int 0x50", "xor ecx, ecx\n div ecx", "mov eax, [0x300000]", "mov dword [0x7fffff00], 1"])],
    () => ["mov ax, 0x10", `mov ${s.of(["es", "fs", "gs"])}, ax`],
    () => [`mov ax, 0x${s.of(["0", "18", "33", "70", "8"])}`, `mov ${s.of(["fs", "gs"])}, ax`],
  ])();
}

/** What a deprivileged guest cannot trust: each one leaves its result where the end can see it. */
export const SENSITIVE: Readonly<Record<string, readonly string[]>> = {
  pushf: ["cli", "pushf", "pop dword [seen]", "sti"],
  popf: ["sti", "push 2", "popf", "mov dword [mark], 5"],
  sgdt: ["sgdt [seen]"],
  sidt: ["sidt [seen]"],
  sldt: ["sldt [seen]", "mov [seen], ax"].slice(1),
  smsw: ["smsw eax", "mov [seen], eax"],
  str: ["str ax", "mov [seen], ax"],
  lar: ["mov ebx, 0x10", "lar eax, ebx", "mov [seen], eax"],
  lsl: ["mov ebx, 0x10", "lsl eax, ebx", "mov [seen], eax"],
  verr: ["mov ax, 0x11", "verr ax", "sete [seen]"],
  verw: ["mov ax, 0x11", "verw ax", "sete [seen]"],
  "push seg": ["push cs", "pop dword [seen]"],
  "mov seg": ["mov ax, cs", "mov [seen], ax"],
  "pop seg": ["push 0x11", "pop fs"],
  "call far": ["call 0x08:leaf"],
  "jmp far": ["jmp 0x09:bounce"],
  "ret far": ["push 0x09", "push bounce", "retf"],
};

/** Body of one chunk; a fault anywhere goes on at the next. */
function chunk(s: Source, index: number, options: RandomOptions, user: boolean, paging: boolean): string[] {
  const lines: string[] = [];
  const count = 3 + s.below(8);
  for (let i = 0; i < count; i++) {
    const label = `l${index}_${i}`;
    const dice = s.below(100);
    if (dice < 20) lines.push(...privileged(s, paging));
    else if (dice < 26 && options.sensitive && !user) lines.push(...(SENSITIVE[s.of(Object.keys(SENSITIVE))] ?? []));
    else lines.push(...plain(s, label));
  }
  return [`mov dword [resume], c${index + 1}`, ...lines, `c${index + 1}:`];
}

/** Text of a guest. The same seed gives the same text. */
export function randomProgram(options: RandomOptions): string {
  const s = new Source(options.seed);
  const paging = s.chance(50);
  const timer = s.chance(50);
  const user = s.chance(40);
  const period = 16 + s.below(40);
  const chunks = options.chunks ?? 6 + s.below(8);
  const body = Array.from({ length: chunks }, (_, i) => chunk(s, i, options, false, paging)).flat();
  const outside = Array.from({ length: 3 }, (_, i) => chunk(s, chunks + 100 + i, options, true, paging)).flat();
  return [
    KERNEL_HEAD,
    paging ? PAGING : "",
    timer ? `mov al, 0x34\n out 0x43, al\n mov al, ${period}\n out 0x40, al\n mov al, 0\n out 0x40, al\n mov al, 0xfe\n out 0x21, al` : "",
    "mov ebp, 0x10\n mov edi, 4\n sti",
    ...body,
    user ? userPart(outside) : "",
    KERNEL_TAIL,
  ].join("\n");
}

function userPart(lines: readonly string[]): string {
  return [
    "cli\n mov dword [resume], done",
    "push 0x23\n push 0xb000\n push 0x202\n push 0x1b\n push inuser\n iret",
    "inuser: mov ax, 0x23\n mov ds, ax\n mov es, ax",
    ...lines,
    "mov eax, 0x600d\n int 0x81",
  ].join("\n");
}

const KERNEL_HEAD = `
.equ STACK, 0x9000
.org 0x1000
start: lgdt [gdtr]
 lidt [idtr]
 mov ax, 0x28
 ltr ax
 mov esp, STACK
 mov al, 0x11
 out 0x20, al
 mov al, 0x20
 out 0x21, al
 mov al, 4
 out 0x21, al
 mov al, 1
 out 0x21, al
`;

/** One table of 1024 entries maps the first 4 MiB one to one, for users as well; the fourth MiB is not there. */
const PAGING = `
 mov edi, 0x11000
 mov eax, 7
 mov ecx, 768
fill: mov [edi], eax
 add edi, 4
 add eax, 0x1000
 loop fill
 mov dword [0x10000], 0x11007
 mov eax, 0x10000
 mov cr3, eax
 mov eax, cr0
 or eax, 0x80000000
 mov cr0, eax
`;

const FAULTS = Array.from({ length: 32 }, (_, vector) => vector);
const CODED = [8, 10, 11, 12, 13, 14];

const KERNEL_TAIL =
  `
done: cli
 mov esp, STACK
 mov dword [mark], 0x0d0e
 hlt
leaf: mov dword [seen], 0
 push eax
 mov eax, [esp + 8]
 mov [seen], eax
 pop eax
 retf
bounce: inc dword [mark]
 jmp 0x08:[resume]
`.replace(" jmp 0x08:[resume]", " push eax\n mov eax, [resume]\n xchg eax, [esp]\n ret") +
  `
${FAULTS.map((v) => `f${v}: ${CODED.includes(v) ? "add esp, 4\n " : ""}inc dword [${0x7000 + v * 4}]\n jmp fault`).join("\n")}
fault: push eax
 mov eax, [resume]
 mov [esp + 4], eax
 pop eax
 iret
tick: push eax
 inc dword [ticks]
 mov al, 0x20
 out 0x20, al
 pop eax
 iret
call80: inc dword [calls]
 iret
call81: mov ax, 0x10
 mov ds, ax
 mov es, ax
 jmp done
.align 8
gdt: .long 0, 0
 .long 0x0000ffff, 0x00cf9a00
 .long 0x0000ffff, 0x00cf9200
 .long 0x0000ffff, 0x00cffa00
 .long 0x0000ffff, 0x00cff200
 .word 0x67, tss & 0xffff
 .byte tss >> 16, 0x89, 0, 0
 .long 0x0000ffff, 0x00cf1200
gdtr: .word 55
 .long gdt
idtr: .word ${0x82 * 8 - 1}
 .long idt
.align 4
tss: .long 0, 0xa000, 0x10
 .space 92
resume: .long done
mark: .long 0
ticks: .long 0
calls: .long 0
loops: .long 0
seen: .long 0, 0
.align 8
idt:
${Array.from({ length: 0x82 }, (_, v) => {
  const target = v < 32 ? `f${v}` : v === 0x20 ? "tick" : v === 0x80 ? "call80" : v === 0x81 ? "call81" : "f6";
  const gate = v === 0x80 || v === 0x81 ? "0xee00" : "0x8e00";
  return ` .word ${target} & 0xffff, 0x08\n .word ${gate}, ${target} >> 16`;
}).join("\n")}
.org 0x6000
.long 1, 2, 3, 0xdeadbeef, 0x80000000, 0x7fffffff, -1
`;
