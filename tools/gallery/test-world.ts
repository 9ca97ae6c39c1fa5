/** A real world for the read model's tests: commands at times, seeded. */
import { createTimeline, type Timeline } from "../../src/sim/timeline";
import type { Message } from "../../src/sim/types";
import { createWorld } from "../../src/world/world";

export const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1.27", ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

export const SECOND = 1_000_000;

/** A world with an application applied at 3 s; `lines` are `SECONDS command…`. */
export function testWorld(seed: number, lines: readonly string[], until: number): Timeline {
  const config = { seed, profile: "teaching" as const, nodes: 3, controlPlane: true, kubeSystem: false };
  const world = createWorld(config);
  const timeline = createTimeline({ seed, profile: config.profile, actors: world.actors });
  for (const input of world.inputs) timeline.submit(input, input.at);
  const tell = (message: object): void => {
    timeline.submit({ to: "terminal/1", message: message as Message }, timeline.now);
  };
  timeline.seek(3 * SECOND);
  tell({ type: "workspace.write", path: "web.yaml", text: WEB });
  tell({ type: "terminal.type", line: "kubectl apply -f web.yaml" });
  for (const line of lines) {
    const [at = "0", ...command] = line.split(" ");
    timeline.seek(Number(at) * SECOND);
    tell({ type: "terminal.type", line: command.join(" ") });
  }
  timeline.seek(until * SECOND);
  return timeline;
}
