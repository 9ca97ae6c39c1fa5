import { describe, expect, it } from "vitest";
import { parseBash } from "../language/bash-grammar";
import { evaluate } from "./arithmetic";
import { asFields, type Surroundings } from "./expansion";
import { expandPattern, matches } from "./pattern";

const values: Record<string, string> = { x: "a b  c", path: "/usr/lib/x.tar.gz", n: "7", empty: "" };
const around: Surroundings = {
  get: (name) => values[name],
  list: (name) => (name === "@" ? ["p q", "r"] : name === "arr" ? ["one", "two", "three"] : name in values ? [values[name] ?? ""] : []),
  map: () => undefined,
  home: () => undefined,
  set: (name, value) => (values[name] = value),
  substitute: () => "one two\n\n",
  names: () => ["b.txt", "a.txt", ".hidden", "c"],
  exists: (path) => path === "c",
  nounset: false,
};

function fields(text: string): string[] {
  const parsed = parseBash(`echo ${text}`);
  if (!("script" in parsed)) throw new Error(JSON.stringify(parsed));
  const command = parsed.script[0]?.pipelines[0]?.commands[0];
  return command?.kind === "simple" ? asFields(around, command.words).slice(1) : [];
}

describe("linux.shell.expansion", () => {
  it("splits what is not quoted", () => {
    expect(fields('$x "$x" pre$x')).toEqual(["a", "b", "c", "a b  c", "prea", "b", "c"]);
    expect(fields('"$@" "" $nothing "$empty"')).toEqual(["p q", "r", "", ""]);
    expect(fields('$(cmd) "$(cmd)"')).toEqual(["one", "two", "one two"]);
  });

  it("knows the operators of parameters", () => {
    expect(fields("${path##*/} ${path%.*} ${path%%.*} ${path#/usr}")).toEqual(["x.tar.gz", "/usr/lib/x.tar", "/usr/lib/x", "/lib/x.tar.gz"]);
    expect(fields("${none:-d e} ${n:+yes} ${#x} ${x//b/Z} ${x:2:1}")).toEqual(["d", "e", "yes", "6", "a", "Z", "c", "b"]);
    expect(fields("${arr[1]} ${#arr[@]} ${arr[@]:1} ${arr[-1]}")).toEqual(["two", "3", "two", "three", "three"]);
  });

  it("expands braces and file names", () => {
    expect(fields("{a,b{1,2}}x {1..3} {08..10}")).toEqual(["ax", "b1x", "b2x", "1", "2", "3", "08", "09", "10"]);
    expect(fields("*.txt '*.txt' *.none \\*")).toEqual(["a.txt", "b.txt", "*.txt", "*.none", "*"]);
    expect(expandPattern(".*", around.names, around.exists)).toEqual([".hidden"]);
    expect(matches("[!a-c]?[[:digit:]]", "zz7")).toBe(true);
  });

  it("linux.shell.arithmetic", () => {
    expect(fields("$((n * 2 + 1)) $(( (1 << 4) | 3 )) $((n > 3 ? 10 : 20)) $((2 ** 10 % 7))")).toEqual(["15", "19", "10", "2"]);
    expect(evaluate("n += 3, n++", { get: (name) => values[name] ?? "", set: (name, value) => void (values[name] = value) })).toBe(10);
    expect(values["n"]).toBe("11");
    expect(() => evaluate("1 / 0", { get: () => "", set: () => undefined })).toThrow("division by 0");
  });
});
