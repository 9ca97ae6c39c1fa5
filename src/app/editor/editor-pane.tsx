/** The editor of the workspace's files: drafts until they are applied, blue where they differ from what the world has. */
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useT } from "../../locales/i18n";
import type { TerminalLine } from "../../session/types";
import { useSession, useWorld } from "../lab/lab-context";
import { focusRegion } from "../shell/region-ring";
import { ui, useUi } from "../store";
import { changedCount, createEditor, type Editor } from "./editor-view";
import type { Problem } from "./yaml-problems";
import "./editor.css";

export function applyFile(session: ReturnType<typeof useSession>, path: string, text: string, before: string | undefined): void {
  if (text !== before) session.writeFile(path, text);
  session.type("1", `kubectl apply -f ${/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`}`);
  ui.draft(path, undefined);
  if (!useUi.getState().holdsTime) session.play();
}

/** What kubectl said against the last `apply` of a file. Warnings and the objects it took do not count. */
function refusalOf(lines: readonly TerminalLine[] = [], path: string): string | undefined {
  const typed = lines.findLast((line) => line.stream === "in" && line.text.includes(`-f ${path}`));
  if (typed === undefined) return undefined;
  const said = lines.find((line) => line.job === typed.job && line.stream === "err" && /^(error|Error|The )/.test(line.text));
  // "is invalid:" is followed by its reasons, a line each.
  const [first = "", ...rest] = said?.text.trimEnd().split("\n") ?? [];
  return said === undefined ? undefined : first.endsWith(":") ? [first, ...rest.map((line) => line.replace(/^\* /, ""))].join(" ") : first;
}

/** One sentence about the text: what is wrong with it, how far it is from the world, or what became of it. */
function EditorWord({ path, changed, problem }: { readonly path: string; readonly changed: number; readonly problem?: Problem }): ReactNode {
  const t = useT();
  const applied = useWorld((state) => state.commands.findLast((command) => command.text.includes(`-f ${path}`))?.at);
  const refusal = useWorld((state) => refusalOf(state.terminals["1"]?.lines, path));
  const wrong =
    problem !== undefined
      ? t("app.editor.problem", { line: problem.line, column: problem.column ?? 1, message: problem.message })
      : changed === 0
        ? refusal
        : undefined;
  if (wrong !== undefined)
    return (
      <span className="wanted wrong" role="status" title={wrong}>
        {wrong}
      </span>
    );
  return (
    <span className="wanted">
      {changed > 0 && t("app.editor.changed", { count: changed })}
      {changed === 0 && applied !== undefined && t("app.editor.applied", { seconds: (applied / 1e6).toFixed(1) })}
    </span>
  );
}

export function EditorPane({ path }: { readonly path: string }): ReactNode {
  const t = useT();
  const session = useSession();
  const saved = useWorld((state) => state.files[path]);
  const draft = useUi((state) => state.drafts[path]);
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const [diff, setDiff] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | undefined>(undefined);
  const text = draft ?? saved ?? "";
  const changed = draft === undefined ? 0 : changedCount(draft, saved);

  const latest = useRef({ path, saved });
  latest.current = { path, saved };
  const apply = (): void => {
    applyFile(session, latest.current.path, editor.current?.text() ?? "", latest.current.saved);
    setDiff(false);
  };
  const run = useRef(apply);
  run.current = apply;

  useEffect(() => {
    if (place.current === null) return undefined;
    const created = createEditor(place.current, t("app.editor.label"), {
      change: (next) => ui.draft(latest.current.path, next === latest.current.saved ? undefined : next),
      apply: () => run.current(),
      problem: setProblem,
    });
    editor.current = created;
    // The types are large; the editor can be used before they are here.
    void import("./schema-support").then(({ schemaSupport }) => {
      if (editor.current === created) created.support(schemaSupport);
    });
    return () => {
      editor.current = undefined;
      created.dispose();
    };
    // Made once; what it shows follows below.
  }, []);
  useEffect(() => editor.current?.show(text, saved), [text, saved, path]);
  useEffect(() => editor.current?.diff(diff), [diff, saved, path]);

  return (
    <div className="editor">
      <div className="editor-bar">
        <EditorWord path={path} changed={changed} problem={problem} />
        {changed > 0 && saved !== undefined && (
          <button type="button" className="tb" aria-pressed={diff} onClick={() => setDiff(!diff)}>
            {t("app.editor.diff")}
          </button>
        )}
        <button type="button" className="button" disabled={text.trim() === ""} onClick={apply} title="Ctrl+Enter">
          {t("app.editor.apply")}
        </button>
      </div>
      <div className="editor-text" ref={place} />
    </div>
  );
}

/** `kubectl edit` waits for this text. */
export function EditSession({ terminal }: { readonly terminal: string }): ReactNode {
  const t = useT();
  const session = useSession();
  const edit = useWorld((state) => state.terminals[terminal]?.edit);
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | undefined>(undefined);
  const job = edit?.job;
  useEffect(() => {
    if (place.current === null || edit === undefined) return undefined;
    const created = createEditor(place.current, t("app.editor.label"), { change: () => undefined, apply: () => finish(true) });
    created.show(edit.text, edit.text);
    created.focus();
    editor.current = created;
    return () => created.dispose();
    // One editor per job; the text it waits for does not change.
  }, [job]);
  const finish = (save: boolean): void => {
    if (job === undefined) return;
    session.edited(terminal, job, save ? editor.current?.text() : undefined);
    focusRegion("terminal");
  };
  if (edit === undefined) return null;
  return (
    <div className="editor">
      <div className="editor-bar">
        <span className="wanted">{t("app.editor.waiting", { name: edit.name })}</span>
        <button type="button" className="button quiet" onClick={() => finish(false)}>
          {t("app.editor.cancel")}
        </button>
        <button type="button" className="button" onClick={() => finish(true)}>
          {t("app.editor.save")}
        </button>
      </div>
      <div className="editor-text" ref={place} />
    </div>
  );
}
