/** What each instruction does, for the dumb interpreter: one long switch over the table's ids, in BigInt. */
import type { Decoded } from "../../src/hypervisor/isa/codec";
import {
  type Desc,
  deliver,
  descriptor,
  type Dumb,
  dumbIn,
  dumbOut,
  GuestFault,
  hidden,
  need,
  num,
  packFlags,
  segRead,
  segWrite,
  stackSeg,
  u32,
} from "./dumb";

const NULL_SEG = { selector: 0, base: 0, limit: 0, access: 0 };
const CONDITION_NAMES = ["o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"];

function getReg(d: Dumb, n: number, width: number): bigint {
  if (width === 1 && n >= 4) return BigInt.asUintN(8, (d.regs[n - 4] ?? 0n) >> 8n);
  return BigInt.asUintN(width * 8, d.regs[n] ?? 0n);
}

function setReg(d: Dumb, n: number, width: number, value: bigint): void {
  const v = BigInt.asUintN(width * 8, value);
  if (width === 4) d.regs[n] = v;
  else if (width === 2) d.regs[n] = ((d.regs[n] ?? 0n) & 0xffff0000n) | v;
  else if (n < 4) d.regs[n] = ((d.regs[n] ?? 0n) & 0xffffff00n) | v;
  else d.regs[n - 4] = ((d.regs[n - 4] ?? 0n) & 0xffff00ffn) | (v << 8n);
}

function ea(d: Dumb, i: Decoded): bigint {
  const m = i.memory;
  const base = m.base < 0 ? 0n : (d.regs[m.base] ?? 0n);
  const index = m.index < 0 ? 0n : (d.regs[m.index] ?? 0n) * BigInt(m.scale);
  return u32(base + index + BigInt(m.displacement));
}

const inMemory = (i: Decoded): boolean => i.shape.startsWith("m");
const dst = (d: Dumb, i: Decoded): bigint => (inMemory(i) ? segRead(d, i.memory.segment, ea(d, i), i.width) : getReg(d, i.a, i.width));
function put(d: Dumb, i: Decoded, value: bigint): void {
  if (inMemory(i)) segWrite(d, i.memory.segment, ea(d, i), i.width, value);
  else setReg(d, i.a, i.width, value);
}
function src(d: Dumb, i: Decoded): bigint {
  if (i.shape === "rr") return getReg(d, i.b, i.width);
  if (i.shape === "mr") return getReg(d, i.a, i.width);
  if (i.shape === "rm") return segRead(d, i.memory.segment, ea(d, i), i.width);
  if (i.shape === "rl") return getReg(d, 1, 1);
  return BigInt.asUintN(i.width * 8, BigInt(i.immediate));
}

function push(d: Dumb, value: bigint): void {
  const at = u32((d.regs[4] ?? 0n) - 4n);
  segWrite(d, 2, at, 4, value);
  d.regs[4] = at;
}
const top = (d: Dumb, depth: number): bigint => segRead(d, 2, u32((d.regs[4] ?? 0n) + BigInt(depth)), 4);
function moveEsp(d: Dumb, by: number): void {
  d.regs[4] = u32((d.regs[4] ?? 0n) + BigInt(by));
}

function ring0(d: Dumb): void {
  if (d.cpl > 0) throw new GuestFault(13, 0);
}
function iopl(d: Dumb): void {
  if (d.cpl > d.flags.iopl) throw new GuestFault(13, 0);
}

function zs(d: Dumb, r: bigint, bits: number): void {
  d.flags.zf = BigInt.asUintN(bits, r) === 0n;
  d.flags.sf = BigInt.asIntN(bits, r) < 0n;
}

/** Add and subtract with exact numbers: carry and overflow are "it did not fit". */
function sum(d: Dumb, x: bigint, y: bigint, carry: boolean, minus: boolean, bits: number): bigint {
  const c = carry ? 1n : 0n;
  const exact = minus ? x - y - c : x + y + c;
  const sx = BigInt.asIntN(bits, x);
  const sy = BigInt.asIntN(bits, y);
  const signed = minus ? sx - sy - c : sx + sy + c;
  d.flags.cf = exact < 0n || exact >= 1n << BigInt(bits);
  d.flags.of = BigInt.asIntN(bits, signed) !== signed;
  zs(d, exact, bits);
  return BigInt.asUintN(bits, exact);
}

