/**
 * `hostname` tells the name of the machine as its UTS namespace has it, or gives it another.
 *
 * Not modelled: addresses (`-i`, `-I`), domains of a name service.
 *
 * @source hostname@3.23 hostname.c
 */
import type { Program } from "../../../linux/program";
import { optionsGiven } from "./getopt";
import { because, complain, linesOf, print, readFile } from "./support";

const SPEC = { short: "sfdF:byAaiI", long: { short: "s", fqdn: "f", long: "f", domain: "d", "file=": "F", boot: "b" } };

export const hostname: Program = (system, invocation) => {
  const given = optionsGiven(system, invocation, SPEC);
  if (given === undefined) return 1;
  const file = given.value("F");
  const text = file === undefined ? undefined : readFile(system, file);
  if (text !== undefined && "errno" in text) {
    complain(system, invocation, because(text.errno));
    return 1;
  }
  const name = text === undefined ? given.operands[0] : linesOf(text.text).find((line) => line !== "" && !line.startsWith("#"));
  if (name === undefined) {
    const found = system.uname();
    if (!found.ok) return 1;
    const [host = "", ...domain] = found.value.nodename.split(".");
    print(system, `${given.has("s") ? host : given.has("d") ? domain.join(".") : found.value.nodename}\n`);
    return 0;
  }
  const done = name === "" || name.length > 64 ? ({ ok: false, errno: "EINVAL" } as const) : system.sethostname(name);
  if (done.ok) return 0;
  const words = { EPERM: "you must be root to change the host name", EINVAL: "the specified hostname is invalid" };
  complain(system, invocation, done.errno === "EPERM" || done.errno === "EINVAL" ? words[done.errno] : because(done.errno));
  return 1;
};
