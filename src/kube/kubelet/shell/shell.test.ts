import { describe, expect, test } from "vitest";
import type { CommandContext } from "./commands";
import { proceed, resumeShell, runToEnd, shellOf } from "./machine";
import { parseScript } from "./syntax";

function context(files: Record<string, string> = {}): CommandContext & { readonly output: () => string } {
  let out = "";
  return {
    now: 3_723_000_000,
    date: "2026-01-01T01:02:03Z",
    env: { HOSTNAME: "web-0" },
    cwd: "/",
    hostname: "web-0",
    podIP: "10.0.0.9",
    files: {
      read: (path) => files[path],
      write: (path, _, content) => void (files[path] = content),
      remove: (path) => delete files[path],
      makeDirectory: () => {},
      isDirectory: () => false,
      list: () => undefined,
    },
    glob: () => [],
    write: (text) => void (out += text),
    listen: () => {},
    processes: () => [{ pid: 1, argv: ["sh"] }],
    kill: () => true,
    output: () => out,
  };
}

function run(script: string, files: Record<string, string> = {}): { out: string; code: number; span: number; files: Record<string, string> } {
  const parsed = parseScript(script);
  if ("error" in parsed) return { out: parsed.error, code: 2, span: 0, files };
  const around = context(files);
  const { code, span } = runToEnd(shellOf(parsed.node, {}, "/"), around, () => ({ kind: "http", status: 200, body: "hi\n", server: "x" }));
  return { out: around.output(), code, span, files };
}

describe("the shell of containers", () => {
  test.each([
    ["echo a; echo b", "a\nb\n"],
    ["false || echo no && echo then", "no\nthen\n"],
    ["x=1; while [ $x -lt 4 ]; do echo $x; x=$((x+1)); done", "1\n2\n3\n"],
    ["for f in a b; do echo -n $f; done", "ab"],
    ["if [ -f /nope ]; then echo yes; elif true; then echo elif; else echo no; fi", "elif\n"],
    ["echo 'one  two' \"$HOSTNAME\" $(date +%T)", "one  two web-0 01:02:03\n"],
    ["echo one two | wc -w", "2\n"],
    ["echo err >&2", "err\n"],
    ["echo ${X:-fallback}", "fallback\n"],
    ["! false && echo inverted", "inverted\n"],
    ["until false; do echo once; break; done", "once\n"],
    ["wget -qO- http://web", "hi\n"],
    ["sh -c 'echo inner; exit 3' || echo outer $?", "inner\n"],
  ])("%s", (script, out) => expect(run(script).out).toBe(out));
  test("files and redirections", () => expect(run("echo a > /f; echo b >> /f; cat < /f | grep b").files["/f"]).toBe("a\nb\n"));
  test("the exit code and the time it slept", () => expect(run("sleep 2; sleep 1; exit 4")).toMatchObject({ code: 4, span: 3_000_000 }));
  test("an unknown command", () => expect(run("nosuch")).toMatchObject({ code: 127, out: "sh: nosuch: not found\n" }));
  test("a syntax error", () => expect(run("while true")).toMatchObject({ code: 2 }));
  test("its state is JSON, so a script can be stopped and resumed anywhere", () => {
    const parsed = parseScript("while true; do echo tick; sleep 1; done");
    const around = context();
    let step = proceed(shellOf("node" in parsed ? parsed.node : (undefined as never), {}, "/"), around);
    for (let i = 0; i < 2; i++) step = resumeShell(JSON.parse(JSON.stringify(step.state)), around);
    expect(around.output()).toBe("tick\ntick\ntick\n");
  });
});