/** Runs a computation whose flags appear only when its result could be stored. */
function stored(d: Dumb, i: Decoded, compute: () => bigint): void {
  const before = { ...d.flags };
  const result = compute();
  const after = d.flags;
  d.flags = before;
  put(d, i, result);
  d.flags = after;
}

function arithmetic(d: Dumb, i: Decoded): void {
  const bits = i.width * 8;
  const y = src(d, i);
  const x = dst(d, i);
  const logic = (r: bigint) => {
    d.flags.cf = false;
    d.flags.of = false;
    zs(d, r, bits);
    return r;
  };
  switch (i.row.id) {
    case "add":
      return stored(d, i, () => sum(d, x, y, false, false, bits));
    case "adc":
      return stored(d, i, () => sum(d, x, y, d.flags.cf, false, bits));
    case "sub":
      return stored(d, i, () => sum(d, x, y, false, true, bits));
    case "sbb":
      return stored(d, i, () => sum(d, x, y, d.flags.cf, true, bits));
    case "and":
      return stored(d, i, () => logic(x & y));
    case "or":
      return stored(d, i, () => logic(x | y));
    case "xor":
      return stored(d, i, () => logic(x ^ y));
    case "cmp":
      sum(d, x, y, false, true, bits);
      return;
    default:
      logic(x & y);
  }
}

function shift(d: Dumb, i: Decoded): void {
  const bits = i.width * 8;
  const count = Number(src(d, i) & 31n);
  const x = dst(d, i);
  stored(d, i, () => {
    if (count === 0) return x;
    d.flags = { ...d.flags };
    const text = x.toString(2).padStart(bits, "0");
    let now = text;
    for (let k = 0; k < count; k++) {
      const head = now[0] ?? "0";
      const tail = now.at(-1) ?? "0";
      const before = now;
      if (i.row.id === "shl") now = `${now.slice(1)}0`;
      else if (i.row.id === "shr") now = `0${now.slice(0, -1)}`;
      else if (i.row.id === "sar") now = head + now.slice(0, -1);
      else if (i.row.id === "rol") now = now.slice(1) + head;
      else now = tail + now.slice(0, -1);
      const left = i.row.id === "shl" || i.row.id === "rol";
      d.flags.cf = (left ? head : tail) === "1";
      if (i.row.id === "shr") d.flags.of = before[0] === "1";
      else if (i.row.id === "sar") d.flags.of = false;
      else if (i.row.id === "ror") d.flags.of = now[0] !== now[1];
      else d.flags.of = (now[0] === "1") !== d.flags.cf;
    }
    const r = BigInt(`0b${now}`);
    if (i.row.id !== "rol" && i.row.id !== "ror") zs(d, r, bits);
    return r;
  });
}

function one(d: Dumb, i: Decoded): void {
  const bits = i.width * 8;
  const x = dst(d, i);
  const { cf } = d.flags;
  stored(d, i, () => {
    d.flags = { ...d.flags };
    switch (i.row.id) {
      case "not":
        return BigInt.asUintN(bits, ~x);
      case "neg":
        return sum(d, 0n, x, false, true, bits);
      default: {
        const r = sum(d, x, 1n, false, i.row.id === "dec", bits);
        d.flags.cf = cf;
        return r;
      }
    }
  });
}

function multiply(d: Dumb, i: Decoded): void {
  if (i.row.id === "imul") {
    const exact = BigInt.asIntN(32, getReg(d, i.a, 4)) * BigInt.asIntN(32, src(d, i));
    setReg(d, i.a, 4, exact);
    d.flags.cf = d.flags.of = BigInt.asIntN(32, exact) !== exact;
    return;
  }
  const y = dst(d, i);
  const edx = d.regs[2] ?? 0n;
  const eax = d.regs[0] ?? 0n;
  if (i.row.id === "mul") {
    const exact = eax * y;
    d.regs[0] = u32(exact);
    d.regs[2] = exact >> 32n;
    d.flags.cf = d.flags.of = exact >> 32n !== 0n;
    return;
  }
  if (y === 0n) throw new GuestFault(0, 0);
  const signed = i.row.id === "idiv";
  const n = signed ? BigInt.asIntN(64, (edx << 32n) | eax) : (edx << 32n) | eax;
  const by = signed ? BigInt.asIntN(32, y) : y;
  const q = n / by;
  if (signed ? BigInt.asIntN(32, q) !== q : q >= 1n << 32n) throw new GuestFault(0, 0);
  d.regs[0] = u32(q);
  d.regs[2] = u32(n % by);
}

