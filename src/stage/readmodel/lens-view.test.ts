/** The lens shows what lies below the mark it is held over. */
import { expect, test } from "vitest";
import { rolling } from "../../../tools/gallery/fixtures";
import { lensView } from "./lens-view";

test("each kind of mark opens on its Pods, and a Pod on its containers", () => {
  const view = rolling();
  const [pod] = view.pods.filter((one) => one.node !== undefined);
  const node = view.nodes.find((one) => one.name === pod?.node);
  expect(lensView(view, pod?.uid ?? "")).toMatchObject({ kind: "pod", pods: [pod] });
  expect(lensView(view, node?.uid ?? "")?.pods.every((one) => one.node === node?.name)).toBe(true);
  expect(lensView(view, view.replicaSets[0]?.uid ?? "")?.pods.length).toBeGreaterThan(0);
  expect(lensView(view, view.deployments[0]?.uid ?? "")?.pods.length).toBeGreaterThanOrEqual(
    lensView(view, view.replicaSets[0]?.uid ?? "")?.pods.length ?? 0,
  );
  expect(lensView(view, "nobody")).toBeUndefined();
});
