/** Scenario files: what is read is written again unchanged; verbs stand between and inside blocks; here-documents are left alone. */
import { describe, expect, it } from "vitest";
import { formatTranscript, parseTranscript } from "./transcript";

const TEXT = `# A comment.
seed: 5
nodes: 2
profile: teaching

$ kubectl get pods
run 5s
$ kubectl apply -f - <<EOF
run: not a verb here
at: neither
EOF
----
some output

run 20s
expect pods.size() == 1
why pod web
----
because

$ cat file
----
----
one

two
----
----

fault crash node-a
`;

describe("a transcript", () => {
  it("is written as it was read", () => expect(formatTranscript(parseTranscript(TEXT), new Map())).toBe(TEXT));
  it("knows header, commands with their here-documents, verbs and expected output", () => {
    const { header, blocks } = parseTranscript(TEXT);
    expect(header).toEqual({ seed: 5, nodes: 2, profile: "teaching", kubeSystem: true, terminals: 2 });
    const commands = blocks.filter((block) => block.kind === "commands");
    expect(commands[0]).toMatchObject({
      expected: "some output\n",
      steps: ["$ kubectl get pods", "run 5s", expect.stringContaining("run: not a verb here")],
    });
    expect(commands[1]).toMatchObject({ expected: "one\n\ntwo\n" });
    expect(blocks.filter((block) => block.kind === "verb").map((block) => block.verb)).toEqual(["run", "expect", "why", "fault"]);
  });
  it("names the line it cannot read", () => expect(() => parseTranscript("seed: 1\n\nfrobnicate\n")).toThrow(/line 3/));
});