function condition(d: Dumb, name: string): boolean {
  const f = d.flags;
  const at = CONDITION_NAMES.indexOf(name);
  const even = [f.of, f.cf, f.zf, f.cf || f.zf, f.sf, false, f.sf !== f.of, f.zf || f.sf !== f.of][at >> 1] ?? false;
  return at % 2 === 0 ? even : !even;
}

function go(d: Dumb, to: bigint): void {
  const at = u32(to);
  if (num(at) > (d.segs[1]?.limit ?? 0)) throw new GuestFault(13, 0);
  d.eip = at;
}

function unpackFlags(d: Dumb, value: number): void {
  const f = { ...d.flags };
  f.cf = value % 2 === 1;
  f.zf = (value & 64) !== 0;
  f.sf = (value & 128) !== 0;
  f.df = (value & 1024) !== 0;
  f.of = (value & 2048) !== 0;
  if (d.cpl <= d.flags.iopl) f.if = (value & 512) !== 0;
  if (d.cpl === 0) f.iopl = (value >> 12) & 3;
  d.flags = f;
}

function loadSeg(d: Dumb, seg: number, selector: number): void {
  if (seg === 1) throw new GuestFault(6, 0);
  if (seg === 2) {
    d.segs[2] = stackSeg(d, selector, d.cpl, 13);
    d.inhibit = true;
    return;
  }
  if ((selector & 0xfffc) === 0) {
    d.segs[seg] = { ...NULL_SEG, selector };
    return;
  }
  const x = need(d, selector, 13);
  const kind = x.access & 0x1a;
  if (kind < 0x10 || kind === 0x18 || x.dpl < d.cpl || x.dpl < selector % 4) throw new GuestFault(13, selector & 0xfffc);
  if ((x.access & 0x80) === 0) throw new GuestFault(11, selector & 0xfffc);
  d.segs[seg] = hidden(selector, x);
}

function codeSeg(d: Dumb, selector: number, back: boolean): Desc {
  const x = need(d, selector, 13);
  const rpl = selector % 4;
  const good = back ? rpl >= d.cpl && x.dpl === rpl : x.dpl === d.cpl && rpl <= d.cpl;
  if ((x.access & 0x18) !== 0x18 || !good) throw new GuestFault(13, selector & 0xfffc);
  if ((x.access & 0x80) === 0) throw new GuestFault(11, selector & 0xfffc);
  return x;
}

function farBack(d: Dumb, words: number, flags: number | undefined): void {
  const eip = top(d, 0);
  const selector = Number(top(d, 4) & 0xffffn);
  const x = codeSeg(d, selector, true);
  const ring = selector % 4;
  let esp = u32((d.regs[4] ?? 0n) + BigInt(words * 4));
  let ss = d.segs[2] ?? NULL_SEG;
  const outer = ring > d.cpl;
  if (outer) {
    esp = top(d, words * 4);
    ss = stackSeg(d, Number(top(d, words * 4 + 4) & 0xffffn), ring, 13);
  }
  if (num(eip) > x.limit) throw new GuestFault(13, 0);
  if (flags !== undefined) unpackFlags(d, flags);
  d.eip = eip;
  d.segs[1] = hidden(selector, x);
  d.regs[4] = esp;
  d.cpl = ring;
  if (!outer) return;
  d.segs[2] = ss;
  for (const seg of [0, 3, 4, 5]) {
    const { access } = d.segs[seg] ?? NULL_SEG;
    if (access !== 0 && ((access >> 5) & 3) < ring) d.segs[seg] = NULL_SEG;
  }
}

