/** How long a terminal waits, in both profiles. */
import { defineDelay } from "../sim/delays";
import { millis, seconds } from "../sim/time";

export const TERMINAL_REQUEST = defineDelay({
  name: "shell.request",
  real: millis(1),
  teaching: millis(100),
  source: "chosen: a client in the same network",
});
export const TERMINAL_REFUSED = defineDelay({
  name: "shell.refused",
  real: millis(1),
  teaching: millis(200),
  source: "chosen: a closed port answers at once",
});
export const TERMINAL_TIMEOUT = defineDelay({
  name: "shell.timeout",
  real: seconds(10),
  teaching: seconds(10),
  source: "go@1.25 net/http DefaultTransport.TLSHandshakeTimeout",
});
