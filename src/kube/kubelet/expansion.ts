/**
 * `$(NAME)` in commands, arguments and values. `$$` is a literal dollar; an unknown name stays as it is written.
 * @source kubernetes@1.35 third_party/forked/golang/expansion/expand.go
 */
export type Env = Readonly<Record<string, string>>;

/**
 * @rule kube.env.expand
 * @source kubernetes@1.35 third_party/forked/golang/expansion/expand.go Expand
 */
export function expand(input: string, mapping: (name: string) => string): string {
  let out = "";
  for (let i = 0; i < input.length; i++) {
    const c = input[i] ?? "";
    const next = input[i + 1];
    if (c !== "$" || next === undefined) out += c;
    else if (next === "(") {
      const end = input.indexOf(")", i + 2);
      if (end < 0) out += "$(";
      else out += mapping(input.slice(i + 2, end));
      i = end < 0 ? i + 1 : end;
    } else {
      out += next === "$" ? "$" : `$${next}`;
      i++;
    }
  }
  return out;
}

/** Looks names up in several environments, the first that has it wins. */
export const mappingFor =
  (...environments: readonly Env[]) =>
  (name: string): string => {
    for (const env of environments) if (Object.hasOwn(env, name)) return env[name] ?? "";
    return `$(${name})`;
  };

export const expandAll = (words: readonly string[] | undefined | null, env: Env): readonly string[] | undefined =>
  words?.map((word) => expand(word, mappingFor(env)));

/**
 * A volume mount's path below the volume; every name must have a value.
 * @rule kube.env.sub-path-expr
 * @source kubernetes@1.35 pkg/kubelet/container/helpers.go ExpandContainerVolumeMounts
 */
export function expandSubPath(subPathExpr: string, env: Env): string | { readonly error: string } {
  const missing = new Set<string>();
  const expanded = expand(subPathExpr, (name) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (!value) missing.add(name);
    return value ?? "";
  });
  if (missing.size === 0) return expanded;
  return { error: `missing value for ${[...missing].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join(", ")}` };
}
