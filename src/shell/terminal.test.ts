import { describe, expect, test } from "vitest";
import { apiserverActor } from "../kube/apiserver/actor";
import { seconds } from "../sim/time";
import { createTimeline, type Timeline } from "../sim/timeline";
import { complete } from "./completion";
import { jobTable, outputTable, terminalTable } from "./tables";
import { terminalActor } from "./terminal";

const T = "terminal/1";
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "nginx:1"}]}
`;

function world(): Timeline {
  const timeline = createTimeline({
    seed: 7,
    profile: "teaching",
    actors: [apiserverActor, terminalActor, { kind: "setup", receive() {} }],
    checks: true,
  });
  timeline.submit({ to: "apiserver/main", message: { type: "actor.start" } });
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } };
  timeline.submit({
    to: "apiserver/main",
    message: { type: "api.request", id: 1, replyTo: "setup/1", request: { method: "POST", path: "/api/v1/namespaces", body } } as never,
  });
  timeline.submit({ to: T, message: { type: "workspace.write", path: "a/web.yaml", text: DEPLOYMENT } as never });
  timeline.seek(seconds(2));
  return timeline;
}

function type(timeline: Timeline, line: string, span = 30): string {
  const from = timeline.table(terminalTable).get(T)?.written ?? 0;
  timeline.submit({ to: T, message: { type: "terminal.type", line } as never });
  timeline.seek(timeline.now + seconds(span));
  return text(timeline, from);
}
const text = (timeline: Timeline, from = 0): string =>
  timeline
    .table(outputTable)
    .by("terminal", T)
    .filter((row) => row.index >= from && row.stream !== "in")
    .map((row) => row.text)
    .join("");

describe("the shell", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["echo 'a  b' \"c $HOME\"d", "a  b c d\n"],
    ["X=1; echo $X ${Y:-two}", "1 two\n"],
    ["echo one; false || echo two && echo three", "one\ntwo\nthree\n"],
    ["printf 'b\\na\\nb\\n' | sort | uniq -c", "      1 a\n      2 b\n"],
    ["cat <<EOF | wc -l\nx\ny\nEOF", "2\n"],
    ["for i in 1 2 3; do echo n$i; done | tail -1", "n3\n"],
    ["echo hi > f; echo ho >> f; cat < f; rm f; cat f", "hi\nho\ncat: f: No such file or directory\n"],
    ["ls; ls a; echo a/*.yaml b*", "a/\nweb.yaml\na/web.yaml b*\n"],
    ["n=$(echo 5); if test; then echo no; else echo $n; fi", "bash: test: command not found\n5\n"],
    ["nosuch", "bash: nosuch: command not found\n"],
    ["echo a |", ""],
    ["echo ok # comment", "ok\n"],
    ["date", "Thu Jan  1 00:00:02 UTC 2026\n"],
    ["while true; do echo x; sleep 1; done | head -2", "x\nx\n"],
    ["curl web", "curl: this terminal is not in the cluster's network; ask from a Pod, for example: kubectl exec client -- curl web\n"],
  ];
  for (const [line, printed] of cases) test(line, () => expect(type(world(), line)).toBe(printed));
  test("a command goes on in the next line", () => {
    const timeline = world();
    type(timeline, "cat <<EOF");
    expect(timeline.table(terminalTable).get(T)?.partial).toBe("cat <<EOF");
    type(timeline, "hello");
    expect(type(timeline, "EOF")).toBe("hello\n");
  });
});

describe("kubectl in a terminal", () => {
  test("applies a folder, watches it, ends with Ctrl-C", () => {
    const timeline = world();
    expect(type(timeline, "kubectl apply -f a")).toBe("deployment.apps/web created\n");
    type(timeline, "k get deploy -w", 5);
    expect(timeline.table(terminalTable).get(T)?.job).toBeDefined();
    timeline.submit({ to: T, message: { type: "terminal.key", key: "ctrl-c" } as never });
    expect(type(timeline, "echo after")).toContain("after\n");
    expect(timeline.table(terminalTable).get(T)?.job).toBeUndefined();
  });

  test("says that the server cannot be reached", () => {
    const timeline = world();
    timeline.submit({ to: "sim/faults", message: { type: "sim.stop", actor: "apiserver/main" } as never });
    expect(type(timeline, "kubectl get pods")).toBe(
      "The connection to the server control-plane:6443 was refused - did you specify the right host or port?\n",
    );
  });

  test("a file that cannot be read is named with its line", () => {
    const timeline = world();
    expect(type(timeline, "printf 'a: b\\nc: d: e\\n' > x.yaml; kubectl apply -f x.yaml")).toBe(
      "error: error parsing x.yaml: error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context\n",
    );
  });

  test("knows its flags and commands", () => {
    const timeline = world();
    expect(type(timeline, "kubectl get pods --frob")).toBe("error: unknown flag: --frob\nSee 'kubectl get --help' for usage.\n");
    expect(type(timeline, "kubectl gte pods")).toBe('error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n\tget\n');
  });

  test("edit waits for a text", () => {
    const timeline = world();
    type(timeline, "kubectl apply -f a");
    type(timeline, "kubectl edit deploy web", 5);
    const job = timeline.table(jobTable).rows().at(-1);
    const waiting = job?.waiting;
    if (waiting?.for !== "edit") throw new Error("not editing");
    const from = timeline.table(terminalTable).get(T)?.written ?? 0;
    timeline.submit({ to: T, message: { type: "terminal.edited", job: job?.id, text: waiting.text.replace("replicas: 2", "replicas: 5") } as never });
    timeline.seek(timeline.now + seconds(5));
    expect(text(timeline, from)).toBe("deployment.apps/web edited\n");
    expect(type(timeline, "kubectl get deploy web -o jsonpath='{.spec.replicas}'")).toBe("5");
  });
});

describe("time travel through a running command", () => {
  test("every position on the way gives the same future", () => {
    const timeline = world();
    timeline.submit({ to: T, message: { type: "terminal.type", line: "k apply -f a && k get deploy -w | head -3 | grep web" } as never });
    timeline.submit({ to: T, message: { type: "terminal.type", line: "k scale deploy web --replicas=4" } as never });
    timeline.seek(timeline.now + seconds(3));
    const until = timeline.now + seconds(5);
    const start = timeline.position;
    const plain = timeline.branch();
    plain.seek(until);
    for (let back = 1; back <= 12 && back < start; back++) {
      const twin = timeline.branch();
      twin.seekPosition(start - back);
      const again = twin.branch();
      for (const input of timeline.inputs.slice(again.inputs.length)) again.submit(input, input.at);
      again.seek(until);
      expect(again.hash()).toBe(plain.hash());
    }
  });
});

describe("completion", () => {
  const snapshot = {
    namespace: "default",
    files: ["a/web.yaml"],
    names: (resource: string) => (resource === "pods" ? ["web-1", "web-2"] : resource === "namespaces" ? ["default"] : []),
  };
  const offered = (line: string): readonly string[] => complete(line, line.length, snapshot).candidates;
  test("commands, types, names, flags, files", () => {
    expect(offered("kubectl desc")).toEqual(["describe"]);
    expect(offered("kubectl get po")).toEqual(["pods"]);
    expect(offered("kubectl delete pod web-")).toEqual(["web-1", "web-2"]);
    expect(offered("kubectl logs w")).toEqual(["web-1", "web-2"]);
    expect(offered("kubectl rollout re")).toEqual(["restart", "resume"]);
    expect(offered("kubectl get pods -o j")).toEqual(["json", "jsonpath="]);
    expect(offered("kubectl apply -f a")).toEqual(["a/"]);
    expect(offered("echo x | gre")).toEqual(["grep"]);
    expect(offered("k get pods -n d")).toEqual(["default"]);
  });
});

test("kube.api.self-review: kubectl auth asks the API server, also in somebody else's name", () => {
  const timeline = world();
  expect(type(timeline, "kubectl auth can-i create deployments")).toBe("yes\n");
  expect(type(timeline, "kubectl auth can-i get pods --as eve || echo $?")).toBe("no\n1\n");
  expect(type(timeline, "kubectl auth can-i get nodes")).toBe("Warning: resource 'nodes' is not namespace scoped\n\nyes\n");
  expect(type(timeline, "kubectl auth can-i --list --as eve").split("\n").slice(0, 3)).toEqual([
    "Resources                                       Non-Resource URLs   Resource Names   Verbs",
    "selfsubjectreviews.authentication.k8s.io        []                  []               [create]",
    "selfsubjectaccessreviews.authorization.k8s.io   []                  []               [create]",
  ]);
  expect(type(timeline, "kubectl auth whoami")).toMatch(
    /^ATTRIBUTE +VALUE\nUsername +kubernetes-admin\nGroups +\[kubeadm:cluster-admins system:authenticated]\n$/,
  );
  expect(type(timeline, "kubectl get pods --as eve")).toMatch(
    /Error from server \(Forbidden\): pods is forbidden: User "eve" cannot list resource "pods"/,
  );
});

test("kube.api.token-request: kubectl create token", () => {
  const timeline = world();
  expect(type(timeline, "kubectl create token robot")).toBe('error: failed to create token: serviceaccounts "robot" not found\n');
  type(timeline, "kubectl create serviceaccount robot");
  expect(type(timeline, "kubectl create token robot --duration 20m").trim().split(".")).toHaveLength(3);
  expect(type(timeline, "kubectl create token robot --duration 1m")).toMatch(/may not specify a duration less than 10 minutes/);
});

test("kube.api.apply: kubectl apply --server-side meets another author, and goes on when forced", () => {
  const timeline = world();
  expect(type(timeline, "kubectl apply --server-side -f a/web.yaml")).toBe("deployment.apps/web serverside-applied\n");
  expect(type(timeline, "kubectl apply --server-side -f a/web.yaml")).toBe("deployment.apps/web serverside-applied\n");
  type(timeline, "kubectl scale deployment web --replicas=4");
  const refused = type(timeline, "kubectl apply --server-side -f a/web.yaml");
  expect(refused).toMatch(
    /^error: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps\/v1: \.spec\.replicas\nPlease review the fields above/,
  );
  expect(type(timeline, "kubectl apply --server-side --force-conflicts -f a/web.yaml")).toBe("deployment.apps/web serverside-applied\n");
  expect(type(timeline, "kubectl get deployment web -o jsonpath='{.spec.replicas}'")).toBe("2");
  expect(type(timeline, "kubectl get deployment web -o yaml")).not.toContain("managedFields");
  expect(type(timeline, "kubectl get deployment web -o yaml --show-managed-fields")).toMatch(/ {2}managedFields:\n {2}- apiVersion: apps\/v1\n/);
  expect(type(timeline, "kubectl apply --force-conflicts -f a/web.yaml")).toBe("error: --force-conflicts only works with --server-side\n");
});