function farJump(d: Dumb, i: Decoded, call: boolean): void {
  const x = codeSeg(d, i.selector, false);
  const to = u32(BigInt(i.immediate));
  if (num(to) > x.limit) throw new GuestFault(13, 0);
  if (call) {
    const esp = d.regs[4] ?? 0n;
    segWrite(d, 2, u32(esp - 8n), 4, d.eip);
    segWrite(d, 2, u32(esp - 4n), 4, BigInt(d.segs[1]?.selector ?? 0));
    d.regs[4] = u32(esp - 8n);
  }
  d.segs[1] = hidden((i.selector & 0xfffc) + d.cpl, x);
  d.eip = to;
}

function seen(d: Dumb, selector: number): Desc | undefined {
  if ((selector & 0xfffc) === 0) return undefined;
  const x = descriptor(d, selector);
  return x && x.dpl >= d.cpl && x.dpl >= selector % 4 ? x : undefined;
}

function string(d: Dumb, i: Decoded): void {
  const n = i.width;
  const by = BigInt(d.flags.df ? -n : n);
  const id = i.row.id.replace("rep ", "");
  const repeat = i.row.id.startsWith("rep ");
  if (repeat && d.regs[1] === 0n) return;
  if (id === "lods") setReg(d, 0, n, segRead(d, 3, d.regs[6] ?? 0n, n));
  else segWrite(d, 0, d.regs[7] ?? 0n, n, id === "movs" ? segRead(d, 3, d.regs[6] ?? 0n, n) : getReg(d, 0, n));
  if (id !== "stos") d.regs[6] = u32((d.regs[6] ?? 0n) + by);
  if (id !== "lods") d.regs[7] = u32((d.regs[7] ?? 0n) + by);
  if (!repeat) return;
  d.regs[1] = (d.regs[1] ?? 0n) - 1n;
  if (d.regs[1] !== 0n) d.eip = u32(d.eip - BigInt(i.length));
}

