/** kube.serviceaccount.default, kube.root-ca.publish: what is in every namespace, whatever is done to it. */
import { expect, it } from "vitest";
import type { ConfigMap, KubeObject } from "../../apis/objects";
import { storeTable } from "../../apiserver/storage/store";
import { rootCaPublisher } from "../root-ca-cert-publisher/controller";
import { ask, run, testCluster } from "../test-cluster";
import { serviceAccountController } from "./controller";

const cluster = () => {
  const timeline = testCluster([serviceAccountController, rootCaPublisher]);
  const names = (resource: string): readonly string[] =>
    timeline
      .table(storeTable(resource))
      .rows()
      .map((row) => row.key);
  const map = (): ConfigMap | undefined => timeline.table(storeTable("configmaps")).get("default/kube-root-ca.crt")?.object as ConfigMap | undefined;
  return { timeline, names, map };
};

it("makes an account and the authority's ConfigMap in each namespace", () => {
  const { timeline, names, map } = cluster();
  run(timeline, 2);
  expect(names("serviceaccounts")).toEqual(["default/default", "kube-node-lease/default"]);
  expect(names("configmaps")).toEqual(["default/kube-root-ca.crt", "kube-node-lease/kube-root-ca.crt"]);
  expect(map()?.data?.["ca.crt"]).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
});

it("makes them again when they are deleted, and puts a changed one right", () => {
  const { timeline, names, map } = cluster();
  run(timeline, 2);
  const before = map() as KubeObject;
  ask(timeline, { method: "DELETE", path: "/api/v1/namespaces/default/serviceaccounts/default" });
  ask(timeline, { method: "DELETE", path: "/api/v1/namespaces/default/configmaps/kube-root-ca.crt" });
  run(timeline, 2);
  expect(names("serviceaccounts")).toContain("default/default");
  expect(map()?.metadata.uid).not.toBe(before.metadata.uid);
  const path = "/api/v1/namespaces/default/configmaps/kube-root-ca.crt";
  ask(timeline, { method: "PATCH", path, contentType: "application/merge-patch+json", body: { data: { more: "x" } } });
  run(timeline, 2);
  expect(Object.keys(map()?.data ?? {})).toEqual(["ca.crt"]);
});
