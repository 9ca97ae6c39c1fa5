import { describe, expect, test } from "vitest";
import { fieldSelectorMatches, parseFieldSelector, type FieldSelector } from "./field-selector";
import { formatSelector, labelSelectorMatches, parseLabelSelector, type Selector, selectorMatches } from "./label-selector";

describe("kube.labels.parse, kube.labels.matches", () => {
  test("sorts by key and by value", () => expect(formatSelector(parseLabelSelector("b in (y,x),a") as Selector)).toBe("a,b in (x,y)"));
  test("an absent label satisfies !=", () => expect(selectorMatches(parseLabelSelector("a!=b") as Selector, {})).toBe(true));
  test("a word that is no operator", () =>
    expect(parseLabelSelector("not x")).toEqual({
      error: "unable to parse requirement: found 'x', expected: in, notin, =, ==, !=, gt, lt",
    }));
});

describe("kube.labels.selector-of-object", () => {
  test("none matches nothing, an empty one everything", () => {
    expect(labelSelectorMatches(undefined, { a: "b" })).toBe(false);
    expect(labelSelectorMatches({}, { a: "b" })).toBe(true);
    expect(labelSelectorMatches({ matchExpressions: [{ key: "a", operator: "NotIn", values: ["b"] }] }, { a: "b" })).toBe(false);
  });
});

describe("kube.fields.parse, kube.fields.matches", () => {
  test("absent reads as empty", () => expect(fieldSelectorMatches(parseFieldSelector("spec.nodeName=") as FieldSelector, {})).toBe(true));
});
