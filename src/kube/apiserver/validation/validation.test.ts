import { describe, expect, it } from "vitest";
import { scheduleError } from "./cron-schedule";
import { duplicate, forbidden, invalid, notSupported, required, tooLong, tooMany } from "./field-error";
import { jsonDiff } from "./go-diff";
import { goStruct } from "./go-value";
import { formatIp, parseCidr, parseIp, validateNonSpecialIp } from "./ip";
import { validateLabelSelector } from "./label-selector";
import { nameIsSubdomain, validateObjectMeta } from "./object-meta";
import { validateTolerations } from "./affinity";
import { validateResourceRequirements } from "./resources";

describe("the words of field errors", () => {
  it("prints values as upstream does", () => {
    expect(invalid("a", "x", "bad").message).toBe('Invalid value: "x": bad');
    expect(invalid("a", null, "bad").message).toBe("Invalid value: null: bad");
    expect(invalid("a", { b: "<" }, "").message).toBe('Invalid value: {"b":"\\u003c"}');
    expect(required("a").message).toBe("Required value");
    expect(forbidden("a", "no").message).toBe("Forbidden: no");
    expect(duplicate("a", "x").message).toBe('Duplicate value: "x"');
    expect(notSupported("a", "x", ["y", "z"]).message).toBe('Unsupported value: "x": supported values: "y", "z"');
    expect(tooLong("a", 63).message).toBe("Too long: may not be more than 63 bytes");
    expect(tooMany("a", 3, 2).message).toBe("Too many: 3: must have at most 2 items");
    expect(goStruct("DeploymentStrategy", { type: "Foo" }).printed).toBe('{"Type":"Foo","RollingUpdate":null}');
  });
});

describe("kube.validation.object-meta", () => {
  it("asks for a name and tells every complaint in order", () => {
    const errors = validateObjectMeta({ namespace: "a", labels: { "b b": "-" }, finalizers: ["foo"] }, true, nameIsSubdomain);
    expect(errors.map((error) => error.field)).toEqual(["metadata.name", "metadata.labels", "metadata.labels", "metadata.finalizers[0]"]);
  });
  it("lets a generated name's prefix end in a dash", () => {
    expect(validateObjectMeta({ name: "web-x", generateName: "web-", namespace: "a" }, true, nameIsSubdomain)).toEqual([]);
  });
});

describe("kube.validation.label-selector", () => {
  it("wants values exactly where the operator does", () => {
    const selector = {
      matchExpressions: [
        { key: "a", operator: "In" },
        { key: "a", operator: "Exists", values: ["b"] },
        { key: "a", operator: "Is" },
      ],
    };
    expect(validateLabelSelector(selector, "s").map((error) => error.message)).toEqual([
      "Required value: must be specified when `operator` is 'In' or 'NotIn'",
      "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      'Invalid value: "Is": not a valid selector operator',
    ]);
  });
});

describe("kube.validation.tolerations", () => {
  it("knows Lt and Gt by name only", () => {
    const message = validateTolerations([{ key: "k", operator: "Gt", value: "5" }], "t")[0]?.message;
    expect(message).toBe('Unsupported value: "Gt": supported values: "Equal", "Exists", "Lt", "Gt"');
  });
});

describe("kube.validation.resource-requirements", () => {
  it("compares requests with limits", () => {
    const errors = validateResourceRequirements({ requests: { cpu: "2" }, limits: { cpu: "1" } }, new Set(), "r");
    expect(errors.map((error) => `${error.field}: ${error.message}`)).toEqual([
      'r.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ]);
  });
});

describe("addresses", () => {
  it("reads and writes both families", () => {
    for (const text of ["10.0.0.1", "2001:db8::1", "::", "fe80::1:0:0:1"])
      expect(formatIp(parseIp(text) ?? { family: "IPv4", value: 0n })).toBe(text);
    expect(parseIp("1.2.3")).toBeUndefined();
    expect(parseCidr("10.0.0.0")).toBeUndefined();
    expect(parseCidr("10.0.0.7/24")?.base).toBe(parseIp("10.0.0.0")?.value);
  });
  it("kube.validation.non-special-ip", () => {
    expect(validateNonSpecialIp("127.0.0.1", "ip")).toHaveLength(1);
    expect(validateNonSpecialIp("10.0.0.1", "ip")).toEqual([]);
  });
});

describe("kube.cronjob.schedule-format", () => {
  it("speaks as the library does", () => {
    expect(scheduleError("*/5 0-6 1 JAN MON-FRI")).toBeUndefined();
    expect(scheduleError("@every 1h30m")).toBeUndefined();
    expect(scheduleError("60 * * * *")).toBe("end of range (60) above maximum (59): 60");
    expect(scheduleError("5-1 * * * *")).toBe("beginning of range (5) beyond end of range (1): 5-1");
    expect(scheduleError("*/0 * * * *")).toBe("step of range should be a positive number: */0");
  });
});

describe("the diff in messages", () => {
  it("shows three lines around a change", () => {
    expect(jsonDiff({ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }, { a: 1, b: 2, c: 3, d: 4, e: 5, f: 7 })).toBe(
      '@@ -4,5 +4,5 @@\n  "c": 3,\n  "d": 4,\n  "e": 5,\n- "f": 6\n+ "f": 7\n }\n',
    );
  });
});
