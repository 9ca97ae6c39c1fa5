import { expect, test } from "vitest";
import { actionOf, keyOf, LAB_ACTION_NAMES, nameOfEvent, PRESENTER_ACTION_NAMES } from "./keymap";

const press = (key: string, code: string, shiftKey = false): KeyboardEvent =>
  ({ key, code, shiftKey, ctrlKey: false, metaKey: false, altKey: false }) as KeyboardEvent;

test("the physical key decides, so that a Korean input method does not swallow letters", () => {
  expect(nameOfEvent(press("ㅠ", "KeyB"))).toBe("b");
  expect(actionOf(press("ㅠ", "KeyB"), LAB_ACTION_NAMES, {})).toBe("branch");
});

test("shift tells touching events from strokes", () => {
  expect(actionOf(press(".", "Period"), LAB_ACTION_NAMES, {})).toBe("strokeNext");
  expect(actionOf(press(">", "Period", true), LAB_ACTION_NAMES, {})).toBe("touchNext");
});

test("a changed key works and the old one does not", () => {
  const changed = { branch: "n" } as const;
  expect(keyOf("branch", changed)).toBe("n");
  expect(actionOf(press("n", "KeyN"), LAB_ACTION_NAMES, changed)).toBe("branch");
  expect(actionOf(press("b", "KeyB"), LAB_ACTION_NAMES, changed)).toBeUndefined();
});

test("a clicker's keys", () => {
  expect(actionOf(press("PageDown", "PageDown"), PRESENTER_ACTION_NAMES, {})).toBe("present.beatNext");
  expect(actionOf(press("b", "KeyB"), PRESENTER_ACTION_NAMES, {})).toBe("present.blank");
});

test("no two actions of one place share a key", () => {
  for (const names of [LAB_ACTION_NAMES, PRESENTER_ACTION_NAMES]) {
    const keys = names.map((name) => keyOf(name, {}));
    expect(new Set(keys).size).toBe(keys.length);
  }
});
