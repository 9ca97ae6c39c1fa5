/**
 * Scenario files: header lines, then blocks. A block is commands (`$ …`, lines after them belong to them), `----`, what they print, and
 * a blank line; output with blank lines stands between `----` and `----` twice, as in etcd's data-driven tests. Other lines are verbs.
 */
export interface Header {
  readonly seed: number;
  readonly nodes: number;
  readonly profile: "real" | "teaching";
  /** A folder, relative to the file, whose files lie in the workspace. */
  readonly files?: string;
  /** A machine of this name instead of a cluster, with so many terminals. */
  readonly machine?: string;
  readonly terminals: number;
  /** Whether cluster DNS and the control plane's Pods run. */
  readonly kubeSystem: boolean;
}

export type Block =
  /** Commands with their `$ `, and verbs between them. */
  | { readonly kind: "commands"; readonly line: number; readonly steps: readonly string[]; readonly expected: string }
  | { readonly kind: "verb"; readonly line: number; readonly verb: string; readonly rest: string; readonly expected?: string }
  /** Blank lines and comments, kept as they are. */
  | { readonly kind: "text"; readonly line: number; readonly text: string };

export interface Transcript {
  readonly header: Header;
  readonly headerLines: readonly string[];
  readonly blocks: readonly Block[];
}

const VERBS = new Set(["run", "at", "expect", "why", "fault", "key"]);
const RULE = "----";
export const verbOf = (line: string): { readonly verb: string; readonly rest: string } | undefined => {
  const match = /^(\S+)\s*(.*)$/.exec(line);
  return match !== null && VERBS.has(match[1] as string) ? { verb: match[1] as string, rest: match[2] as string } : undefined;
};
const isVerb = (line: string): boolean => verbOf(line) !== undefined;

/** A here-document that has not ended. */
function isOpen(command: string | undefined): boolean {
  const end = /<<-?\s*["']?(\w+)/.exec(command ?? "")?.[1];
  return (
    end !== undefined &&
    !(command ?? "")
      .split("\n")
      .slice(1)
      .some((line) => line.trim() === end)
  );
}

function readHeader(lines: readonly string[]): { header: Header; end: number } {
  const fields = new Map<string, string>();
  let end = 0;
  for (; end < lines.length; end++) {
    const line = lines[end] as string;
    const match = /^(seed|nodes|profile|files|kube-system|machine|terminals):\s*(.*)$/.exec(line);
    if (match !== null) fields.set(match[1] as string, (match[2] as string).trim());
    else if (line.trim() !== "" && !line.startsWith("#")) break;
  }
  const profile = fields.get("profile") ?? "real";
  if (profile !== "real" && profile !== "teaching") throw new Error(`profile: ${profile}: must be real or teaching`);
  const files = fields.get("files");
  const header = {
    seed: Number(fields.get("seed") ?? 1),
    nodes: Number(fields.get("nodes") ?? 3),
    profile,
    kubeSystem: fields.get("kube-system") !== "false",
    terminals: Number(fields.get("terminals") ?? 2),
  } as const;
  const machine = fields.get("machine");
  return { header: { ...header, ...(files === undefined ? {} : { files }), ...(machine === undefined ? {} : { machine }) }, end };
}

/** What follows a `----`, and the line after it. */
function readExpected(lines: readonly string[], at: number): { expected: string; end: number } {
  const doubled = lines[at + 1] === RULE;
  const from = doubled ? at + 2 : at + 1;
  let end = from;
  while (end < lines.length && !(doubled ? lines[end] === RULE && lines[end + 1] === RULE : lines[end] === "")) end++;
  const expected = lines
    .slice(from, end)
    .map((line) => `${line}\n`)
    .join("");
  return { expected, end: doubled ? Math.min(end + 2, lines.length) : end };
}

export function parseTranscript(text: string): Transcript {
  const lines = text.replace(/\n$/, "").split("\n");
  const { header, end } = readHeader(lines);
  const blocks: Block[] = [];
  let at = end;
  while (at < lines.length) {
    const line = lines[at] as string;
    const start = at;
    const verb = verbOf(line);
    if (line.startsWith("$ ")) {
      const commands: string[] = [];
      while (at < lines.length && lines[at] !== RULE && lines[at] !== "") {
        const next = lines[at] as string;
        if (next.startsWith("$ ") || (isVerb(next) && !isOpen(commands.at(-1)))) commands.push(next);
        else commands[commands.length - 1] += `\n${next}`;
        at++;
      }
      if (lines[at] === RULE) {
        const read = readExpected(lines, at);
        at = read.end;
        blocks.push({ kind: "commands", line: start + 1, steps: commands, expected: read.expected });
      } else blocks.push({ kind: "commands", line: start + 1, steps: commands, expected: "" });
    } else if (verb !== undefined) {
      const block = { kind: "verb", line: start + 1, ...verb } as const;
      at++;
      if (lines[at] === RULE) {
        const read = readExpected(lines, at);
        at = read.end;
        blocks.push({ ...block, expected: read.expected });
      } else blocks.push(block);
    } else if (line === "" || line.startsWith("#")) {
      blocks.push({ kind: "text", line: start + 1, text: line });
      at++;
    } else throw new Error(`line ${start + 1}: neither a command, nor a verb (${[...VERBS].join(", ")}), nor a comment: ${line}`);
  }
  return { header, headerLines: lines.slice(0, end), blocks };
}

const written = (output: string): string[] => {
  const text = output.replace(/\n$/, "");
  const body = text === "" ? [] : text.split("\n");
  return body.includes("") ? [RULE, RULE, ...body, RULE, RULE] : [RULE, ...body];
};

/** The file again, with what was printed this time. */
export function formatTranscript(transcript: Transcript, outputs: ReadonlyMap<Block, string>): string {
  const lines = [...transcript.headerLines];
  for (const block of transcript.blocks) {
    if (block.kind === "text") lines.push(block.text);
    else if (block.kind === "commands") lines.push(...block.steps, ...written(outputs.get(block) ?? block.expected));
    else {
      lines.push(`${block.verb}${block.rest === "" ? "" : ` ${block.rest}`}`);
      if (block.expected !== undefined) lines.push(...written(outputs.get(block) ?? block.expected));
    }
  }
  return `${lines.join("\n")}\n`;
}
