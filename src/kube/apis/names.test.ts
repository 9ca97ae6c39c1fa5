import { describe, expect, test } from "vitest";
import { goDuration, humanDuration, shortHumanDuration } from "./duration";
import { scaledValueFromIntOrPercent } from "./int-or-string";
import { isDNS1123Label, isQualifiedName } from "./names";
import { safeEncode } from "./rand-safe";

describe("kube.names.dns1123-label, kube.names.qualified-name", () => {
  test("a dot in a label has its own words", () => expect(isDNS1123Label("web.1")).toEqual(["must not contain dots"]));
  test("an empty prefix", () => expect(isQualifiedName("/x")).toEqual(["prefix part must be non-empty"]));
});

describe("kube.duration.human, kube.duration.short", () => {
  test("two units, then one", () => expect([humanDuration(150), humanDuration(36000), shortHumanDuration(150)]).toEqual(["2m30s", "10h", "2m"]));
  test("Go's form", () => expect([goDuration(300), goDuration(10), goDuration(80)]).toEqual(["5m0s", "10s", "1m20s"]));
});

describe("kube.intstr.scaled-value", () => {
  test("percent rounds as asked", () => {
    expect(scaledValueFromIntOrPercent("25%", 10, true)).toEqual({ value: 3 });
    expect(scaledValueFromIntOrPercent("25%", 10, false)).toEqual({ value: 2 });
  });
});

describe("kube.rand.safe-encode", () => {
  test("uses the safe alphabet", () => expect(safeEncode("template")).toBe("l2cgbvl2"));
});
