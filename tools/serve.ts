/** `npm run serve -- --port N --kubeconfig PATH --nodes N --seed N --speed N`: the simulated cluster for real clients. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { serve } from "../src/serve/server";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    kubeconfig: { type: "string", default: ".cache/kubeconfig" },
    nodes: { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
    speed: { type: "string", default: "1" },
  },
});

const served = await serve({ port: Number(values.port), nodes: Number(values.nodes), seed: Number(values.seed), speed: Number(values.speed) });
const path = resolve(values.kubeconfig);
writeFileSync(path, served.kubeconfig, { mode: 0o600 });
console.log(`ready ${served.url} kubeconfig ${path}`);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    served.close();
    process.exit(0);
  });
}
