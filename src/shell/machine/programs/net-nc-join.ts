/** Standard input to a socket and back, until both have ended. @source netcat-openbsd@1.219 netcat.c readwrite */
import type { System } from "../../../linux/program";
import { print } from "./support";

export interface Joined {
  readonly fd: number;
  readonly listen: boolean;
  /** The other side is told when the input has ended. */
  readonly shut: boolean;
  /** So long after the input's end it goes on. */
  readonly quit?: number;
  readonly timeout?: number;
  readonly datagrams: boolean;
  readonly stdin: boolean;
  readonly net: boolean;
  /** When it ends whatever comes. */
  readonly until?: number;
}

const CHUNK = 16_384;

function wait(state: Joined, now: number): number {
  const { timeout, until } = state;
  const left = until === undefined ? undefined : Math.max(0, until - now);
  if (timeout === undefined) return left ?? -1;
  return left === undefined ? timeout : Math.min(timeout, left);
}

function fromInput(system: System, state: Joined, now: number): Joined | undefined {
  const got = system.read(0, CHUNK);
  if (got.ok && got.value !== "") {
    print(system, got.value, state.fd);
    return state;
  }
  if (state.shut) system.shutdown(state.fd, "write");
  const next = { ...state, stdin: false };
  if (state.quit === undefined) return next;
  return state.quit === 0 ? undefined : { ...next, until: now + state.quit };
}

/** One round of waiting and copying; undefined when it is over. */
export function join(system: System, state: Joined): Joined | undefined {
  const { fd, stdin, net, listen } = state;
  if ((!stdin && !net) || (listen && !net)) return undefined;
  const clock = system.clock("monotonic");
  const now = clock.ok ? clock.value : 0;
  if (state.until !== undefined && now >= state.until) return undefined;
  const ready = system.poll([...(stdin ? [{ fd: 0 }] : []), ...(net ? [{ fd }] : [])], wait(state, now));
  if (!ready.ok) return state;
  if (ready.value.length === 0) return undefined;
  let next: Joined | undefined = state;
  if (ready.value.some((one) => one.fd === fd)) {
    const got = system.recvfrom(fd, CHUNK);
    if (!got.ok || (got.value.data === "" && !state.datagrams)) next = { ...next, net: false };
    else print(system, got.value.data);
  }
  if (ready.value.some((one) => one.fd === 0)) next = fromInput(system, next, now);
  return next;
}
