/**
 * Mount options of an overlay: parsed, and refused where they contradict each other.
 *
 * @rule linux.overlay.mount-options
 * @source linux@6.12 fs/overlayfs/params.c ovl_parse_param ovl_fs_params_verify
 */
import { failure, type Result, value } from "../../types";
import type { OverlayConfig } from "./state";

export interface OverlayParams {
  /** Topmost first. */
  readonly lower: readonly string[];
  readonly data: readonly string[];
  readonly upper?: string;
  readonly work?: string;
  readonly config: OverlayConfig;
}

const SWITCH: Readonly<Record<string, boolean>> = { on: true, off: false };

/** Splits at colons that no backslash protects. Two colons begin the data-only layers. */
function lowerPaths(text: string): Pick<OverlayParams, "lower" | "data"> | undefined {
  const parts = text.split(/(?<!\\):/).map((part) => part.replaceAll("\\:", ":"));
  const lower: string[] = [];
  const data: string[] = [];
  let intoData = false;
  for (const [i, part] of parts.entries()) {
    if (part !== "") (intoData ? data : lower).push(part);
    else if (i === 0 || i === parts.length - 1 || parts[i - 1] === "") return undefined;
    else intoData = true;
  }
  return lower.length === 0 ? undefined : { lower, data };
}

export function overlayParams(text: string): Result<OverlayParams> {
  const options = new Map(
    text.split(/(?<!\\),/).map((part): [string, string] => {
      const at = part.indexOf("=");
      return at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
    }),
  );
  const lower = lowerPaths(options.get("lowerdir") ?? "");
  if (lower === undefined) return failure("EINVAL");
  const [upper, work] = [options.get("upperdir"), options.get("workdir")];
  if (upper !== undefined && work === undefined) return failure("EINVAL");
  if (upper === undefined && lower.lower.length + lower.data.length === 1) return failure("EINVAL");
  const config = configOf(options);
  if (!config.ok) return config;
  return value({
    ...lower,
    ...(upper === undefined ? {} : { upper }),
    ...(work === undefined || upper === undefined ? {} : { work }),
    config: config.value,
  });
}

/** What follows from an option that was given, and what contradicts it. */
function configOf(options: ReadonlyMap<string, string>): Result<OverlayConfig> {
  const flag = (name: string): boolean | undefined => SWITCH[options.get(name) ?? ""];
  const userxattr = options.has("userxattr");
  const redirect = options.get("redirect_dir");
  const [index, metacopy, nfsExport] = [flag("index"), flag("metacopy"), flag("nfs_export")];
  if (redirect !== undefined && !["on", "off", "follow", "nofollow"].includes(redirect)) return failure("EINVAL");
  if (metacopy === true && redirect !== undefined && redirect !== "on") return failure("EINVAL");
  if (nfsExport === true && (index === false || metacopy === true)) return failure("EINVAL");
  if (userxattr && (metacopy === true || (redirect !== undefined && redirect !== "nofollow"))) return failure("EINVAL");
  return value({
    redirectDir: redirect === "on" || metacopy === true,
    redirectFollow: redirect !== "nofollow" && !userxattr,
    index: index === true || nfsExport === true,
    metacopy: metacopy === true,
    nfsExport: nfsExport === true,
    userxattr,
    xino: options.get("xino") === "on",
    volatile: options.has("volatile"),
  });
}
