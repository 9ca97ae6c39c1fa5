import { expect, test } from "vitest";
import { completed, EMPTY_LINE, type Line, typed } from "./line-editor";

function type(line: Line, ...keys: string[]): Line {
  return keys.reduce((current, key) => typed(current, key).line, line);
}

test("letters, movement and deletion", () => {
  const line = type(EMPTY_LINE, "kubctl get", "\x01", "\x1b[C", "\x1b[C", "\x1b[C", "e");
  expect(line.text).toBe("kubectl get");
  expect(type(line, "\x05", "\x17").text).toBe("kubectl ");
  expect(type(line, "\x15").text).toBe("ctl get");
});

test("history goes back and returns what was being typed", () => {
  const line = type(EMPTY_LINE, "one", "\r", "two", "\r", "th");
  expect(type(line, "\x1b[A").text).toBe("two");
  expect(type(line, "\x1b[A", "\x1b[A", "\x1b[A").text).toBe("one");
  expect(type(line, "\x1b[A", "\x1b[B").text).toBe("th");
});

test("a paste of several lines enters each but the last", () => {
  const { line, effects } = typed(EMPTY_LINE, "a\nb\r\nc");
  expect(effects).toEqual([
    { kind: "enter", text: "a" },
    { kind: "enter", text: "b" },
  ]);
  expect(line.text).toBe("c");
});

test("completion: one candidate whole, several to their common start", () => {
  const line = type(EMPTY_LINE, "kubectl get po");
  expect(completed(line, 12, ["pods"]).text).toBe("kubectl get pods ");
  expect(completed(line, 12, ["pods", "podtemplates"]).text).toBe("kubectl get pod");
  expect(completed(line, 12, []).text).toBe("kubectl get po");
});

test("Ctrl-C drops the line", () => {
  const { line, effects } = typed(type(EMPTY_LINE, "abc"), "\x03");
  expect(line.text).toBe("");
  expect(effects).toEqual([{ kind: "interrupt" }]);
});
