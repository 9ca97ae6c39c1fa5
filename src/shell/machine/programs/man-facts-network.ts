/** Programs about the network: facts of their manual pages. */
import type { Facts } from "./man-facts";

export const networkFacts: Readonly<Record<string, Facts>> = {
  ip: {
    usage: ["ip [OPTION]... OBJECT [COMMAND [ARG]...]", "ip netns exec NAME COMMAND [ARG]..."],
    see: ["ping", "unshare"],
    from: "iproute2 6.1",
    section: "8",
    help: "own",
  },
  ping: { usage: ["ping [OPTION]... DESTINATION"], see: ["ip"], from: "iputils 20221126", section: "8", help: "own" },
};
