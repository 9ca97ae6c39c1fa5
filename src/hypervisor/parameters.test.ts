/** Every number has a unit, a kind and a source; a world may change one without touching the rest. */
import { expect, it } from "vitest";
import { PARAMETERS, parameterValues } from "./parameters";

it("numbers are integers with a source", () => {
  for (const [name, parameter] of Object.entries(PARAMETERS)) {
    expect(Number.isInteger(parameter.value), name).toBe(true);
    expect(parameter.source.length, name).toBeGreaterThan(8);
  }
});
it("a changed number leaves the others", () => {
  expect(parameterValues({ vmExit: 1 })).toEqual({ ...parameterValues(), vmExit: 1 });
});
