/** kubectl as a person uses it: recorded sessions, and the pure functions behind its options. */
import { Cluster, type CommandResult } from "../cluster/cluster";
import { sameText } from "../cluster/compare";
import type { Runner, Runners } from "../runner";

interface CliGiven {
  readonly files: Readonly<Record<string, string>>;
  readonly commands: readonly string[];
}
interface CliExpected {
  readonly results: readonly ((CommandResult & { readonly unstable?: boolean }) | null)[];
}

/** Kinds that this server does not serve yet; results that need one are counted apart. */
const NOT_BUILT =
  /StatefulSet|DaemonSet|kind: (Cron)?Job|Ingress|NetworkPolicy|ResourceQuota|LimitRange|PodDisruptionBudget|autoscale|\b(sts|ds|cj|jobs?|cronjob|hpa|pdb|quota|limitrange|ing|netpol|endpoints|role|rolebinding|ingress)\b/;

const counts = { passed: 0, failed: 0, notBuilt: 0 };
process.on("exit", () => {
  if (counts.passed + counts.failed > 0)
    process.stderr.write(
      `kubectl-cli commands: ${counts.passed} passed, ${counts.failed} failed; ${counts.notBuilt} of the failed need kinds that are not built\n`,
    );
});

/** Rows of a list come in the order of names, and these are generated. */
const same = (got: CommandResult, want: CommandResult, line: string): boolean =>
  sameText(got.stdout, want.stdout, /^kubectl get (?!.*--sort-by)/.test(line)) && sameText(got.stderr, want.stderr) && got.exit === want.exit;

const cli: Runner = {
  run(given: CliGiven) {
    const cluster = new Cluster();
    for (const [path, text] of Object.entries(given.files)) cluster.write(path, text);
    const results = given.commands.map((line) => {
      if (line === "@settle") {
        cluster.settle();
        return null;
      }
      return cluster.type(line.replace(/<<< (\S+)/, "< $1"));
    });
    return { results };
  },
  same(got: unknown, expected: CliExpected, given: CliGiven) {
    const { results } = got as { readonly results: readonly (CommandResult | null)[] };
    let ok = true;
    for (const [i, want] of expected.results.entries()) {
      const result = results[i];
      if (want === null || want.unstable === true || result === null || result === undefined) continue;
      if (same(result, want, given.commands[i] ?? "")) counts.passed += 1;
      else {
        ok = false;
        counts.failed += 1;
        const line = given.commands[i] ?? "";
        const notBuilt = NOT_BUILT.test(line) || Object.values(given.files).some((text) => NOT_BUILT.test(text));
        if (notBuilt) counts.notBuilt += 1;
        if (process.env["CLI"] !== undefined && (!notBuilt || process.env["CLI"] === "all"))
          process.stderr.write(
            `\n$ ${line}\n--- want ${want.exit}\n${want.stdout}!${want.stderr}\n--- got ${result.exit}\n${result.stdout}!${result.stderr}\n`,
          );
      }
    }
    return ok;
  },
};

export const runners: Runners = { "kubectl-cli": cli };
