/**
 * How `ls` lays names out: one a line, in columns, across, with commas, or long.
 *
 * @source coreutils@9.1 src/ls.c print_long_format calculate_columns print_many_per_line
 */
import { humanSize } from "./coreutils-human";
import { colourOf, type Entry, type Indicator, type QuotingStyle, signOf, styled, type TimeField } from "./coreutils-ls-entry";
import { sinceEpoch, strftime } from "./coreutils-strftime";
import { modeString } from "./coreutils-support";

export interface Layout {
  readonly format: "long" | "one" | "vertical" | "horizontal" | "commas";
  readonly quoting: QuotingStyle;
  readonly hides: boolean;
  readonly indicator: Indicator;
  readonly colours: boolean;
  readonly inodes: boolean;
  readonly blocks: boolean;
  readonly owner: boolean;
  readonly group: boolean;
  readonly author: boolean;
  readonly human: 1000 | 1024 | undefined;
  readonly blockSize: number;
  /** In what sizes are told: bytes, unless it was asked for otherwise. */
  readonly sizeUnit: number;
  readonly time: TimeField;
  /** Templates of dates long ago (or to come) and of lately. */
  readonly dates: readonly [old: string, recent: string];
  readonly width: number;
  readonly tab: number;
  readonly now: number;
  readonly end: string;
  readonly userName: (uid: number) => string;
  readonly groupName: (gid: number) => string;
}

/** Half a year of average length. */
const HALF_YEAR = (31_556_952 / 2) * 1e6;

export function blockCount(blocks: number, { human, blockSize }: Layout): string {
  return human === undefined ? String(Math.ceil((blocks * 512) / blockSize)) : humanSize(blocks * 512, human);
}

const drawn = (text: string): number => text.replace(/[\x80-\xbf]/g, "").length;
const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(drawn));

interface Written {
  readonly text: string;
  readonly width: number;
}

