import { describe, expect, test } from "vitest";
import type { Deployment, Pod, ReplicaSet } from "../../kube/apis/objects";
import { type ResourceInfo, resourceNamed } from "../../kube/apis/resources";
import { applyPatch } from "./commands/apply";
import { drainVerdicts } from "./commands/drain";
import { undoTarget } from "./commands/rollout";
import { serviceOf } from "./create-service";
import { failureText } from "./failure";
import { flagSpecs, parseDuration, parseFlags } from "./flags";
import { withLastApplied } from "./last-applied";
import { parseColumns, relaxedJsonPath } from "./printers/columns";
import { parseTaints } from "./taints";
import { meets, parseWaitCondition } from "./wait-condition";

describe("kubectl.errors.status", () => {
  const body = (causes: readonly object[]) => ({ kind: "Status", reason: "Invalid", message: "m", details: { name: "web", kind: "Pod", causes } });
  test("one cause on the line, several below it", () => {
    expect(failureText({ code: 422, body: body([{ field: "a", message: "x" }]) as never })).toBe('The Pod "web" is invalid: a: x\n');
    expect(
      failureText({
        code: 422,
        body: body([
          { field: "a", message: "x" },
          { field: "b", message: "y" },
        ]) as never,
      }),
    ).toBe('The Pod "web" is invalid: \n* a: x\n* b: y\n');
  });
  test("what was being done", () => {
    const status = { kind: "Status", reason: "NotFound", message: 'pods "x" not found' };
    expect(failureText({ code: 404, body: status }, { verb: "deleting", source: "p.yaml" })).toBe(
      'Error from server (NotFound): error when deleting "p.yaml": pods "x" not found\n',
    );
  });
});

test("kubectl.jsonpath.relaxed, kubectl.custom-columns.spec", () => {
  expect(relaxedJsonPath("x.y")).toEqual({ path: "{.x.y}" });
  expect("error" in relaxedJsonPath("{x")).toBe(true);
  expect(parseColumns("A:.b,C:d")).toEqual({
    columns: [
      { header: "A", fieldSpec: "{.b}" },
      { header: "C", fieldSpec: "{.d}" },
    ],
  });
});

test("kubectl.taint.parse", () => {
  expect(parseTaints(["a=b:NoSchedule", "c:NoExecute-", "d-"])).toEqual({
    value: {
      add: [{ key: "a", value: "b", effect: "NoSchedule" }],
      remove: [
        { key: "c", effect: "NoExecute" },
        { key: "d", effect: "" },
      ],
    },
  });
  expect(parseTaints(["a=b:Foo"])).toEqual({ error: "invalid taint effect: Foo, unsupported taint effect" });
});

test("kubectl.wait.parse", () => {
  const parsed = parseWaitCondition('jsonpath={.status.conditions[?(@.type=="Ready")].status}=True');
  if ("error" in parsed) throw new Error(parsed.error);
  expect(meets(parsed.value, { status: { conditions: [{ type: "Ready", status: "True" }] } })).toEqual({ value: true });
  const condition = parseWaitCondition("condition=ready");
  if ("error" in condition) throw new Error(condition.error);
  expect(
    meets(condition.value, { metadata: { generation: 2 }, status: { observedGeneration: 1, conditions: [{ type: "Ready", status: "True" }] } }),
  ).toEqual({ value: false });
});

test("kubectl.create.service", () => {
  expect(serviceOf({ name: "s", type: "NodePort", tcp: ["80:http"], clusterIP: "", nodePort: 30080, externalName: "" })).toMatchObject({
    value: { spec: { ports: [{ name: "80-http", nodePort: 30080, targetPort: "http" }] } },
  });
});

test("kubectl.drain.filters", () => {
  const options = { ignoreDaemonSets: false, deleteEmptyDir: false, force: false };
  const pod = (owner: string | undefined, spec: object = {}): Pod =>
    ({ metadata: { ownerReferences: owner === undefined ? [] : [{ kind: owner, controller: true }] }, spec }) as unknown as Pod;
  expect(drainVerdicts(pod("ReplicaSet"), options)).toEqual([{ evict: true }]);
  expect(drainVerdicts(pod("DaemonSet"), { ...options, ignoreDaemonSets: true })[0]?.evict).toBe(false);
  expect(drainVerdicts(pod(undefined, { volumes: [{ name: "t", emptyDir: {} }] }), options).map((verdict) => verdict.refusal)).toEqual([
    "Pods with local storage (use --delete-emptydir-data to override)",
    "cannot delete Pods that declare no controller (use --force to override)",
  ]);
});

test("kubectl.rollout.undo-target", () => {
  const set = (revision: number): ReplicaSet =>
    ({ metadata: { name: `rs${revision}`, annotations: { "deployment.kubernetes.io/revision": String(revision) } } }) as unknown as ReplicaSet;
  const deployment = { metadata: { name: "web" } } as unknown as Deployment;
  expect(undoTarget(deployment, [set(3), set(1)], 0)).toMatchObject({ rs: { metadata: { name: "rs1" } } });
  expect(undoTarget(deployment, [set(3)], 2)).toEqual({ error: "unable to find specified revision 2 in history" });
  expect(undoTarget(deployment, [set(3)], 0)).toEqual({ error: 'no rollout history found for deployment "web"' });
});

test("kubectl.apply.three-way", () => {
  const manifest = (data: object) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data });
  const live = withLastApplied(manifest({ a: "1", b: "2" }) as never);
  const others = { ...live, data: { a: "1", b: "2", c: "3" } };
  const patch = applyPatch(resourceNamed("configmaps") as ResourceInfo, others, withLastApplied(manifest({ a: "1" }) as never));
  expect(patch).toMatchObject({ value: { data: { b: null } } });
});

describe("flags", () => {
  const specs = flagSpecs("watch w bool;output o string;selector l string;dry-run string?unchanged=none;n int");
  const read = (...args: string[]) => {
    const parsed = parseFlags(specs, args);
    return "flags" in parsed
      ? [parsed.flags.text("output"), parsed.flags.bool("watch"), parsed.flags.args.join(" "), parsed.flags.text("dry-run")].join("|")
      : "error" in parsed
        ? parsed.error
        : "help";
  };
  test("in any order, grouped, after the double dash none", () => {
    expect(read("pods", "-wo", "yaml")).toBe("yaml|true|pods|none");
    expect(read("-ojson", "--watch=false", "a", "--", "-w")).toBe("json|false|a -w|none");
    expect(read("--dry-run", "x")).toBe("|false|x|unchanged");
    expect(read("-o")).toBe("flag needs an argument: 'o' in -o");
    expect(read("--n=x")).toBe('invalid argument "x" for "--n" flag: strconv.ParseInt: parsing "x": invalid syntax');
  });
  test("durations", () => {
    expect(parseDuration("1m30s")).toBe(90e6);
    expect(parseDuration("500ms")).toBe(500_000);
    expect(parseDuration("5")).toBeUndefined();
  });
});
