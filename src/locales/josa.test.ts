import { expect, test } from "vitest";
import { withJosa } from "./josa";

test.each([
  ["파드", "은/는", "파드는"],
  ["노드 셋", "이/가", "노드 셋이"],
  ["컨트롤러", "을/를", "컨트롤러를"],
  ["터미널", "으로/로", "터미널로"],
  ["클러스터 밖", "으로/로", "클러스터 밖으로"],
  ["web", "이/가", "web이"],
  ["kubectl", "을/를", "kubectl을"],
  ["node-a", "과/와", "node-a와"],
  ["replicas 3", "은/는", "replicas 3은"],
  ["replicas 2", "은/는", "replicas 2는"],
  ["“web”", "을/를", "“web”을"],
])("%s + %s", (word, pair, expected) => {
  expect(withJosa(word, pair)).toBe(expected);
});