/** A name as it is written: quoted, coloured, with its sign. */
function nameOf(entry: Entry, layout: Layout, aligned: boolean, long: boolean): Written {
  const quoted = styled(entry.name, layout.quoting, layout.hides);
  const lead = aligned && !/^['"]/.test(quoted) ? " " : "";
  const colour = layout.colours ? colourOf(entry) : undefined;
  const text = colour === undefined ? quoted : `\x1b[${colour}m${quoted}\x1b[0m`;
  const kind = entry.attributes?.kind ?? entry.kind;
  const sign = long && entry.target !== undefined ? "" : signOf(kind, entry.attributes?.mode, layout.indicator);
  const width = drawn(lead + quoted + sign);
  if (!long || entry.target === undefined) return { text: lead + text + sign, width };
  const { target, targetAttributes } = entry;
  const shown = styled(target, layout.quoting, layout.hides);
  const tint = layout.colours ? colourOf({ kind: undefined, attributes: targetAttributes }) : undefined;
  const behind = signOf(targetAttributes?.kind, targetAttributes?.mode, layout.indicator);
  return { text: `${lead}${text} -> ${tint === undefined ? shown : `\x1b[${tint}m${shown}\x1b[0m`}${behind}`, width };
}

function dateOf({ attributes }: Entry, { time, dates, now }: Layout): string {
  if (attributes === undefined) return "?";
  const at = sinceEpoch(attributes[time]);
  const [old, recent] = dates;
  return strftime(at > now - HALF_YEAR && at <= now ? recent : old, at);
}

function longLines(
  entries: readonly Entry[],
  layout: Layout,
  names: readonly string[],
  inodes: readonly string[],
  blocks: readonly string[],
): string {
  const of = (pick: (entry: Entry) => string): readonly string[] => entries.map((entry) => (entry.attributes === undefined ? "?" : pick(entry)));
  const attributesOf = ({ attributes }: Entry) => attributes as NonNullable<Entry["attributes"]>;
  const isDevice = ({ attributes }: Entry): boolean => attributes?.kind === "char" || attributes?.kind === "block";
  const links = of((entry) => String(attributesOf(entry).nlink));
  const users = of((entry) => layout.userName(attributesOf(entry).uid));
  const groups = of((entry) => layout.groupName(attributesOf(entry).gid));
  const majors = widest(entries.filter(isDevice).map((entry) => String(attributesOf(entry).rdev[0])));
  const minors = widest(entries.filter(isDevice).map((entry) => String(attributesOf(entry).rdev[1])));
  const sizes = of((entry) => {
    const { size, rdev } = attributesOf(entry);
    if (isDevice(entry)) return `${String(rdev[0]).padStart(majors)}, ${String(rdev[1]).padStart(minors)}`;
    return layout.human !== undefined ? humanSize(size, layout.human) : String(Math.ceil(size / layout.sizeUnit));
  });
  const dates = entries.map((entry) => dateOf(entry, layout));
  const dateWidth = widest(dates.some((date) => date !== "?") ? dates : ["Jan  1 00:00"]);
  const widths = {
    inodes: widest(inodes),
    blocks: widest(blocks),
    links: widest(links),
    users: widest(users),
    groups: widest(groups),
    sizes: widest(sizes),
  };
  // Names stand to the left, numbers to the right.
  const party = (text: string, width: number): string => (/^\d+$/.test(text) ? text.padStart(width) : text.padEnd(width));
  return entries
    .map((entry, i) => {
      const kind = entry.kind ?? "file";
      const mode = entry.attributes === undefined ? `${modeString({ kind, mode: 0 })[0]}?????????` : modeString(entry.attributes);
      const parts = [
        ...(layout.inodes ? [(inodes[i] ?? "").padStart(widths.inodes)] : []),
        ...(layout.blocks ? [(blocks[i] ?? "").padStart(widths.blocks)] : []),
        mode,
        (links[i] ?? "").padStart(widths.links),
        ...(layout.owner ? [party(users[i] ?? "", widths.users)] : []),
        ...(layout.group ? [party(groups[i] ?? "", widths.groups)] : []),
        ...(layout.author ? [party(users[i] ?? "", widths.users)] : []),
        (sizes[i] ?? "").padStart(widths.sizes),
        dates[i] === "?" ? "?".padStart(dateWidth) : (dates[i] ?? ""),
        names[i] ?? "",
      ];
      return parts.join(" ") + layout.end;
    })
    .join("");
}

/** From one place of a line to another, by tabs where there are any. */
function indent(from: number, to: number, tab: number): string {
  let out = "";
  for (let at = from; at < to; ) {
    if (tab > 0 && Math.floor(to / tab) > Math.floor((at + 1) / tab)) {
      out += "\t";
      at += tab - (at % tab);
    } else {
      out += " ";
      at++;
    }
  }
  return out;
}

const LEAST = 3;

/** The widths of as many columns as the line takes. */
function columnsFor(widths: readonly number[], line: number, across: boolean): readonly number[] {
  const count = widths.length;
  for (let columns = Math.min(Math.ceil(line / LEAST), count); columns > 1; columns--) {
    const rows = Math.floor((count + columns - 1) / columns);
    const widest = Array.from({ length: columns }, () => LEAST);
    for (const [i, width] of widths.entries()) {
      const at = across ? i % columns : Math.floor(i / rows);
      widest[at] = Math.max(widest[at] ?? LEAST, width + (at === columns - 1 ? 0 : 2));
    }
    if (widest.reduce((sum, width) => sum + width, 0) < line) return widest;
  }
  return [0];
}

function inColumns(names: readonly Written[], { width, tab, format, end }: Layout): string {
  const across = format === "horizontal";
  const columns = columnsFor(
    names.map((name) => name.width),
    width,
    across,
  );
  const rows = Math.ceil(names.length / columns.length);
  let out = "";
  for (let row = 0; row < rows; row++) {
    let [at, wanted] = [0, 0];
    for (let column = 0; column < columns.length; column++) {
      const name = names[across ? row * columns.length + column : column * rows + row];
      if (name === undefined) break;
      out += indent(at, wanted, tab) + name.text;
      at = wanted + name.width;
      wanted += columns[column] ?? 0;
    }
    out += end;
  }
  return out;
}

function withCommas(names: readonly Written[], { width, end }: Layout): string {
  let [out, at] = ["", 0];
  for (const [i, name] of names.entries()) {
    if (i > 0) {
      const fits = width === 0 || at + name.width + 2 < width;
      out += fits ? ", " : ",\n";
      at = fits ? at + 2 : 0;
    }
    out += name.text;
    at += name.width;
  }
  return out === "" ? "" : out + end;
}

export function listing(entries: readonly Entry[], layout: Layout): string {
  if (entries.length === 0) return "";
  const long = layout.format === "long";
  const aligned =
    layout.quoting === "shell-escape" && layout.format !== "commas" && entries.some(({ name }) => /^['"]/.test(styled(name, layout.quoting, false)));
  const names = entries.map((entry) => nameOf(entry, layout, aligned && (long || layout.format !== "one"), long));
  const inodes = layout.inodes ? entries.map(({ ino, attributes }) => String(ino ?? attributes?.ino ?? "?")) : [];
  const blocks = layout.blocks ? entries.map(({ attributes }) => (attributes === undefined ? "?" : blockCount(attributes.blocks ?? 0, layout))) : [];
  const begin = layout.colours && entries.some((entry) => colourOf(entry) !== undefined) ? "\x1b[0m" : "";
  if (long)
    return (
      begin +
      longLines(
        entries,
        layout,
        names.map(({ text }) => text),
        inodes,
        blocks,
      )
    );
  const pads = layout.format === "commas" ? [0, 0] : [widest(inodes), widest(blocks)];
  const whole = names.map(({ text, width }, i) => {
    const lead = [
      ...(layout.inodes ? [(inodes[i] ?? "").padStart(pads[0] ?? 0)] : []),
      ...(layout.blocks ? [(blocks[i] ?? "").padStart(pads[1] ?? 0)] : []),
    ];
    const before = lead.map((part) => `${part} `).join("");
    return { text: before + text, width: before.length + width };
  });
  if (layout.format === "one") return begin + whole.map(({ text }) => text + layout.end).join("");
  return begin + (layout.format === "commas" ? withCommas(whole, layout) : inColumns(whole, layout));
}
