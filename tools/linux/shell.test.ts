/** The machine's shell on the simulated kernel: its own processes, pipes and files; stepping back leaves nothing behind. */
import { describe, expect, test } from "vitest";
import { shellWorld } from "./shell-world";

const out = (line: string): string => shellWorld().run(line).out;
const code = (line: string): unknown => shellWorld().run(line).status;

describe("the machine's shell", () => {
  test("expands, counts and loops", () => {
    expect(out('echo hi $((1 + 2)); for i in 1 2; do echo "<$i>"; done; a=word; echo ${a:-none} ${#a} ${none:-none}')).toBe(
      "hi 3\n<1>\n<2>\nword 4 none\n",
    );
  });
  test("runs a pipeline's parts as processes of their own", () => {
    expect(out('n=0; for i in 1 2 3; do echo $i; done | while read x; do n=$x; echo "got $x"; done; echo $n')).toBe("got 1\ngot 2\ngot 3\n0\n");
  });
  test("takes what a command prints, and its status", () => {
    expect(out('a=$(echo sub; false); echo "$a $?"; f() { echo "f $1"; return 3; }; f x; echo $?; false || echo or')).toBe("sub 1\nf x\n3\nor\n");
  });
  test("writes to files and reads them again", () => {
    expect(out('echo a > /tmp/f; echo b >> /tmp/f; while read v; do echo "v=$v"; done < /tmp/f; [ -e /tmp/f ] && echo there')).toBe(
      "v=a\nv=b\nthere\n",
    );
  });
  test("says what it cannot find, and ends with 127", () => {
    expect(out("nosuch 2>&1")).toBe("bash: line 1: nosuch: command not found\n");
    expect(code("nosuch")).toEqual({ kind: "exited", code: 127 });
  });
  test("says why a file cannot be opened, in the kernel's words", () => {
    expect(out("{ echo x > /none/f; } 2>&1")).toBe("bash: line 1: /none/f: No such file or directory\n");
  });
  test("a child that runs in the background is waited for", () => {
    expect(out("(exit 7) & wait $!; echo $?")).toBe("7\n");
  });
});

test("a world that waits in the middle of a pipe can be stepped back and forward again", () => {
  const world = shellWorld(7);
  world.run("for i in 1 2 3 4 5; do echo $i; done | while read x; do echo $x; done");
  const { timeline } = world;
  const { length } = timeline;
  const hashes = new Map<number, string>();
  for (let at = length; at >= 0; at--) {
    timeline.seekPosition(at);
    hashes.set(at, timeline.hash());
  }
  expect(new Set(hashes.values()).size).toBeGreaterThan(length / 2);
  for (let at = 0; at <= length; at++) {
    timeline.seekPosition(at);
    expect(timeline.hash(), `event ${at}`).toBe(hashes.get(at));
  }
});
