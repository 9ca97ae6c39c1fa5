import { describe, expect, it } from "vitest";
import { parseBash } from "./bash-grammar";

const listOf = (text: string) => {
  const parsed = parseBash(text);
  if (!("script" in parsed)) throw new Error(JSON.stringify(parsed));
  return parsed.script;
};
const first = (text: string) => listOf(text)[0]?.pipelines[0]?.commands[0];

describe("linux.shell.grammar", () => {
  it("joins pipelines and sends lists to the background", () => {
    const [a, b] = listOf("sleep 1 & true && ! false | cat");
    expect(a).toMatchObject({ background: true, source: "sleep 1" });
    expect(b?.pipelines.map(({ after, negated, commands }) => [after, negated, commands.length])).toEqual([
      [";", false, 1],
      ["&&", true, 2],
    ]);
  });

  it("reads here-documents after their line, expanded unless the tag is quoted", () => {
    expect(first("cat <<E >f\na $x\nE\n")?.redirects[0]?.target).toEqual([
      { kind: "text", text: "a ", quoted: true },
      { kind: "parameter", name: "x", quoted: true },
      { kind: "text", text: "\n", quoted: true },
    ]);
    expect(first("cat <<'E'\na $x\nE\n")?.redirects[0]?.target).toEqual([{ kind: "text", text: "a $x\n", quoted: true }]);
  });

  it("tells ${…} operators apart", () => {
    const part = (text: string) => {
      const command = first(`echo ${text}`);
      return command?.kind === "simple" ? command.words[1]?.[0] : undefined;
    };
    expect(part("${#x}")).toMatchObject({ name: "x", operator: "length" });
    expect(part("${x%%.*}")).toMatchObject({ operator: "%%", argument: [{ text: ".*" }] });
    expect(part("${x//a/b}")).toMatchObject({ operator: "//", argument: [{ text: "a" }], second: [{ text: "b" }] });
    expect(part("${a[@]}")).toMatchObject({ name: "a", index: [{ text: "@" }] });
    expect(part("${x:1:2}")).toMatchObject({ operator: ":", argument: [{ text: "1" }], second: [{ text: "2" }] });
  });

  it("reads compound commands and functions", () => {
    expect(first("f() { echo $1; }")).toMatchObject({ kind: "function", name: "f", source: "{ echo $1; }" });
    expect(first("for ((i=0;i<3;i++)); do echo $i; done")).toMatchObject({ kind: "arithmetic-for" });
    expect(first("case $x in a|b) echo 1;; *) echo 2; esac >out")).toMatchObject({ kind: "case", items: [{ end: ";;" }, { end: ";;" }] });
    expect(first("[[ -f x && $y == z* ]]")).toMatchObject({ kind: "test", test: { kind: "and" } });
    expect(first("( (echo a) )")).toMatchObject({ kind: "subshell" });
    expect(first("exec {fd}>&-")).toMatchObject({ redirects: [{ variable: "fd", operator: ">&" }] });
  });

  it("answers bad or unfinished text in bash's words", () => {
    expect(parseBash("echo )")).toEqual({ error: "syntax error near unexpected token `)'", line: 1 });
    expect(parseBash("echo a | | b")).toEqual({ error: "syntax error near unexpected token `|'", line: 1 });
    expect(parseBash("fi")).toEqual({ error: "syntax error near unexpected token `fi'", line: 1 });
    expect(parseBash("if true; then")).toEqual({ incomplete: true });
    expect(parseBash("echo 'a")).toEqual({ incomplete: true });
  });
});
