/** The text editor: YAML with the world's last version behind it. Lines that differ from it are blue, as all that is only wanted. */
import { autocompletion, completionKeymap, type CompletionSource } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, linter, lintGutter } from "@codemirror/lint";
import { Chunk, unifiedMergeView } from "@codemirror/merge";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension, RangeSetBuilder, StateEffect, StateField, Text } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  GutterMarker,
  gutterLineClass,
  hoverTooltip,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { type Problem, problemsOf } from "./yaml-problems";

export interface EditorSupport {
  /** Instead of YAML's own problems: those and the schema's. */
  readonly problems?: (text: string) => readonly Problem[];
  readonly complete?: CompletionSource;
  readonly hover?: Parameters<typeof hoverTooltip>[0];
}

export interface EditorEvents {
  change(text: string): void;
  apply(): void;
  /** The first error in the text, or that there is none. */
  problem?(problem: Problem | undefined): void;
}

export interface Editor {
  /** Shows a text; the cursor stays where the texts agree. */
  show(text: string, baseline: string | undefined): void;
  diff(on: boolean): void;
  support(support: EditorSupport): void;
  text(): string;
  focus(): void;
  dispose(): void;
}

const style = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--ink-2)" },
  { tag: [tags.string, tags.content, tags.number, tags.bool, tags.null, tags.literal], color: "var(--ink)", fontWeight: "500" },
  { tag: [tags.comment, tags.meta, tags.separator, tags.punctuation], color: "var(--ink-3)" },
  { tag: [tags.keyword, tags.typeName, tags.labelName], color: "var(--orch-ink)" },
]);

const setBaseline = StateEffect.define<string | undefined>();
const changedLine = Decoration.line({ class: "cm-wanted" });
const changedGutter = new (class extends GutterMarker {
  override elementClass = "cm-wanted-number";
})();

const baselineField = StateField.define<Text | undefined>({
  create: () => undefined,
  update: (value, transaction) => {
    for (const effect of transaction.effects) {
      if (effect.is(setBaseline)) return effect.value === undefined ? undefined : Text.of(effect.value.split("\n"));
    }
    return value;
  },
});

/** Starts of the lines that differ from the baseline. */
function changedStarts(state: EditorState): readonly number[] {
  const baseline = state.field(baselineField);
  if (baseline === undefined || baseline.eq(state.doc)) return [];
  const starts = new Set<number>();
  for (const chunk of Chunk.build(baseline, state.doc)) {
    for (let at = chunk.fromB; at < Math.min(chunk.toB, state.doc.length + 1); ) {
      const line = state.doc.lineAt(Math.min(at, state.doc.length));
      starts.add(line.from);
      at = line.to + 1;
    }
  }
  return [...starts].sort((a, b) => a - b);
}

const changedField = StateField.define<{ readonly lines: DecorationSet; readonly count: number }>({
  create: () => ({ lines: Decoration.none, count: 0 }),
  update: (value, transaction) => {
    if (!transaction.docChanged && !transaction.effects.some((effect) => effect.is(setBaseline))) return value;
    const starts = changedStarts(transaction.state);
    const builder = new RangeSetBuilder<Decoration>();
    for (const start of starts) builder.add(start, start, changedLine);
    return { lines: builder.finish(), count: starts.length };
  },
  provide: (field) => [
    EditorView.decorations.from(field, (value) => value.lines),
    gutterLineClass.compute([field], (state) => {
      const builder = new RangeSetBuilder<GutterMarker>();
      const cursor = state.field(field).lines.iter();
      for (; cursor.value !== null; cursor.next()) builder.add(cursor.from, cursor.from, changedGutter);
      return builder.finish();
    }),
  ],
});

export const changedCount = (text: string, baseline: string | undefined): number => {
  if (baseline === undefined) return text.split("\n").length;
  const a = Text.of(baseline.split("\n"));
  const b = Text.of(text.split("\n"));
  return Chunk.build(a, b).reduce((sum, chunk) => {
    const lines = (doc: Text, from: number, to: number): number =>
      to <= from ? 0 : doc.lineAt(Math.min(to - 1, doc.length)).number - doc.lineAt(Math.min(from, doc.length)).number + 1;
    return sum + Math.max(lines(a, chunk.fromA, chunk.toA), lines(b, chunk.fromB, chunk.toB));
  }, 0);
};

function lints(extra: EditorSupport["problems"], tell: EditorEvents["problem"]): Extension {
  return linter(
    (view): readonly Diagnostic[] => {
      const text = view.state.doc.toString();
      const all = extra === undefined ? problemsOf(text) : extra(text);
      tell?.(all.find((problem) => problem.severity === "error"));
      return all.map((problem) => {
        const line = view.state.doc.line(Math.min(view.state.doc.lines, Math.max(1, problem.line)));
        const from = Math.min(line.to, line.from + Math.max(0, (problem.column ?? 1) - 1));
        return { from, to: Math.max(from, line.to), severity: problem.severity, message: problem.message };
      });
    },
    { delay: 250 },
  );
}

export function createEditor(parent: HTMLElement, label: string, events: EditorEvents): Editor {
  const merge = new Compartment();
  const support = new Compartment();
  const supported = (with_: EditorSupport): Extension => [
    lints(with_.problems, events.problem),
    with_.complete === undefined ? autocompletion() : autocompletion({ override: [with_.complete] }),
    with_.hover === undefined ? [] : hoverTooltip(with_.hover),
  ];
  let quiet = false;
  const view = new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of("  "),
        bracketMatching(),
        highlightSelectionMatches(),
        yaml(),
        syntaxHighlighting(style),
        baselineField,
        changedField,
        support.of(supported({})),
        merge.of([]),
        keymap.of([
          { key: "Mod-Enter", run: () => (events.apply(), true) },
          {
            key: "Escape",
            run: (target) => {
              target.contentDOM.blur();
              return true;
            },
          },
          ...completionKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          ...searchKeymap,
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({
          "aria-label": label,
          "data-region-focus": "",
          tabindex: "0",
          spellcheck: "false",
          autocorrect: "off",
          autocapitalize: "off",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !quiet) events.change(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    show: (text, baseline) => {
      quiet = true;
      const old = view.state.doc.toString();
      const changes = old === text ? [] : difference(old, text);
      view.dispatch({ changes, effects: setBaseline.of(baseline) });
      quiet = false;
    },
    diff: (on) => {
      const baseline = view.state.field(baselineField);
      view.dispatch({
        effects: merge.reconfigure(on && baseline !== undefined ? unifiedMergeView({ original: baseline, mergeControls: false, gutter: false }) : []),
      });
    },
    support: (with_) => view.dispatch({ effects: support.reconfigure(supported(with_)) }),
    text: () => view.state.doc.toString(),
    focus: () => view.focus(),
    dispose: () => view.destroy(),
  };
}

function difference(old: string, next: string): { from: number; to: number; insert: string } {
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start++;
  let end = 0;
  while (end < old.length - start && end < next.length - start && old[old.length - 1 - end] === next[next.length - 1 - end]) end++;
  return { from: start, to: old.length - end, insert: next.slice(start, next.length - end) };
}
