/** Names of registers and flags, in the order of their numbers. */

export const REGISTERS = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"] as const;
export const REGISTERS_16 = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"] as const;
export const REGISTERS_8 = ["al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"] as const;
export const SEGMENTS = ["es", "cs", "ss", "ds", "fs", "gs"] as const;
export const ES = 0;
export const CS = 1;
export const SS = 2;
export const DS = 3;

/** The conditions of Jcc and SETcc in the order of their numbers; parity is not modelled. */
export const CONDITIONS = ["o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"] as const;
/** Other spellings that assemblers take. */
export const CONDITION_ALIASES: Readonly<Record<string, string>> = {
  c: "b",
  nae: "b",
  nb: "ae",
  nc: "ae",
  z: "e",
  nz: "ne",
  na: "be",
  nbe: "a",
  nge: "l",
  nl: "ge",
  ng: "le",
  nle: "g",
};

/** Bits of EFLAGS. */
export const CF = 0x001;
/** Always one. */
export const FLAG_FIXED = 0x002;
export const ZF = 0x040;
export const SF = 0x080;
export const IF = 0x200;
export const DF = 0x400;
export const OF = 0x800;
export const IOPL_SHIFT = 12;
export const IOPL = 0x3000;

/** Bits of CR0. */
export const CR0_PE = 0x1;
export const CR0_MP = 0x2;
export const CR0_TS = 0x8;
export const CR0_NE = 0x20;
export const CR0_WP = 0x10000;
export const CR0_PG = 0x80000000;

/** Exceptions by vector. */
export const EXCEPTIONS: Readonly<Record<number, string>> = {
  0: "#DE",
  3: "#BP",
  6: "#UD",
  8: "#DF",
  10: "#TS",
  11: "#NP",
  12: "#SS",
  13: "#GP",
  14: "#PF",
};
export const DE = 0;
export const BP = 3;
export const UD = 6;
export const DOUBLE_FAULT = 8;
export const TS = 10;
export const NP = 11;
export const SS_FAULT = 12;
export const GP = 13;
export const PF = 14;
