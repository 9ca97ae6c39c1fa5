/** kube.api.json-text */
import { describe, expect, it } from "vitest";
import { parseJsonText } from "./json-text";

describe("JSON text", () => {
  it.each([
    ["{not json", "invalid character 'n' looking for beginning of object key string"],
    ["", "unexpected end of JSON input"],
    ['{"a":1', "unexpected end of JSON input"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
    ["[1 2]", "invalid character '2' after array element"],
    ["{} x", "invalid character 'x' after top-level value"],
    ["tru!", "invalid character '!' in literal true (expecting 'e')"],
    ["a: b", "invalid character 'a' looking for beginning of value"],
  ])("%s", (text, error) => {
    expect(parseJsonText(text)).toEqual({ error });
  });

  it("finds keys that stand twice", () => {
    const parsed = parseJsonText('{"a":{"b":1,"b":2},"l":[{"x":1},{"x":1,"x":"\\u0041"}]}');
    expect(parsed).toMatchObject({ value: { a: { b: 2 }, l: [{ x: 1 }, { x: "A" }] }, duplicates: ["a.b", "l[1].x"] });
  });
});
