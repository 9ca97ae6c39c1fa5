/** The pictures of a machine, drawn: what can be pointed at has a spoken name, and one mark is reached by Tab. */
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { layered, nested } from "../../../tools/gallery/machine-fixtures";
import { StageWords, type Translate } from "../words";
import { MachineFigure } from "./machine-figure";
import { UnionFigure } from "./union-figure";

/** Says keys with their parameters, so that a test reads what is said in no language. */
const keys: Translate = (key, params) => [key, ...Object.values(params ?? {})].join(" ");
const drawn = (figure: React.JSX.Element): string => renderToStaticMarkup(<StageWords value={keys}>{figure}</StageWords>);
const spoken = (svg: string): readonly string[] => [...svg.matchAll(/role="button" aria-label="([^"]*)"/g)].map((match) => match[1] ?? "");
const nothing = (): void => undefined;

test("a union mount names every path and sheet, and draws its copy in flight", () => {
  const svg = drawn(<UnionFigure view={layered()} viewport={{ width: 1008, height: 534 }} onSelect={nothing} describedBy="x" label="layers" />);
  const names = spoken(svg);
  expect(names).toContain("machine.union.readOver srv/www/index.html /l/3 /l/2");
  expect(names).toContain("machine.union.goneOver usr/share/doc/nginx.txt  /l/2");
  expect(names.filter((name) => name.includes("/l/")).length).toBeGreaterThan(5);
  expect(svg.match(/tabindex="0"/gi)?.length).toBe(1);
  expect(svg).toContain("machine.union.copying");
  expect(svg).toContain("ENOENT");
});

test("a machine's processes are said with their number from each viewpoint", () => {
  const svg = drawn(
    <MachineFigure
      view={nested()}
      viewport={{ width: 1008, height: 548 }}
      selection="host/5"
      onSelect={nothing}
      describedBy="x"
      label="machine"
      standing={1}
    />,
  );
  expect(spoken(svg)).toContain("machine.ledger.process sleep host 2263, A 16, B 2");
  expect(svg).toContain('aria-pressed="true"');
  expect(svg).toContain("nr_throttled 8");
  expect(svg).toContain("veth3f2a");
});
