/** The mount point a path is below: the last directory upwards that is on the same device. */
import type { System } from "../../../linux/program";
import { canonical } from "./coreutils-canonical";
import { directoryOf } from "./coreutils-support";

export function mountPointOf(system: System, path: string): string | undefined {
  const found = canonical(system, path, "all");
  if ("errno" in found) return undefined;
  const device = (at: string): number | undefined => {
    const seen = system.stat(at);
    return seen.ok ? seen.value.dev : undefined;
  };
  let at = found.path;
  for (const dev = device(at); at !== "/" && device(directoryOf(at)) === dev; ) at = directoryOf(at);
  return at;
}
