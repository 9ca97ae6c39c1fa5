import { expect, test } from "vitest";
import { placeAt } from "./schema-path";

const TEXT = `apiVersion: v1
kind: Namespace
metadata:
  name: a
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        image: nginx
        ports:
        - containerPort: 80
          na
      - name: log
        
  stra
`;
const lines = TEXT.split("\n");
const at = (line: number): ReturnType<typeof placeAt> => placeAt(TEXT, line, (lines[line] ?? "").length);

test("a field of a list's item, under a dash in its key's own column", () => {
  expect(at(17)).toMatchObject({
    apiVersion: "apps/v1",
    kind: "Deployment",
    path: ["spec", "template", "spec", "containers", "ports"],
    word: "na",
    value: false,
    siblings: ["containerPort"],
  });
});

test("an empty line by its indentation", () => {
  expect(at(19)).toMatchObject({ path: ["spec", "template", "spec", "containers"], siblings: ["name"], word: "" });
});

test("a value", () => {
  expect(placeAt(TEXT, 14, 18)).toMatchObject({ path: ["spec", "template", "spec", "containers", "image"], value: true, word: "ngi" });
});

test("back at an outer level, and in another document", () => {
  expect(at(20)).toMatchObject({ path: ["spec"], word: "stra", siblings: ["template"] });
  expect(placeAt(TEXT, 3, 4)).toMatchObject({ kind: "Namespace", path: ["metadata"], word: "na" });
});
