/** A real world for the gallery: an application is applied, and the world stands at a time. */
import { createTimeline, type Timeline } from "../../src/sim/timeline";
import type { Message } from "../../src/sim/types";
import { createWorld } from "../../src/world/world";

const APP = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: web, image: "nginx:1.27", ports: [{containerPort: 80}], resources: {requests: {cpu: 300m, memory: 512Mi}}, readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

export function live(at: number, lines: readonly string[]): Timeline {
  const config = { seed: 7, profile: "teaching" as const, nodes: 3, controlPlane: true, kubeSystem: false };
  const world = createWorld(config);
  const timeline = createTimeline({ seed: config.seed, profile: config.profile, actors: world.actors });
  for (const input of world.inputs) timeline.submit(input, input.at);
  timeline.seek(3e6);
  const tell = (message: object): void => {
    timeline.submit({ to: "terminal/1", message: message as Message }, timeline.now);
  };
  tell({ type: "workspace.write", path: "web.yaml", text: APP });
  tell({ type: "terminal.type", line: "kubectl apply -f web.yaml" });
  for (const line of lines) {
    const [seconds = "0", ...command] = line.split(" ");
    timeline.seek(Number(seconds) * 1e6);
    if (command[0] === "fault")
      timeline.submit({ to: "fault/main", message: { type: `fault.${command[1]}`, node: command[2] } as Message }, timeline.now);
    else tell({ type: "terminal.type", line: command.join(" ") });
  }
  timeline.seek(at * 1e6 + 6e6);
  timeline.seek(at * 1e6);
  return timeline;
}