function system(d: Dumb, i: Decoded): boolean {
  const word = () => Number(getReg(d, i.a, 2));
  switch (i.row.id) {
    case "cli":
      iopl(d);
      d.flags.if = false;
      return true;
    case "sti":
      iopl(d);
      if (!d.flags.if) d.inhibit = true;
      d.flags.if = true;
      return true;
    case "hlt":
      ring0(d);
      d.halted = true;
      return true;
    case "in": {
      iopl(d);
      setReg(d, 0, i.width, dumbIn(d, i.shape === "xb" ? i.immediate : Number(getReg(d, 2, 2)), i.width));
      return true;
    }
    case "out":
      iopl(d);
      dumbOut(d, i.shape === "bx" ? i.immediate : Number(getReg(d, 2, 2)), i.width, Number(getReg(d, 0, i.width)));
      return true;
    case "lgdt":
    case "lidt": {
      ring0(d);
      const limit = Number(segRead(d, i.memory.segment, ea(d, i), 2));
      const base = Number(segRead(d, i.memory.segment, u32(ea(d, i) + 2n), 4));
      if (i.row.id === "lgdt") d.gdtr = { base, limit };
      else d.idtr = { base, limit };
      return true;
    }
    case "sgdt":
    case "sidt": {
      const table = i.row.id === "sgdt" ? d.gdtr : d.idtr;
      segWrite(d, i.memory.segment, ea(d, i), 2, BigInt(table.limit));
      segWrite(d, i.memory.segment, u32(ea(d, i) + 2n), 4, BigInt(table.base));
      return true;
    }
    case "lldt":
    case "ltr": {
      ring0(d);
      const s = word();
      const ldt = i.row.id === "lldt";
      if (ldt && (s & 0xfffc) === 0) {
        d.ldtr = { ...NULL_SEG, selector: s };
        return true;
      }
      if ((s & 4) !== 0) throw new GuestFault(13, s & 0xfffc);
      const x = need(d, s, 13);
      if ((x.access & 0x1f) !== (ldt ? 2 : 9)) throw new GuestFault(13, s & 0xfffc);
      if ((x.access & 0x80) === 0) throw new GuestFault(11, s & 0xfffc);
      if (ldt) d.ldtr = hidden(s, x);
      else d.tr = hidden(s, x);
      return true;
    }
    case "sldt":
      setReg(d, i.a, 2, BigInt(d.ldtr.selector));
      return true;
    case "str":
      setReg(d, i.a, 2, BigInt(d.tr.selector));
      return true;
    case "smsw":
      setReg(d, i.a, 4, d.cr[0] ?? 0n);
      return true;
    case "lmsw":
      ring0(d);
      d.cr[0] = ((d.cr[0] ?? 0n) & ~0xen) | (BigInt(word()) & 0xen);
      return true;
    case "clts":
      ring0(d);
      d.cr[0] = (d.cr[0] ?? 0n) & ~8n;
      return true;
    case "invlpg":
      ring0(d);
      return true;
    case "mov cr": {
      ring0(d);
      if (i.shape === "rc") {
        d.regs[i.a] = d.cr[i.b] ?? 0n;
        return true;
      }
      const value = d.regs[i.b] ?? 0n;
      if (i.a === 0 && (value & 1n) === 0n) throw new GuestFault(13, 0);
      d.cr[i.a] = value;
      return true;
    }
    case "pushf":
      push(d, BigInt(packFlags(d)));
      return true;
    case "popf": {
      const value = num(top(d, 0));
      moveEsp(d, 4);
      unpackFlags(d, value);
      return true;
    }
    case "lar":
    case "lsl": {
      const x = seen(d, Number(getReg(d, i.b, 2)));
      const fit = x && (i.row.id === "lar" || (x.access & 0x10) !== 0 || [2, 9, 11].includes(x.access & 0x1f));
      d.flags.zf = Boolean(fit);
      if (x && fit) setReg(d, i.a, 4, BigInt(i.row.id === "lar" ? x.high & 0x00f0ff00 : x.limit));
      return true;
    }
    case "verr":
    case "verw": {
      const kind = (seen(d, word())?.access ?? 0) & 0x1a;
      d.flags.zf = i.row.id === "verr" ? kind === 0x10 || kind === 0x12 || kind === 0x1a : kind === 0x12;
      return true;
    }
    case "arpl": {
      const want = getReg(d, i.b, 2) & 3n;
      d.flags.zf = (BigInt(word()) & 3n) < want;
      if (d.flags.zf) setReg(d, i.a, 2, (BigInt(word()) & ~3n) | want);
      return true;
    }
    case "cpuid": {
      const leaf = d.regs[0];
      const text = (s: string) => BigInt([...s].reduceRight((n, c) => n * 256 + c.charCodeAt(0), 0));
      const answer = leaf === 0n ? [1n, text("Stra"), text("est0"), text("taGu")] : leaf === 1n ? [0x600n, 0n, 0n, 0x38n] : [0n, 0n, 0n, 0n];
      [d.regs[0], d.regs[3], d.regs[1], d.regs[2]] = answer as [bigint, bigint, bigint, bigint];
      return true;
    }
    case "rdtsc":
      d.regs[0] = u32(BigInt(d.cycles));
      d.regs[2] = BigInt(d.cycles) >> 32n;
      return true;
    default:
      return false;
  }
}

/** Executes one instruction; EIP is already behind it. Throws a GuestFault with nothing changed. */
export function instruction(d: Dumb, i: Decoded): void {
  const { id } = i.row;
  if (["add", "adc", "sub", "sbb", "and", "or", "xor", "cmp", "test"].includes(id)) return arithmetic(d, i);
  if (["shl", "shr", "sar", "rol", "ror"].includes(id)) return shift(d, i);
  if (["inc", "dec", "neg", "not"].includes(id)) return one(d, i);
  if (["mul", "imul", "div", "idiv"].includes(id)) return multiply(d, i);
  if (/(movs|stos|lods)$/.test(id)) return string(d, i);
  if (id !== "jmp" && id !== "jmp far" && /^j\w+$/.test(id)) return condition(d, id.slice(1)) ? go(d, d.eip + BigInt(i.immediate)) : undefined;
  if (/^set\w+$/.test(id)) return put(d, i, condition(d, id.slice(3)) ? 1n : 0n);
  if (system(d, i)) return;
  plain(d, i);
}

