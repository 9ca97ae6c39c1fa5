/**
 * Data of ConfigMaps and Secrets from `--from-literal`, `--from-file` and `--from-env-file`.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/create/create_configmap.go; pkg/generate, pkg/util
 */
import { entriesOf, isFolder, resolvePath } from "../paths";
import { filePaths, readFile, type Run, terminalState } from "../program";
import type { Kubectl } from "./context";
import { fatal } from "./failure";

export function* dataFrom({ flags }: Kubectl, where = ""): Run<Readonly<Record<string, string>>> {
  const data: Record<string, string> = {};
  const add = (key: string, value: string): void => {
    if (key in data) throw fatal(`cannot add key ${JSON.stringify(key)}, another key by that name already exists${where}`);
    data[key] = value;
  };
  for (const literal of flags.all("from-literal")) {
    const equals = literal.indexOf("=");
    if (equals <= 0) throw fatal(`invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, equals), literal.slice(equals + 1).replace(/^"(.*)"$|^'(.*)'$/s, "$1$2"));
  }
  for (const source of flags.all("from-file")) yield* fromFile(source, add);
  for (const source of flags.all("from-env-file"))
    for (const line of (yield* contents(source)).split("\n")) {
      const text = line.trimStart();
      if (text === "" || text.startsWith("#")) continue;
      const equals = text.indexOf("=");
      if (equals > 0) add(text.slice(0, equals), text.slice(equals + 1));
    }
  return data;
}

function* fromFile(source: string, add: (key: string, value: string) => void): Run<void> {
  const equals = source.indexOf("=");
  const name = equals < 0 ? source : source.slice(equals + 1);
  const { cwd } = yield* terminalState();
  const paths = yield* filePaths();
  const path = resolvePath(cwd, name);
  if (path !== undefined && !paths.includes(path) && isFolder(paths, path)) {
    if (equals >= 0) throw fatal("cannot give a key name for a directory path");
    for (const entry of entriesOf(paths, path))
      if (!entry.endsWith("/")) add(entry, (yield* readFile(path === "" ? entry : `${path}/${entry}`)) ?? "");
    return;
  }
  add(equals < 0 ? (name.split("/").at(-1) ?? name) : source.slice(0, equals), yield* contents(name));
}

function* contents(name: string): Run<string> {
  const { cwd } = yield* terminalState();
  const path = resolvePath(cwd, name);
  const text = path === undefined ? undefined : yield* readFile(path);
  if (text === undefined) throw fatal(`error reading ${name}: no such file or directory`);
  return text;
}
