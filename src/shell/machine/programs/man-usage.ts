/**
 * `--help` as the only argument: a program's usage, made from its manual page, so that no program has to know.
 *
 * Programs whose real ones do not know `--help` are left to say so themselves.
 *
 * @source coreutils@9.1 src/system.h parse_long_options
 */
import type { Program } from "../../../linux/program";
import { hanging, wrapped } from "./man-layout";
import { type Page, programPage } from "./man-pages";
import { print } from "./support";

const COLUMNS = 79;
const HANG = 26;

export function usageOf({ usage, text }: Page): string {
  const paper = { columns: COLUMNS, bold: false };
  const lines = [
    ...usage.map((line, i) => `${i === 0 ? "Usage:" : "  or: "} ${line}`),
    ...wrapped(text.about, COLUMNS),
    ...(text.options === undefined ? [] : ["", ...Object.entries(text.options).flatMap(([option, what]) => hanging(option, what, 2, HANG, paper))]),
  ];
  return `${lines.join("\n")}\n`;
}

function withUsage(name: string, program: Program): Program {
  return (system, invocation) => {
    const { argv, state } = invocation;
    const page = argv.length === 2 && argv[1] === "--help" && state === undefined ? programPage(name, "en") : undefined;
    if (page === undefined || page.help === "own") return program(system, invocation);
    print(system, usageOf(page));
    return page.help ?? 0;
  };
}

export const withUsages = (programs: Readonly<Record<string, Program>>): Readonly<Record<string, Program>> =>
  Object.fromEntries(Object.entries(programs).map(([name, program]) => [name, withUsage(name, program)]));
