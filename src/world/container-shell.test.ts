/** `kubectl exec -it POD -- sh`: a conversation with a shell in a container, which goes on after a rewind as it did before. */
import { expect, it } from "vitest";
import { outputTable, terminalTable } from "../shell/tables";
import { seconds } from "../sim/time";
import { createTimeline, type Timeline } from "../sim/timeline";
import type { Message } from "../sim/types";
import { createWorld } from "./world";

const T = "terminal/1";
const CONVERSATION = ["kubectl exec -it web -- sh", "cd /tmp", "X=1", "pwd; echo $X", "echo kept > f && cat f", "nosuch"];

function world(): Timeline {
  const made = createWorld({ seed: 3, profile: "real", nodes: 1, controlPlane: false, kubeSystem: false });
  const timeline = createTimeline({ seed: 3, profile: "real", actors: made.actors, checks: true });
  for (const { to, message, at } of made.inputs) timeline.submit({ to, message }, at);
  timeline.seek(seconds(10));
  say(timeline, "kubectl run web --image=nginx");
  timeline.seek(timeline.now + seconds(30));
  return timeline;
}

function send(timeline: Timeline, message: Message): string {
  const written = timeline.table(terminalTable).get(T)?.written ?? 0;
  timeline.submit({ to: T, message });
  timeline.seek(timeline.now + seconds(5));
  const rows = timeline.table(outputTable).by("terminal", T).slice(written);
  return rows.map(({ stream, text, prompt }) => (stream === "in" ? `${prompt ?? "$ "}${text}\n` : text)).join("");
}
const say = (timeline: Timeline, line: string): string => send(timeline, { type: "terminal.type", line } as Message);

it("runs line after line in the container until it is left", () => {
  const timeline = world();
  const said = CONVERSATION.map((line) => say(timeline, line));
  expect(said).toEqual([
    "$ kubectl exec -it web -- sh\n",
    "# cd /tmp\n",
    "# X=1\n",
    "# pwd; echo $X\n/tmp\n1\n",
    "# echo kept > f && cat f\nkept\n",
    "# nosuch\nsh: nosuch: not found\n",
  ]);
  expect(say(timeline, "exit 3")).toBe("# exit 3\ncommand terminated with exit code 3\n");
  expect(say(timeline, "echo out")).toBe("$ echo out\nout\n");
});

it("ends at the end of input with the last line's code, and waits again after a rewind", () => {
  const timeline = world();
  for (const line of CONVERSATION.slice(0, 3)) say(timeline, line);
  const at = timeline.now;
  const end = (): string => send(timeline, { type: "terminal.key", key: "ctrl-d" } as Message);
  expect(say(timeline, "cat /no/such")).toContain("# cat /no/such\n");
  expect(end()).toBe("command terminated with exit code 1\n");
  const hash = timeline.hash();
  const ended = timeline.now;
  timeline.seek(at);
  const branch = timeline.branch();
  expect(say(branch, "pwd; echo $X")).toBe("# pwd; echo $X\n/tmp\n1\n");
  timeline.seek(ended);
  expect(timeline.hash()).toBe(hash);
});

it("does not begin where there is no shell", () => {
  const timeline = world();
  expect(say(timeline, "kubectl exec -it nothing -- sh")).toContain('pods "nothing" not found');
  expect(say(timeline, "kubectl exec -it web -- nosuch")).toContain("executable file not found in $PATH");
  expect(say(timeline, "echo pwd | kubectl exec -i web -- sh")).toContain("\n/\n");
});

const interrupt = (timeline: Timeline): string => send(timeline, { type: "terminal.key", key: "ctrl-c" } as Message);

it("Ctrl-C ends what runs in the foreground, not the shell", () => {
  const timeline = world();
  say(timeline, "kubectl exec -it web -- sh");
  say(timeline, "cd /tmp");
  expect(say(timeline, "sleep 1000")).toBe("# sleep 1000\n");
  expect(interrupt(timeline)).toBe("^C\n");
  expect(say(timeline, "pwd")).toBe("# pwd\n/tmp\n");
  expect(interrupt(timeline)).toBe("^C\n");
  const branch = timeline.branch();
  expect(say(branch, "exit")).toBe("# exit\ncommand terminated with exit code 130\n");
  expect(say(timeline, "exit 0")).toBe("# exit 0\n");
});

it("Ctrl-C goes into the container with a terminal, and ends kubectl without one", () => {
  const timeline = world();
  say(timeline, "kubectl exec -it web -- sleep 1000");
  expect(interrupt(timeline)).toBe("^C\ncommand terminated with exit code 130\n");
  say(timeline, "kubectl exec web -- sleep 1000");
  expect(interrupt(timeline)).toBe("^C\n");
});

it("an argument may hold a line break", () => {
  const timeline = world();
  expect(say(timeline, "kubectl exec web -- echo 'a\nb' c")).toContain("a\nb c\n");
  expect(say(timeline, "kubectl exec web -- sh -c 'echo one\necho two'")).toContain("one\ntwo\n");
});

it("a watch ends at once when the API server stops", () => {
  const timeline = world();
  say(timeline, "kubectl get pods -w");
  expect(timeline.table(terminalTable).get(T)?.job).toBeDefined();
  timeline.submit({ to: "fault/main", message: { type: "fault.stop", component: "apiserver" } as Message });
  timeline.seek(timeline.now + seconds(1));
  expect(timeline.table(terminalTable).get(T)?.job).toBeUndefined();
});

it("so does a log that is followed, with a word", () => {
  const timeline = world();
  say(timeline, "kubectl logs -f web");
  timeline.submit({ to: "fault/main", message: { type: "fault.stop", component: "apiserver" } as Message });
  timeline.seek(timeline.now + seconds(1));
  expect(timeline.table(terminalTable).get(T)).toMatchObject({ exitCode: 1 });
  expect(timeline.table(outputTable).by("terminal", T).at(-1)?.text).toBe("error: unexpected EOF\n");
});
