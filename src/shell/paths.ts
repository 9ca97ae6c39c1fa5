/** Paths of the workspace. Its root is `/workspace`; files are kept without it, folders are what lies before a slash. */

export const ROOT = "/workspace";

/** The workspace path a person means, from the folder they stand in; undefined outside the workspace. */
export function resolvePath(cwd: string, path: string): string | undefined {
  let start = path.startsWith("/") || path.startsWith("~") ? "" : cwd;
  let rest = path;
  if (path === "~" || path.startsWith("~/")) rest = path.slice(2);
  else if (path === ROOT || path.startsWith(`${ROOT}/`)) rest = path.slice(ROOT.length + 1);
  else if (path.startsWith("/")) return undefined;
  const parts = start === "" ? [] : start.split("/");
  start = "";
  for (const part of rest.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

/** Names directly inside a folder, ascending; folders end with a slash. */
export function entriesOf(paths: readonly string[], folder: string): readonly string[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const names = new Set<string>();
  for (const path of paths) {
    if (!path.startsWith(prefix)) continue;
    const rest = path.slice(prefix.length);
    const slash = rest.indexOf("/");
    names.add(slash < 0 ? rest : rest.slice(0, slash + 1));
  }
  return [...names].sort((a, b) => (a < b ? -1 : 1));
}

export const isFolder = (paths: readonly string[], path: string): boolean => path === "" || paths.some((file) => file.startsWith(`${path}/`));

/** Matches `*`, `?` and `[…]` of one path segment. */
export function globMatches(pattern: string, name: string): boolean {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  const source = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  try {
    return new RegExp(`^${source}$`, "s").test(name);
  } catch {
    return false;
  }
}

/** Paths that a pattern with wildcards stands for, as typed from `cwd`, ascending; none when nothing matches. */
export function expandGlob(paths: readonly string[], cwd: string, pattern: string): readonly string[] {
  let found: string[] = [""];
  for (const segment of pattern.split("/")) {
    if (!/[*?[]/.test(segment)) {
      found = found.map((base) => (base === "" ? segment : `${base}/${segment}`));
      continue;
    }
    found = found.flatMap((base) =>
      entriesOf(paths, resolvePath(cwd, base === "" ? "." : base) ?? "")
        .map((name) => name.replace(/\/$/, ""))
        .filter((name) => globMatches(segment, name))
        .map((name) => (base === "" ? name : `${base}/${name}`)),
    );
  }
  return found.filter((path) => {
    const full = resolvePath(cwd, path);
    return full !== undefined && (paths.includes(full) || isFolder(paths, full));
  });
}
