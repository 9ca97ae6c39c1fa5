import { describe, expect, it } from "vitest";
import { machineActor } from "../../linux/machine";
import { pipeTable } from "../../linux/ipc/pipe";
import { outsideTable } from "../../linux/process/outside";
import { taskTable } from "../../linux/process/task";
import type { Program } from "../../linux/program";
import { createTimeline } from "../../sim/timeline";
import { shell } from "./shell";

const cat: Program = (system) => {
  for (let got = system.read(0, 4096); got.ok && got.value !== ""; got = system.read(0, 4096)) system.write(1, got.value);
  return 0;
};
const sleep: Program = (system, { argv }) => (system.sleep(Number(argv[1]) * 1e6).ok ? 0 : 1);

/** What a script prints on a machine, and how it ends. */
function run(script: string, input?: string, name = "bash"): string {
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [machineActor({ bash: shell, cat, sleep })], checks: true });
  const executables = { "/usr/bin/bash": "bash", "/usr/bin/sh": "bash", "/usr/bin/cat": "cat", "/usr/bin/sleep": "sleep" };
  const argv = input === undefined ? [name, "-c", script] : [name];
  timeline.submit({ to: "machine/a", message: { type: "boot", hostname: "host", executables, init: "init" } as never });
  timeline.submit({ to: "machine/a", message: { type: "start", name: "t", path: `/usr/bin/${name}`, argv, env: {} } as never });
  if (input !== undefined) timeline.submit({ to: "machine/a", message: { type: "feed", name: "t", data: input, end: true } as never });
  for (let turn = 0; turn < 50_000 && timeline.stepForward() !== undefined; turn += 1);
  const row = timeline.table(outsideTable).get("a/t");
  const printed = (key: string | undefined): string => timeline.table(pipeTable).get(key ?? "")?.data ?? "";
  const status = timeline.table(taskTable).get(`a/${row?.task}`)?.status;
  return `${printed(row?.output)}${printed(row?.errors)}=${status?.kind === "exited" ? status.code : status?.kind}`;
}

describe("linux.shell.machine", () => {
  it("runs builtins, pipes, substitutions and loops", () => {
    expect(
      run(
        "echo a b | cat; x=$(echo hi | cat); echo $x; for i in 1 2; do echo $i; done; i=0; while [ $i -lt 2 ]; do i=$((i+1)); done; echo $i; exit 3",
      ),
    ).toBe("a b\nhi\n1\n2\n2\n=3");
    expect(run("f() { local x=1; echo $1 $x; return 4; }; x=0; f p; echo $? $x; case abc in a*) echo yes;; esac; ! true || echo no")).toBe(
      "p 1\n4 0\nyes\nno\n=0",
    );
  });

  it("redirects, and reads here-documents", () => {
    expect(run("echo one > /tmp/f; echo two >> /tmp/f; cat < /tmp/f; { echo x; echo y; } > /tmp/g; cat < /tmp/g; cat <<E\n$((1+1))\nE\n")).toBe(
      "one\ntwo\nx\ny\n2\n=0",
    );
    expect(run("cat <<< word 2>/dev/null; (echo sub; exit 5); echo $?")).toBe("word\nsub\n5\n=0");
  });

  it("speaks as bash and dash do of what fails", () => {
    expect(run("nothing")).toBe("bash: line 1: nothing: command not found\n=127");
    expect(run("nothing", undefined, "sh")).toBe("sh: 1: nothing: not found\n=127");
    expect(run("cat < /none; /tmp; echo $?")).toBe("126\nbash: line 1: /none: No such file or directory\nbash: line 1: /tmp: Is a directory\n=0");
    expect(run("echo )")).toBe("bash: -c: line 1: syntax error near unexpected token `)'\nbash: -c: line 1: `echo )'\n=2");
  });

  it("names no line when a person talks to bash, in its children neither; dash always does", () => {
    const typed = "(nothing)\\nnothing | cat\\ncd /none\\n";
    const told = run(`printf '${typed}' | bash -i 2>&1`).split("\n");
    expect(told.map((line) => line.replace(/^.*[#$] /, "")).filter((line) => line.startsWith("bash:"))).toEqual([
      "bash: nothing: command not found",
      "bash: nothing: command not found",
      "bash: cd: /none: No such file or directory",
    ]);
    expect(run(`printf '${typed}' | sh -i 2>&1`)).toContain(
      "sh: 1: nothing: not found\n# sh: 2: nothing: not found\n# sh: 3: cd: can't cd to /none\n",
    );
  });

  it("keeps jobs, waits for them, and hears signals through traps", () => {
    expect(run("sleep 1 & sleep 2 & wait; echo done; sleep 100 & kill $!; wait $!; echo $?")).toBe("done\n143\n=0");
    expect(run('trap "echo got" TERM; kill -TERM $$; echo after; trap "echo bye" EXIT')).toBe("got\nafter\nbye\n=0");
    expect(run("set -e; false || true; echo on; false; echo off")).toBe("on\n=1");
    expect(run("set -e; f() { false; echo in; }; f || true; x=$(false; echo sub); echo $x; trap 'echo err' ERR; false; echo off")).toBe(
      "in\nsub\nerr\n=1",
    );
  });

  it("reads its commands line by line from its input", () => {
    expect(run("", "cat\nfor it\necho x\n")).toBe("for it\necho x\n=0");
    expect(run("", "if true; then\necho in\nfi\nnothing\n")).toBe("in\nbash: line 4: nothing: command not found\n=127");
  });

  it("knows arrays by name, aliases, options, and where it stands", () => {
    expect(run('declare -A m=([a]=1 [b]="2 3"); m[c]=4; echo "${m[b]}" ${!m[@]}; arr=(x y); arr+=(z); echo ${arr[-1]} ${!arr[@]}')).toBe(
      "2 3 a b c\nz 0 1 2\n=0",
    );
    expect(run('while getopts "ab:" o -a -b v; do echo "$o=$OPTARG"; done; umask -S; declare -i n=2; n=n+3; echo $n')).toBe(
      "a=\nb=v\nu=rwx,g=rx,o=rx\n5\n=0",
    );
    expect(run("", "alias ll='echo LL'\nll x\n", "sh")).toBe("LL x\n=0");
  });

  it("gives up what bash and dash give up after an error", () => {
    expect(run("echo $((1/0)); echo same line")).toBe('bash: line 1: 1/0: division by 0 (error token is "0")\n=1');
    expect(run("echo $((1/0)); echo no", undefined, "sh")).toBe('sh: 1: arithmetic expression: division by zero: "1/0"\n=2');
    expect(run("shift 5; echo no", undefined, "sh")).toBe("sh: 1: shift: can't shift that many\n=2");
    expect(run("set -C; echo a > /tmp/f; echo b > /tmp/f; echo $?")).toBe("1\nbash: line 1: /tmp/f: cannot overwrite existing file\n=0");
  });
});
