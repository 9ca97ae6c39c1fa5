/** Compiled lesson text on the page. A marked word is tied to marks on the stage. */
import { toJsxRuntime } from "hast-util-to-jsx-runtime";
import type { ReactNode } from "react";
import { Fragment, jsx, jsxs } from "react/jsx-runtime";
import type { HtmlRoot } from "../../course/types";
import { LiveWord } from "./live-word";

type Tree = Parameters<typeof toJsxRuntime>[0];

interface MarkProps {
  readonly "data-select"?: string;
  readonly children?: ReactNode;
}

const components = {
  mark: ({ "data-select": select, children }: MarkProps) => <LiveWord select={select ?? ""}>{children}</LiveWord>,
};

export function Prose({ body }: { readonly body: HtmlRoot }): ReactNode {
  return toJsxRuntime(body as unknown as Tree, { Fragment, jsx, jsxs, components });
}

/** One line of text in which `code` is set as code. */
export function Inline({ text }: { readonly text: string }): ReactNode {
  return text.split("`").map((part, i) => (i % 2 === 1 ? <code key={i}>{part}</code> : <Fragment key={i}>{part}</Fragment>));
}