function plain(d: Dumb, i: Decoded): void {
  const target = () => (i.shape === "rel" ? u32(d.eip + BigInt(i.immediate)) : dst(d, i));
  switch (i.row.id) {
    case "mov":
      return put(d, i, src(d, i));
    case "movzx":
      return setReg(d, i.a, 4, src(d, i));
    case "movsx":
      return setReg(d, i.a, 4, BigInt.asIntN(i.width * 8, src(d, i)));
    case "lea":
      return setReg(d, i.a, 4, ea(d, i));
    case "xchg": {
      const mine = getReg(d, i.a, i.width);
      const other = src(d, i);
      if (i.shape === "rr") setReg(d, i.b, i.width, mine);
      else segWrite(d, i.memory.segment, ea(d, i), i.width, mine);
      return setReg(d, i.a, i.width, other);
    }
    case "push":
      return push(d, i.shape === "i" ? u32(BigInt(i.immediate)) : dst(d, i));
    case "pop": {
      const value = top(d, 0);
      moveEsp(d, 4);
      try {
        put(d, i, value);
      } catch (fault) {
        moveEsp(d, -4);
        throw fault;
      }
      return;
    }
    case "pusha": {
      const saved = d.regs[4] ?? 0n;
      const all = [...d.regs];
      try {
        for (const value of all) push(d, value);
      } catch (fault) {
        d.regs[4] = saved;
        throw fault;
      }
      return;
    }
    case "popa": {
      const all = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => top(d, k * 4));
      for (const [k, value] of all.reverse().entries()) if (k !== 4) d.regs[k] = value;
      return moveEsp(d, 32);
    }
    case "leave": {
      const ebp = d.regs[5] ?? 0n;
      d.regs[5] = segRead(d, 2, ebp, 4);
      d.regs[4] = u32(ebp + 4n);
      return;
    }
    case "cdq":
      d.regs[2] = (d.regs[0] ?? 0n) >= 0x80000000n ? 0xffffffffn : 0n;
      return;
    case "jmp":
      return go(d, target());
    case "call": {
      const to = target();
      if (num(to) > (d.segs[1]?.limit ?? 0)) throw new GuestFault(13, 0);
      push(d, d.eip);
      d.eip = to;
      return;
    }
    case "ret":
      go(d, top(d, 0));
      return moveEsp(d, 4 + i.immediate);
    case "loop": {
      const left = u32((d.regs[1] ?? 0n) - 1n);
      if (left !== 0n) go(d, d.eip + BigInt(i.immediate));
      d.regs[1] = left;
      return;
    }
    case "nop":
      return;
    case "int3":
      return deliver(d, 3, true);
    case "int":
      return deliver(d, i.immediate, true);
    case "iret":
      return farBack(d, 3, num(top(d, 8)));
    case "ret far":
      return farBack(d, 2, undefined);
    case "call far":
      return farJump(d, i, true);
    case "jmp far":
      return farJump(d, i, false);
    case "clc":
    case "stc":
    case "cmc":
      d.flags = { ...d.flags, cf: i.row.id === "cmc" ? !d.flags.cf : i.row.id === "stc" };
      return;
    case "cld":
    case "std":
      d.flags = { ...d.flags, df: i.row.id === "std" };
      return;
    case "pop seg":
      loadSeg(d, i.a, Number(top(d, 0) & 0xffffn));
      return moveEsp(d, 4);
    case "push seg":
      return push(d, BigInt(d.segs[i.a]?.selector ?? 0));
    case "mov seg":
      if (i.shape === "rs") return setReg(d, i.a, 2, BigInt(d.segs[i.b]?.selector ?? 0));
      if (i.shape === "ms") return segWrite(d, i.memory.segment, ea(d, i), 2, BigInt(d.segs[i.a]?.selector ?? 0));
      return loadSeg(d, i.a, Number(i.shape === "sr" ? getReg(d, i.b, 2) : segRead(d, i.memory.segment, ea(d, i), 2)));
    default:
      throw new GuestFault(6, 0);
  }
}
