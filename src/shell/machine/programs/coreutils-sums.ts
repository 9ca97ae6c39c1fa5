/**
 * md5sum, sha1sum, sha256sum: sums of files, made and checked.
 *
 * @source coreutils@9.1 src/digest.c
 */
import type { Invocation, Program, System } from "../../../linux/program";
import { complain, fileName, given, tryHelp } from "./coreutils-support";
import { md5, sha1, sha256 } from "./digest";
import type { Parsed } from "./getopt";
import { because, linesOf, print, readFile } from "./support";

interface Sum {
  readonly name: string;
  readonly digits: number;
  readonly of: (text: string) => string;
}

const LONG = {
  binary: "b",
  check: "c",
  tag: "tag",
  text: "t",
  zero: "z",
  "ignore-missing": "ignore",
  quiet: "quiet",
  status: "status",
  strict: "strict",
  warn: "w",
} as const;

/** Names with a line's end in them are written with backslashes, and a backslash before it all. */
const escaped = (path: string): readonly [string, string] =>
  /[\\\n\r]/.test(path) ? ["\\", path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r")] : ["", path];

function shown(sum: Sum, path: string, text: string, options: Parsed): string {
  const end = options.has("z") ? "\0" : "\n";
  const [mark, name] = options.has("z") ? ["", path] : escaped(path);
  if (options.has("tag")) return `${mark}${sum.name} (${name}) = ${sum.of(text)}${end}`;
  return `${mark}${sum.of(text)} ${options.has("b") ? "*" : " "}${name}${end}`;
}

function checked(system: System, invocation: Invocation, sum: Sum, list: string, options: Parsed): boolean {
  const all = readFile(system, list);
  const named = list === "-" ? "'standard input'" : fileName(list);
  if ("errno" in all) return (complain(system, invocation, `${named}: ${because(all.errno)}`), false);
  let [right, wrong, unreadable, malformed] = [0, 0, 0, 0];
  const silent = options.has("status");
  const say = (text: string): void => {
    if (!silent) print(system, text);
  };
  const plain = new RegExp(`^\\\\?([0-9A-Fa-f]{${sum.digits}}) [ *](.+)$`);
  const tagged = new RegExp(`^\\\\?${sum.name} \\((.+)\\) = ([0-9A-Fa-f]{${sum.digits}})$`);
  for (const [i, line] of linesOf(all.text).entries()) {
    const match = plain.exec(line);
    const other = match === null ? tagged.exec(line) : null;
    const [expected, path] = match === null ? [other?.[2], other?.[1]] : [match[1], match[2]];
    if (expected === undefined || path === undefined) {
      if (line !== "" && !line.startsWith("#")) malformed++;
      if (options.has("w") && line !== "" && !line.startsWith("#"))
        complain(system, invocation, `${named}: ${i + 1}: improperly formatted ${sum.name} checksum line`);
      continue;
    }
    const file = readFile(system, path);
    if ("errno" in file) {
      if (options.has("ignore") && file.errno === "ENOENT") continue;
      complain(system, invocation, `${fileName(path)}: ${because(file.errno)}`);
      say(`${path}: FAILED open or read\n`);
      unreadable++;
    } else if (sum.of(file.text) === expected.toLowerCase()) {
      right++;
      if (!options.has("quiet")) say(`${path}: OK\n`);
    } else {
      wrong++;
      say(`${path}: FAILED\n`);
    }
  }
  if (right + wrong + unreadable === 0) {
    complain(
      system,
      invocation,
      options.has("ignore") && malformed === 0 ? `${named}: no file was verified` : `${named}: no properly formatted checksum lines found`,
    );
    return false;
  }
  const counts = (count: number, one: string, many: string): void => {
    if (count > 0 && !silent) complain(system, invocation, `WARNING: ${count} ${count === 1 ? one : many}`);
  };
  counts(malformed, "line is improperly formatted", "lines are improperly formatted");
  counts(unreadable, "listed file could not be read", "listed files could not be read");
  counts(wrong, "computed checksum did NOT match", "computed checksums did NOT match");
  return wrong === 0 && unreadable === 0 && (malformed === 0 || !options.has("strict"));
}

const summing =
  (sum: Sum): Program =>
  (system, invocation) => {
    const options = given(system, invocation, { short: "bctwz", long: LONG });
    if (options === undefined) return 1;
    if (options.has("tag") && options.has("c")) return tryHelp(system, invocation, "the --tag option is meaningless when verifying checksums");
    let status = 0;
    for (const path of options.operands.length === 0 ? ["-"] : options.operands) {
      if (options.has("c")) {
        if (!checked(system, invocation, sum, path, options)) status = 1;
        continue;
      }
      const all = readFile(system, path);
      if ("errno" in all) {
        complain(system, invocation, `${fileName(path)}: ${because(all.errno)}`);
        status = 1;
      } else print(system, shown(sum, path, all.text, options));
    }
    return status;
  };

export const md5sum = summing({ name: "MD5", digits: 32, of: md5 });
export const sha1sum = summing({ name: "SHA1", digits: 40, of: sha1 });
export const sha256sum = summing({ name: "SHA256", digits: 64, of: sha256 });
