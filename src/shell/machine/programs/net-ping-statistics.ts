/** What a ping says at its end. @source iputils@20221126 ping/ping_common.c finish */
import type { System } from "../../../linux/program";
import type { PingState } from "./net-ping";
import type { PingOptions } from "./net-ping-options";
import { print } from "./support";

/** Milliseconds with as many digits as fit. */
export function timeText(micros: number): string {
  const whole = (of: number): number => Math.floor(of);
  if (micros >= 99_950) return String(whole((micros + 500) / 1000));
  if (micros >= 9_995) return `${whole((micros + 50) / 1000)}.${whole(((micros + 50) % 1000) / 100)}`;
  if (micros >= 1_000) return `${whole((micros + 5) / 1000)}.${String(whole(((micros + 5) % 1000) / 10)).padStart(2, "0")}`;
  return `${whole(micros / 1000)}.${String(whole(micros % 1000)).padStart(3, "0")}`;
}

const millis = (micros: number): string => `${Math.floor(micros / 1000)}.${String(Math.floor(micros) % 1000).padStart(3, "0")}`;

/** As C prints a number with %g: six digits that count. */
const general = (of: number): string => String(Number(of.toPrecision(6)));

export function finish(system: System, { host, interval, flood }: PingOptions, state: PingState): void {
  const { sent, received, duplicates, errors, pipe, times } = state;
  const loss = sent === 0 ? "" : `, ${general(((sent - received) * 100) / sent)}% packet loss`;
  const elapsed = sent === 0 ? "" : `, time ${Math.floor((state.lastSent - state.began) / 1000)}ms`;
  const more = `${duplicates > 0 ? `, +${duplicates} duplicates` : ""}${errors > 0 ? `, +${errors} errors` : ""}`;
  let last = "";
  const total = received + duplicates;
  if (received > 0) {
    const mean = Math.floor(times.sum / total);
    const deviation = Math.sqrt(Math.max(0, Math.floor(times.squares / total) - mean * mean));
    last = `rtt min/avg/max/mdev = ${millis(times.min)}/${millis(mean)}/${millis(times.max)}/${millis(deviation)} ms`;
  }
  if (pipe > 1) last += `${last === "" ? "" : ", "}pipe ${pipe}`;
  if (received > 0 && (flood || interval === 0) && sent > 1) {
    const gap = Math.floor((state.lastSent - state.began) / (sent - 1));
    last += `${last === "" ? "" : ", "}ipg/ewma ${millis(gap)}/${millis(Math.floor(times.sum / total))} ms`;
  }
  print(system, `\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${received} received${more}${loss}${elapsed}\n${last}\n`);
}
