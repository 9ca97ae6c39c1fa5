/**
 * A path without links, dots and doubled slashes.
 *
 * @source coreutils@9.1 lib/canonicalize.c canonicalize_filename_mode
 */
import type { Errno } from "../../../linux/errno";
import type { System } from "../../../linux/program";

/** What must be there: all of it, all but the last name, nothing. */
export type Demand = "all" | "all-but-last" | "nothing";

const MOST_LINKS = 40;

export function canonical(system: System, path: string, demand: Demand, links = true): { readonly path: string } | { readonly errno: Errno } {
  if (path === "") return { errno: "ENOENT" };
  let out: string[] = [];
  if (!path.startsWith("/")) {
    const cwd = system.getcwd();
    if (!cwd.ok) return cwd;
    out = cwd.value.split("/").filter((name) => name !== "");
  }
  const rest = path.split("/");
  let followed = 0;
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      out.pop();
      continue;
    }
    const at = `/${[...out, name].join("/")}`;
    const found = system.lstat(at);
    if (!found.ok) {
      const last = rest.every((one) => one === "" || one === ".");
      const allowed = demand === "nothing" || (demand === "all-but-last" && last && found.errno === "ENOENT");
      if (!allowed) return found;
    } else if (found.value.kind === "symlink" && links) {
      const target = system.readlink(at);
      if (++followed > MOST_LINKS) {
        if (demand === "nothing") {
          out.push(name);
          continue;
        }
        return { errno: "ELOOP" };
      }
      if (!target.ok) return target;
      if (target.value.startsWith("/")) out = [];
      rest.unshift(...target.value.split("/"));
      continue;
    } else if (links && found.value.kind !== "dir" && rest.length > 0 && demand !== "nothing") return { errno: "ENOTDIR" };
    out.push(name);
  }
  return { path: `/${out.join("/")}` };
}
