import { describe, expect, it } from "vitest";
import { parseSessionFile, parseSessionText } from "./session-file";
import { decodeLink, encodeLink, MAX_LINK_CHARACTERS } from "./share";
import { type SessionFile, sessionOf } from "./types";

const config = { seed: 7, profile: "teaching", nodes: 3, controlPlane: true, kubeSystem: false } as const;
const file: SessionFile = sessionOf(
  config,
  [{ at: 5, to: "terminal/1", message: { type: "terminal.type", line: "kubectl get pods # 파드" } }],
  2_000_000,
);
const with_ = (change: object): unknown => ({ ...file, ...change });
const branch = (change: object): unknown => with_({ branches: [{ ...file.branches[0], ...change }] });

describe("session links", () => {
  it("carry a session there and back", async () => {
    const payload = (await encodeLink(file)) as string;
    expect(payload).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(await decodeLink(payload)).toEqual({ ok: true, file });
  });

  it("refuse what is not a session, one reason each", async () => {
    expect(await decodeLink("%%%")).toMatchObject({ ok: false, reason: "shape" });
    expect(await decodeLink("AAAA")).toMatchObject({ ok: false, reason: "shape" });
    expect(await decodeLink("A".repeat(MAX_LINK_CHARACTERS + 1))).toMatchObject({ ok: false, reason: "tooLarge" });
    expect(parseSessionText("{")).toMatchObject({ ok: false, reason: "shape" });
    expect(parseSessionFile(with_({ schema: "strata/session@9" }))).toMatchObject({ ok: false, reason: "schema" });
    expect(parseSessionFile(with_({ active: 2 }))).toMatchObject({ ok: false, where: "active" });
    expect(parseSessionFile(with_({ config: { ...config, nodes: 1e9 } }))).toMatchObject({ ok: false, where: "config.nodes" });
    expect(parseSessionFile(branch({ inputs: Array.from({ length: 20_001 }, () => file.branches[0]?.inputs[0]) }))).toMatchObject({
      ok: false,
      reason: "tooLarge",
    });
  });

  it("refuse inputs that go behind a person's doors, and times that run backwards", () => {
    const input = { at: 9, to: "terminal/1", message: { type: "terminal.type" } };
    expect(parseSessionFile(branch({ inputs: [input] })).ok).toBe(true);
    expect(parseSessionFile(branch({ inputs: [{ ...input, to: "apiserver/main" }] }))).toMatchObject({
      ok: false,
      where: "branches[0].inputs[0].to",
    });
    expect(parseSessionFile(branch({ inputs: [{ ...input, at: Number.POSITIVE_INFINITY }] })).ok).toBe(false);
    expect(parseSessionFile(branch({ inputs: [input, { ...input, at: 1 }] }))).toMatchObject({ ok: false, where: "branches[0].inputs[1].at" });
  });

  it("refuse a link that unfolds into more than the cap", async () => {
    const bomb = await encodeLink({ ...file, engine: "x".repeat(3 << 20) });
    expect(bomb).toBeDefined();
    expect(await decodeLink(bomb as string)).toMatchObject({ ok: false });
  });
});
