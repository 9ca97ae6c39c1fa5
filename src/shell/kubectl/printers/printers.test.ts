import { describe, expect, test } from "vitest";
import type { Json } from "../../../sim/types";
import { parseYaml } from "../../yaml/parse";
import { fieldPositions } from "../../yaml/positions";
import { compileGoTemplate, renderGoTemplate } from "./go-template";
import { compileJsonPath, renderJsonPath } from "./jsonpath";
import { kyamlText } from "./kyaml";
import { aligned, DESCRIBE } from "./tabwriter";
import { yamlText } from "./yaml";

const LIST: Json = {
  items: [
    { metadata: { name: "a", labels: { "x.io/y": "1" } }, n: 1 },
    { metadata: { name: "b" }, n: 5 },
  ],
};

describe("jsonpath", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["{.items[*].metadata.name}", "a b"],
    ["{.items[0].metadata}", '{"labels":{"x.io/y":"1"},"name":"a"}'],
    ["{range .items[*]}{.metadata.name}={.n}{'\\n'}{end}", "a=1\nb=5\n"],
    ["{.items[?(@.n>2)].metadata.name}", "b"],
    ['{.items[?(@.metadata.name=="a")].n}', "1"],
    ["{.items[0].metadata.labels.x\\.io/y}", "1"],
    ["{.items[-1].n} {.items[0:1].n}", "5 1"],
    ["{..name}", "a b"],
    ["{.items[0]['n']}", "1"],
    ["{$.items[0,1].n}", "1 5"],
    ["{.nothing}", ""],
  ];
  for (const [template, printed] of cases)
    test(template, () => {
      const compiled = compileJsonPath(template);
      if ("error" in compiled) throw new Error(compiled.error);
      expect(renderJsonPath(compiled.template, LIST, true)).toEqual({ text: printed });
    });
});

test("go-template", () => {
  const compiled = compileGoTemplate('{{range $i, $e := .items}}{{$i}}:{{.metadata.name}}{{if gt .n 2}}!{{end}}{{"\\n"}}{{end}}{{len .items}}');
  if ("error" in compiled) throw new Error(compiled.error);
  expect(renderGoTemplate(compiled.template, LIST)).toEqual({ text: "0:a\n1:b!\n2" });
});

test("tab stops hold only for lines that follow each other", () => {
  expect(aligned("a:\tb\nlonger:\tc\n\nx:\ty\n", DESCRIBE)).toBe("a:       b\nlonger:  c\n\nx:  y\n");
});

test("YAML is printed so that it reads back the same", () => {
  const value = {
    a: [
      "1",
      "true",
      "no",
      "",
      "x: y",
      "- z",
      "*/5 * * * *",
      "a\nb\n",
      "a\nb",
      " lead",
      "1e3",
      "0x1f",
      "2026-01-01",
      "null",
      "plain text",
      "quote ' it",
      "tab\there",
      "#c",
      "a #c",
      "é",
      "long ".repeat(40).trim(),
      `it: ${"long ".repeat(40)}end`,
      `tab\t${"long  ".repeat(40)}end`,
    ],
    empty: {},
    none: [],
    n: 1.5,
    nested: [{ b: [[1, 2], {}] }],
  };
  expect(parseYaml(yamlText(value)).documents[0]?.value).toEqual(value);
  expect(parseYaml(kyamlText(value)).documents[0]?.value).toEqual(value);
  expect(yamlText({ s: "a\nb\n", l: [{ k: "v" }] })).toBe("l:\n- k: v\ns: |\n  a\n  b\n");
});

describe("YAML is read as Kubernetes reads it", () => {
  test("types", () => {
    expect(parseYaml("a: 0644\nb: yes\nc: 1e3\nd: 1:30\ne: 2020-01-01\nf: ~\n").documents[0]?.value).toEqual({
      a: 420,
      b: true,
      c: 1000,
      d: "1:30",
      e: "2020-01-01",
      f: null,
    });
  });
  test("several documents, JSON, empty ones", () => {
    expect(parseYaml('---\na: 1\n---\n# none\n---\n{"b": 2}\n').documents.map((document) => document.value)).toEqual([{ a: 1 }, { b: 2 }]);
  });
  test("a problem has a place in the whole text", () => {
    expect(parseYaml("a: 1\n---\nb: 2\nc: d: e\n").problem).toEqual({
      message: "yaml: line 2: mapping values are not allowed in this context",
      line: 4,
      column: expect.any(Number),
    });
  });
  test("an alias bomb is refused", () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdefghi".split("").map((c, i) => `${c}: &${c} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`),
    ].join("\n");
    expect(parseYaml(bomb).problem?.message).toBe("yaml: document contains excessive aliasing");
  });
  test("field positions", () => {
    const text = "spec:\n  containers:\n  - name: a\n    image: b\n";
    const span = fieldPositions(text).get("spec.containers[0].image");
    expect(text.slice(span?.from, span?.to)).toBe("image");
  });
});
