/**
 * Lesson text to a sanitized HTML tree. Markdown with one directive: `:mark[word]{select="ghost"}`, a word that points at the stage.
 * Used when the course is compiled; a teacher's own file would take the same way.
 */
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import remarkDirective from "remark-directive";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";
import type { HtmlRoot } from "./types";

interface MarkdownNode {
  readonly type: string;
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly MarkdownNode[];
  data?: { hName: string; hProperties: Record<string, string> };
}

/** Turns `:mark[…]` into an element; any other directive becomes its plain words. */
function marks() {
  const visit = (node: MarkdownNode): void => {
    if (node.type === "textDirective") {
      node.data =
        node.name === "mark" ? { hName: "mark", hProperties: { dataSelect: node.attributes?.["select"] ?? "" } } : { hName: "span", hProperties: {} };
    }
    for (const child of node.children ?? []) visit(child);
  };
  return (tree: unknown) => visit(tree as MarkdownNode);
}

const schema = {
  ...defaultSchema,
  tagNames: [
    "p",
    "strong",
    "em",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "mark",
    "span",
    "blockquote",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "h3",
    "h4",
    "hr",
    "br",
  ],
  attributes: { mark: [["dataSelect", /^[a-z][a-z:-]{0,40}$/]] },
};

const processor = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkDirective)
  .use(marks)
  .use(remarkRehype)
  .use(rehypeSanitize, schema as never);

/** Without source positions. */
export function htmlOf(markdown: string): HtmlRoot {
  const tree = processor.runSync(processor.parse(markdown)) as unknown;
  return JSON.parse(JSON.stringify(tree, (key, value: unknown) => (key === "position" ? undefined : value))) as HtmlRoot;
}
