/** Other people's applications, unchanged: every Pod becomes Ready and every Service answers a client Pod. Skipped where they are absent. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Pod, Service } from "../kube/apis/objects";
import { storeTable } from "../kube/apiserver/storage/store";
import { jobTable, outputTable } from "../shell/tables";
import { createTimeline, type Timeline } from "../sim/timeline";
import type { Message } from "../sim/types";
import { createWorld } from "./world";

const FOLDER = "../shared/manifests";
const applications = existsSync(FOLDER)
  ? readdirSync(FOLDER, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  : [];
if (applications.length === 0) console.log(`skipped: ${FOLDER} is not here`);

function world(): Timeline {
  const config = { seed: 3, profile: "teaching", nodes: 3, controlPlane: true, kubeSystem: true } as const;
  const { actors, inputs } = createWorld(config);
  const timeline = createTimeline({ seed: 3, profile: "teaching", actors, checks: true });
  for (const input of inputs) timeline.submit(input, input.at);
  timeline.seek(20e6);
  return timeline;
}

/** Types a line and waits for it; returns what it printed and its exit code. */
function typed(timeline: Timeline, line: string): { readonly text: string; readonly code: number | undefined } {
  const before = timeline.table(outputTable).by("terminal", "terminal/1").length;
  timeline.submit({ to: "terminal/1", message: { type: "terminal.type", line } as Message });
  timeline.seek(timeline.now + 15e6);
  const rows = timeline.table(outputTable).by("terminal", "terminal/1").slice(before);
  return { text: rows.map((row) => row.text).join(""), code: timeline.table(jobTable).rows().at(-1)?.exitCode };
}

const notReady = (timeline: Timeline): readonly string[] =>
  timeline
    .table(storeTable("pods"))
    .rows()
    .map((row) => row.object as Pod)
    .filter((pod) => !pod.status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"))
    .map((pod) => pod.metadata.name);

describe.skipIf(applications.length === 0)("real applications", () => {
  it.each(applications)("%s", (name) => {
    const timeline = world();
    for (const file of readdirSync(join(FOLDER, name))) {
      const text = readFileSync(join(FOLDER, name, file), "utf8");
      timeline.submit({ to: "terminal/1", message: { type: "workspace.write", path: `${name}/${file}`, text } as Message });
    }
    expect(typed(timeline, `kubectl apply -f ${name}`).text).not.toMatch(/error|invalid/i);
    typed(timeline, "kubectl run client --image=busybox:1.37 --command -- sleep 3600");
    timeline.seek(timeline.now + 120e6);
    expect(notReady(timeline)).toEqual([]);
    const services = timeline
      .table(storeTable("services"))
      .rows()
      .map((row) => row.object as Service)
      .filter((service) => service.metadata.namespace === "default" && service.spec.selector !== undefined);
    expect(services.length).toBeGreaterThan(0);
    for (const { metadata, spec } of services) {
      for (const { port } of spec.ports ?? []) {
        const answer = typed(timeline, `kubectl exec client -- nc -z -w 3 ${metadata.name} ${port}`);
        expect({ service: metadata.name, port, code: answer.code, text: answer.text.split("\n").slice(1).join("\n") }).toMatchObject({ code: 0 });
      }
    }
  });
});
