/** The suite `ns`: what people type in shells that stand in namespaces, and what the real tools and the real kernel answered. */
import { FIRST_PID, type Said, transcriptWorld, WORK } from "../../linux/transcript-world";
import type { Runners } from "../runner";

interface Step {
  readonly ctx: string;
  readonly cmd: string;
  readonly starts?: string;
  readonly save?: string;
  readonly setup?: boolean;
}

type Answer = Partial<Said>;

/** Names for numbers that differ from one recording to the next, in the order of their coming. */
class Names {
  private readonly known = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  of(kind: string, number: string): string {
    const key = `${kind}/${number}`;
    let name = this.known.get(key);
    if (name === undefined) {
      const count = (this.counts.get(kind) ?? 0) + 1;
      this.counts.set(kind, count);
      this.known.set(key, (name = `${kind}${count}`));
    }
    return name;
  }
}

const LAST_PID = FIRST_PID + 900;

/** As the recorder did it, which also kept neither bash's word on a killed job, nor the columns of id maps, nor a last hint at dmesg. */
function normalised(text: string, names: Names, saved: ReadonlyMap<string, string>): string {
  let out = text.replaceAll(WORK, "$D");
  for (const [name, value] of saved) if (value !== "") out = out.replace(new RegExp(`\\b${value}\\b`, "g"), `<${name}>`);
  return out
    .replace(/\b40265\d{5}\b/g, (number) => names.of("NS", number))
    .replace(/\b\d{5}\b/g, (number) => (Number(number) >= FIRST_PID && Number(number) < LAST_PID ? names.of("P", number) : number))
    .replace(/\bline \d+:/g, "line N:")
    .replace(/\b(shared|master|propagate_from):\d+/g, "$1:N")
    .replace(/\b000001ffffffffff\b/g, "<all>")
    .replace(/^bash: line N: \S+ Killed .*\n/gm, "")
    .replace(/^ +(\d+) +(\d+) +(\d+)$/gm, " $1 $2 $3")
    .replace(/\n {7}dmesg\(1\).*\n$/, "")
    .replace(/\n$/, "");
}

function play({ steps }: { readonly steps: readonly Step[] }): { readonly steps: readonly Answer[] } | { readonly skipped: string } {
  if (steps.some(({ cmd }) => /\bpython3\b/.test(cmd))) return { skipped: "needs python3" };
  const world = transcriptWorld();
  const names = new Names();
  const saved = new Map<string, string>();
  const answers: Answer[] = [];
  for (const { ctx, cmd, starts, save } of steps) {
    const command = cmd.replace(/\{([A-Z][A-Za-z0-9_]*)\}/g, (whole, name: string) => saved.get(name) ?? whole);
    if (starts !== undefined) {
      saved.set(starts, world.begin(ctx, starts, command));
      answers.push({});
      continue;
    }
    const { exit, stdout } = world.say(ctx, command);
    if (save !== undefined) saved.set(save, stdout.trim());
    answers.push({ exit, stdout: normalised(stdout, names, saved) });
  }
  return { steps: answers };
}

/** `<n>` stands for any number. */
function isLike(got: string | undefined, expected: string): boolean {
  if (got === expected) return true;
  const source = expected.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("<n>", "\\d+");
  return got !== undefined && new RegExp(`^${source}$`).test(got);
}

export const runners: Runners = {
  ns: {
    run: play,
    same: (got, expected: { readonly steps: readonly Answer[] }) => {
      const { steps } = got as { readonly steps: readonly Answer[] };
      return expected.steps.every(({ exit, stdout }, i) => {
        const ours = steps[i];
        return (exit === undefined || ours?.exit === exit) && (stdout === undefined || isLike(ours?.stdout, stdout));
      });
    },
  },
};
