/**
 * Signals by name and number, and what each does where nobody handles it.
 *
 * Not modelled: queued real-time signals with values; of each signal at most one is pending.
 *
 * @rule linux.signal.defaults
 * @source man-pages@6.9 signal(7)
 */
const NUMBERS = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  STKFLT: 16,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  URG: 23,
  XCPU: 24,
  XFSZ: 25,
  VTALRM: 26,
  PROF: 27,
  WINCH: 28,
  IO: 29,
  PWR: 30,
  SYS: 31,
} as const;

export type SignalName = keyof typeof NUMBERS;
export type SignalAction = "terminate" | "core" | "ignore" | "stop" | "continue";

export const SIGNAL_NAMES = Object.keys(NUMBERS) as readonly SignalName[];
export const signalNumber = (name: SignalName): number => NUMBERS[name];
export const signalByNumber = (number: number): SignalName | undefined => SIGNAL_NAMES.find((name) => NUMBERS[name] === number);

const CORE: readonly SignalName[] = ["QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "SEGV", "XCPU", "XFSZ", "SYS"];
export const STOPS: readonly SignalName[] = ["STOP", "TSTP", "TTIN", "TTOU"];

export function defaultAction(name: SignalName): SignalAction {
  if (name === "CHLD" || name === "URG" || name === "WINCH") return "ignore";
  if (name === "CONT") return "continue";
  if (STOPS.includes(name)) return "stop";
  return CORE.includes(name) ? "core" : "terminate";
}

/** Sixteen hexadecimal digits, as /proc/PID/status prints a set. */
export function signalMask(names: readonly SignalName[]): string {
  let low = 0;
  for (const name of names) low += 2 ** (NUMBERS[name] - 1);
  return low.toString(16).padStart(16, "0");
}
