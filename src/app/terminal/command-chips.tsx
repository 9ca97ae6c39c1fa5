/** Parts of commands to tap: a command is put together from verb, kind and name and then run. For phones, where typing is slow. */
import { type ReactNode, useState } from "react";
import { useT } from "../../locales/i18n";
import { useNames } from "../lab/names";

interface CommandChipsProps {
  readonly onRun: (line: string) => void;
  readonly onPut: (line: string) => void;
}

const VERBS = ["kubectl get", "kubectl describe", "kubectl delete", "kubectl logs", "kubectl scale", "kubectl rollout status"] as const;
const KINDS: Readonly<Record<string, readonly string[]>> = {
  "kubectl get": ["pods", "deployments", "rs", "services", "nodes", "events", "all"],
  "kubectl describe": ["pod", "deployment", "rs", "service", "node"],
  "kubectl delete": ["pod", "deployment", "service"],
  "kubectl scale": ["deployment"],
  "kubectl rollout status": ["deployment"],
};
const SHORT: Readonly<Record<string, string>> = { pods: "pod", deployments: "deployment", services: "service", nodes: "node" };
const ENDS: Readonly<Record<string, readonly string[]>> = {
  "kubectl get": ["-o wide", "-w", "-A"],
  "kubectl scale": ["--replicas=1", "--replicas=3", "--replicas=5"],
};

export function CommandChips({ onRun, onPut }: CommandChipsProps): ReactNode {
  const t = useT();
  const names = useNames();
  const [parts, setParts] = useState<readonly string[]>([]);
  const [verb, kind] = parts;
  const kinds = verb === undefined ? undefined : KINDS[verb];
  const wanted = SHORT[kind ?? ""] ?? kind ?? "pod";
  const offered =
    verb === undefined
      ? VERBS
      : kinds !== undefined && kind === undefined
        ? kinds
        : [
            ...names.filter((name) => (verb === "kubectl logs" ? name.kind === "pod" : name.kind === wanted)).map((name) => name.name),
            ...(ENDS[verb] ?? []),
          ].filter((part) => !parts.includes(part));
  const line = parts.join(" ");
  const change = (next: readonly string[]): void => {
    setParts(next);
    onPut(next.join(" "));
  };
  return (
    <div className="chips">
      <div className="chips-row">
        {offered.slice(0, 24).map((part) => (
          <button key={part} type="button" className="chip" onClick={() => change([...parts, part])}>
            {part}
          </button>
        ))}
      </div>
      <div className="chips-line">
        <code>{line === "" ? t("app.terminal.tap") : line}</code>
        <button type="button" className="button quiet" disabled={parts.length === 0} onClick={() => change(parts.slice(0, -1))}>
          {t("app.terminal.undo")}
        </button>
        <button
          type="button"
          className="button"
          disabled={parts.length === 0}
          onClick={() => {
            onRun(line);
            change([]);
          }}
        >
          {t("app.terminal.run")}
        </button>
      </div>
    </div>
  );
}
