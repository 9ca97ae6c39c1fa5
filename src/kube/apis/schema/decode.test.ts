import { describe, expect, it } from "vitest";
import type { Json } from "../../../sim/types";
import { base64Error, fromBase64, toBase64 } from "./go-base64";
import { decode } from "./decode";
import { fieldAt, shownType, typeOf } from "./reader";

const pod = typeOf("v1", "Pod");
if (pod === undefined) throw new Error("no Pod");
const container = (fields: Json): Json => ({ metadata: { name: "p" }, spec: { containers: [{ name: "c", ...(fields as object) }] } });

describe("kube.api.decode", () => {
  it("refuses wrong types in encoding/json's words", () => {
    const said = (fields: Json): string | undefined => decode(pod, container(fields)).error;
    expect(said({ command: "echo" })).toBe("json: cannot unmarshal string into Go struct field Container.spec.containers.command of type []string");
    expect(said({ ports: [{ containerPort: 1.5 }] })).toBe(
      "json: cannot unmarshal number 1.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32",
    );
    expect(said({ imagePullPolicy: 1 })).toBe(
      "json: cannot unmarshal number into Go struct field Container.spec.containers.imagePullPolicy of type v1.PullPolicy",
    );
    expect(said({ resources: { limits: { cpu: "1 m" } } })).toMatch(/^quantities must match/);
    expect(decode(pod, []).error).toBe("json: cannot unmarshal array into Go value of type v1.Pod");
  });
  it("tells unknown fields by their paths, in one order whatever the document's", () => {
    const document = { spec: { replicas: 1, containers: [{ imagePullPolcy: "Always", name: "c" }] }, foo: 1 };
    expect(decode(pod, document).unknown).toEqual(["foo", "spec.containers[0].imagePullPolcy", "spec.replicas"]);
  });
  it("writes what Go would write again", () => {
    const { value } = decode(pod, container({ image: "", args: [], resources: { limits: { cpu: 1 } }, stdin: false }));
    expect((value as { spec: { containers: Json[] } }).spec.containers[0]).toEqual({ name: "c", resources: { limits: { cpu: "1" } } });
  });
  it("gives the same object back when nothing is to be changed, and keeps trusted parts", () => {
    const once = decode(pod, container({})).value;
    expect(decode(pod, once).value).toBe(once);
    const trusted = once as { readonly spec: Json };
    const next = decode(pod, { ...trusted, status: { phase: "Running" } }, trusted).value as { readonly spec: Json };
    expect(next.spec).toBe(trusted.spec);
  });
});

describe("kube.api.schema", () => {
  it("finds fields by path", () => {
    const field = fieldAt(pod, ["spec", "containers", "ports"]);
    expect(field?.mergeKey).toBe("containerPort");
    expect(field?.listKeys).toEqual(["containerPort", "protocol"]);
    expect(field && shownType(field.type)).toBe("[]ContainerPort");
    expect(fieldAt(pod, ["spec", "containers", "imagePullPolicy"])?.values).toEqual(["Always", "IfNotPresent", "Never"]);
    expect(fieldAt(pod, ["spec", "nope"])).toBeUndefined();
  });
});

describe("go.base64", () => {
  it("says where a text goes wrong", () => {
    expect(base64Error("aGk=")).toBeUndefined();
    expect(base64Error("a b")).toBe(1);
    expect(base64Error("abc")).toBe(0);
    expect(base64Error("aGk=x")).toBe(4);
  });
  it("goes there and back", () => {
    expect(toBase64("héllo")).toBe("aMOpbGxv");
    expect(fromBase64("aGk=")).toBe("hi");
  });
});
