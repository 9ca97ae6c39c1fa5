/**
 * `fault`: breaks something and mends it again, from the terminal. No program of the real system: it is the lab's hand from outside, so
 * that whatever is done with the mouse can also be typed.
 */
import { FAULT_USAGE, parseFault } from "../fault-line";
import { err, out, type Run } from "../program";

export function* fault(args: readonly string[]): Run<number> {
  if (args.length === 0 || args[0] === "-h" || args[0] === "--help" || args[0] === "help") {
    yield* out(FAULT_USAGE.map((line, i) => `${i === 0 ? "Usage:" : "      "} fault ${line}\n`).join(""));
    return 0;
  }
  const parsed = parseFault(args.join(" "));
  if ("error" in parsed) {
    yield* err(`fault: ${parsed.error}\n`);
    return 2;
  }
  yield { do: "fault", fault: parsed.fault };
  return 0;
}
