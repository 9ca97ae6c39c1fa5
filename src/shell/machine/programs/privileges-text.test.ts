/** Texts as libcap 2.66 printed them. */
import { expect, test } from "vitest";
import { CAPABILITY_NAMES } from "../../../linux/process/capability-names";
import { capsText, iabText, setsFrom } from "./privileges-text";

const ALL = CAPABILITY_NAMES;
const without = (...names: string[]) => ALL.filter((name) => !names.includes(name));

test("sets as text: the commonest combination first, then what differs", () => {
  expect(capsText({ effective: ALL, permitted: ALL, inheritable: [] })).toBe("=ep");
  expect(capsText({ effective: [], permitted: [], inheritable: [] })).toBe("=");
  expect(capsText({ effective: ["NET_RAW"], permitted: ["NET_RAW"], inheritable: [] })).toBe("cap_net_raw=ep");
  const most = without("SYS_RESOURCE");
  expect(capsText({ effective: most, permitted: most, inheritable: ["CHOWN"] })).toBe("=ep cap_chown+i cap_sys_resource-ep");
});

test("text as sets, and what is no text of sets", () => {
  expect(setsFrom("cap_net_raw+ep")).toEqual({ effective: ["NET_RAW"], permitted: ["NET_RAW"], inheritable: [] });
  expect(setsFrom("=ep cap_chown-e")?.effective).toEqual(without("CHOWN"));
  expect(setsFrom("cap_nosuch+ep")).toBeUndefined();
  expect(setsFrom("chown")).toBeUndefined();
});

test("what is dropped and what is inherited in one line", () => {
  expect(iabText({ inheritable: ["CHOWN"], ambient: [], bounding: without("SYS_RESOURCE") })).toBe("cap_chown,!cap_sys_resource");
});
