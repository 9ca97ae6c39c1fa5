/** Programs about namespaces, mounts and rights: facts of their manual pages. */
import type { Facts } from "./man-facts";

export const isolationFacts: Readonly<Record<string, Facts>> = {
  unshare: { usage: ["unshare [OPTION]... [PROGRAM [ARG]...]"], see: ["nsenter", "lsns"], from: "util-linux 2.38", section: "1" },
  nsenter: { usage: ["nsenter [OPTION]... [PROGRAM [ARG]...]"], see: ["unshare", "lsns"], from: "util-linux 2.38", section: "1" },
  lsns: { usage: ["lsns [OPTION]... [NAMESPACE]"], see: ["unshare", "nsenter"], from: "util-linux 2.38", section: "8" },
  mount: {
    usage: ["mount", "mount [-t TYPE] [-o OPTION,...] SOURCE DIRECTORY", "mount --bind|--rbind|--move OLD NEW", "mount --make-MODE DIRECTORY"],
    see: ["umount"],
    from: "util-linux 2.38",
    section: "8",
  },
  umount: { usage: ["umount [OPTION]... DIRECTORY..."], see: ["mount"], from: "util-linux 2.38", section: "8" },
  hostname: { usage: ["hostname [NAME]"], see: ["uname", "unshare"], from: "net-tools 2.10", section: "1", help: 255 },
};
