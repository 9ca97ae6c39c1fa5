/**
 * `name=value`, `name+=value`, `name[index]=value`, `name=(…)` at the front of a command.
 *
 * @source bash(1) PARAMETERS
 */
import type { Assignment, BashWord } from "./bash-tree";
import { peek, skipBlank, type Source, take, takeMatch, unexpected } from "./bash-source";
import { expanded, word } from "./bash-word";

export function assignment(source: Source): Assignment | undefined {
  const match = takeMatch(source, /([A-Za-z_]\w*)(?:\[([^\]\n]*)\])?(\+?)=/y);
  if (match === null) return undefined;
  const inner = match[2] === undefined ? undefined : expanded({ ...source, text: match[2], at: 0, heredocs: [] }, "");
  const common = { name: match[1] ?? "", append: match[3] === "+", ...(inner === undefined ? {} : { index: inner }) };
  if (!take(source, "(")) return { ...common, value: word(source) };
  const array: BashWord[] = [];
  for (skipBlank(source, true); !take(source, ")"); skipBlank(source, true)) {
    const item = word(source);
    if (item.length === 0) throw unexpected(source);
    array.push(item);
    if (peek(source) === "(") throw unexpected(source);
  }
  return { ...common, value: { array } };
}
