import { describe, expect, test } from "vitest";
import { addQuantities, canonicalQuantity, formatQuantity, milliOf, type ParsedQuantity, parseQuantity, unitsOf } from "./quantity";

const parse = (text: string): ParsedQuantity => parseQuantity(text) as ParsedQuantity;

describe("kube.quantity.parse, kube.quantity.format", () => {
  test.each([
    ["1.5Gi", "1536Mi"],
    ["0.1", "100m"],
    ["1024Ki", "1Mi"],
    ["1.1Mi", "1153433600m"],
    ["1e3", "1e3"],
  ])("%s is %s", (text, canonical) => expect(canonicalQuantity(text)).toBe(canonical));
  test("a wrong suffix is refused", () => expect(parseQuantity("1ki")).toEqual({ error: "unable to parse quantity's suffix" }));
});

describe("kube.quantity.add", () => {
  test("keeps the first one's suffix family", () => expect(formatQuantity(addQuantities(parse("1Gi"), parse("1G")))).toBe("2073741824"));
  test("numbers for rules", () => {
    expect(milliOf("250m")).toBe(250);
    expect(milliOf(2)).toBe(2000);
    expect(unitsOf("1Ki")).toBe(1024);
    expect(unitsOf(undefined)).toBe(0);
  });
});
