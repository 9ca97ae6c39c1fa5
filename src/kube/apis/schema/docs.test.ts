import { expect, it } from "vitest";
import { docOf } from "./docs";

it("tells of types and fields", () => {
  expect(docOf("core.Container")).toMatch(/^A single application container/);
  expect(docOf("core.Container", "image")).toMatch(/^Container image name/);
  expect(docOf("discovery.EndpointPort", "port")).not.toBe("");
  expect(docOf("autoscaling.MetricSpec", "type")).not.toBe("");
  expect(docOf("core.Nope")).toBe("");
});
