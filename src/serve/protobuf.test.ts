/** Protobuf bodies: the envelope, nested and inlined messages, maps, and what is refused. */
import { expect, it } from "vitest";
import { decodeProtobuf } from "./protobuf";

const field = (number: number, value: Buffer | string | number): Buffer => {
  if (typeof value === "number") return Buffer.from([number << 3, value]);
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
};
const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);
const body = (apiVersion: string, kind: string, object: Buffer): Buffer =>
  message(Buffer.from("k8s\0"), field(1, message(field(1, apiVersion), field(2, kind))), field(2, object));

it("reads fields by number, structs that JSON inlines, maps and numbers that may be texts", () => {
  const probe = message(field(1, message(field(2, message(field(2, message(field(1, 1), field(3, "http"))))))), field(2, 3));
  const container = message(field(1, "c"), field(10, probe));
  const labels = message(field(1, "app"), field(2, "web"));
  const pod = message(field(1, message(field(1, "p"), field(11, labels))), field(2, message(field(2, container))));
  expect(decodeProtobuf(body("v1", "Pod", pod))).toEqual({
    object: {
      kind: "Pod",
      apiVersion: "v1",
      metadata: { name: "p", labels: { app: "web" } },
      spec: { containers: [{ name: "c", livenessProbe: { httpGet: { port: "http" }, initialDelaySeconds: 3 } }] },
    },
  });
});

it("reads times, and bytes as base64", () => {
  const meta = message(field(1, "s"), field(8, field(1, 60)));
  const secret = message(field(1, meta), field(2, message(field(1, "a"), field(2, "1"))));
  expect(decodeProtobuf(body("v1", "Secret", secret))).toEqual({
    object: { kind: "Secret", apiVersion: "v1", metadata: { name: "s", creationTimestamp: "1970-01-01T00:01:00Z" }, data: { a: "MQ==" } },
  });
});

it("refuses what is no such message", () => {
  expect(decodeProtobuf(Buffer.from("{}"))).toMatchObject({ error: expect.stringContaining("expected prefix") as string });
  expect(decodeProtobuf(body("v1", "Nothing", Buffer.alloc(0)))).toMatchObject({ error: expect.stringContaining("no kind") as string });
  expect(decodeProtobuf(Buffer.from("k8s\0\x0a\x7f", "latin1"))).toEqual({ error: "unexpected EOF" });
});
