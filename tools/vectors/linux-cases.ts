/**
 * Cases of the Linux suites, which are told apart by their folder's name. What a case is given and what the real kernel answered are taken
 * apart here, so that a runner never sees the answers.
 */
import type { JsonValue } from "./runner";

export interface LinuxCase {
  readonly suite: string;
  readonly case: string;
  readonly given: JsonValue;
  readonly expect: JsonValue;
}

type Row = { [key: string]: JsonValue };

const OVERLAY_INPUT = ["layers", "upper", "mountOptions", "layerFs", "dataOnly", "mount_raw", "mountRO", "ops"];
const OVERLAY_OUTPUT = ["mount", "expect", "finalMerged", "finalUpper", "finalLayers", "copyUps"];
const STEP_OUTPUT = new Set(["exit", "stdout", "note"]);

const isRow = (value: JsonValue): value is Row => value !== null && typeof value === "object" && !Array.isArray(value);
const pick = (row: Row, keys: readonly string[]): Row =>
  Object.fromEntries(keys.flatMap((key) => (key in row ? [[key, row[key] as JsonValue]] : [])));

function overlayCase(row: Row): LinuxCase {
  return { suite: "overlay", case: String(row["name"]), given: pick(row, OVERLAY_INPUT), expect: pick(row, OVERLAY_OUTPUT) };
}

function transcriptCase(suite: string, row: Row): LinuxCase {
  const steps = (row["steps"] as Row[] | undefined) ?? [];
  const asked = steps.map((step) => Object.fromEntries(Object.entries(step).filter(([key]) => !STEP_OUTPUT.has(key))));
  const answered = steps.map((step) => pick(step, ["exit", "stdout"]));
  const measured = row["measured"];
  // What was measured is named by its labels; what is to be built stands in the title.
  const measures: Row = isRow(measured ?? null) ? { title: row["title"] ?? "", measure: Object.keys(measured as Row) } : {};
  const name = String(row["scenario"]);
  // Version 1 is there to be read; its recordings tell how it differs.
  const reference: Row = suite === "cgroup" && /^v1\/|^v2-unified\//.test(name) ? { reference: "cgroup v1" } : {};
  return { suite, case: name, given: { steps: asked, ...measures, ...reference }, expect: { steps: answered, ...pick(row, ["measured"]) } };
}

/** The cases of a file in one of these folders; none of any other file. */
export function linuxCases(folder: string, value: JsonValue): readonly LinuxCase[] {
  const rows = Array.isArray(value) ? value : isRow(value) && Array.isArray(value["scenarios"]) ? value["scenarios"] : [];
  if (folder === "overlay")
    return rows
      .filter(isRow)
      .filter((row) => "layers" in row && "mount" in row)
      .map(overlayCase);
  if (folder === "ns" || folder === "cgroup")
    return rows
      .filter(isRow)
      .filter((row) => "steps" in row)
      .map((row) => transcriptCase(folder, row));
  if (folder === "oci") return rows.filter(isRow).map((row, i) => ({ suite: "oci", case: String(row["name"] ?? i), given: row, expect: null }));
  return [];
}
