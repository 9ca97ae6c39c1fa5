/** Compares what a command printed with a recording in which values that vary are placeholders. */

const PATTERNS: Readonly<Record<string, string>> = {
  age: "(?:(?:\\d+(?:\\.\\d+)?(?:ns|us|µs|ms|s|m|h|d|y))+|<unknown>|<invalid>)",
  time: ".+",
  uid: "[0-9a-f-]{36}",
  rand: "[a-z0-9.]+",
  hash: "[a-z0-9]+",
  clusterip: "\\d+\\.\\d+\\.\\d+\\.\\d+",
  podip: "\\d+\\.\\d+\\.\\d+\\.\\d+",
  nodeip: "\\d+\\.\\d+\\.\\d+\\.\\d+",
  node: "[a-z0-9-]+",
  nodeport: "\\d+",
  rv: "\\d+",
  allocated: ".+",
  generated: ".+",
};

const lines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.replace(/[ \t]+/g, " ").trimEnd())
    .filter((line, i, all) => line !== "" || i < all.length - 1);

function patternOf(line: string): RegExp {
  const hashed = line.replace(/pod-template-hash: \w+/, "pod-template-hash: <hash>");
  const source = hashed
    .split(/(<[a-z]+>)/)
    .map((part) => PATTERNS[/^<([a-z]+)>$/.exec(part)?.[1] ?? ""] ?? part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("");
  return new RegExp(`^${source}$`);
}

/** Line by line; where names were generated, as sets of lines. */
export function sameText(got: string, expected: string, anyOrder = false): boolean {
  const [actual, wanted] = [lines(got), lines(expected)];
  if (actual.length !== wanted.length) return false;
  const patterns = wanted.map(patternOf);
  if (patterns.every((pattern, i) => pattern.test(actual[i] ?? ""))) return true;
  if (!anyOrder && !/<rand>|<hash>/.test(expected)) return false;
  const left = [...actual];
  for (const pattern of patterns) {
    const index = left.findIndex((line) => pattern.test(line));
    if (index < 0) return false;
    left.splice(index, 1);
  }
  return true;
}
