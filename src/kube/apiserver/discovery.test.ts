/** kube.api.discovery, kube.api.aggregated-discovery: the same as a recorded 1.35 server says of the kinds that are built. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { RESOURCES } from "../apis/resources";
import { discovery } from "./discovery";

interface Recorded {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly { readonly version: string; readonly resources: readonly Record<string, unknown>[] }[];
  }[];
}
const recording = JSON.parse(readFileSync("fixtures/vectors/k8s/discovery.json", "utf8")) as { readonly api: Recorded; readonly apis: Recorded };
const ACCEPT = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

type Door = { readonly subresource: string };
const doors = (resource: Record<string, unknown>): readonly Door[] => (resource["subresources"] ?? []) as readonly Door[];

it.each(RESOURCES.map((resource) => [resource.name, resource] as const))("%s", (name, resource) => {
  const from = (document: Recorded) =>
    document.items.find((item) => (item.metadata.name ?? "") === resource.group)?.versions[0]?.resources.find((row) => row["resource"] === name);
  const path = resource.group === "" ? "/api" : "/apis";
  const ours = from(discovery(path, ACCEPT).body as unknown as Recorded);
  const real = from(resource.group === "" ? recording.api : recording.apis);
  const { subresources: _, ...rest } = ours ?? {};
  expect(real).toMatchObject(rest);
  for (const door of doors(ours ?? {})) expect(doors(real ?? {}).find(({ subresource }) => subresource === door.subresource)).toEqual(door);
});
