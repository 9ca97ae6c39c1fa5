/**
 * What a command that changes objects prints of each: `deployment.apps/web created`, or the object in the form of `-o`.
 * @source kubernetes@1.35 staging/src/k8s.io/cli-runtime/pkg/printers/name.go
 */
import type { JsonObject } from "../../kube/apis/objects";
import type { ResourceInfo } from "../../kube/apis/resources";
import { out, type Run } from "../program";
import { type DryRun, dryRunNote, type Kubectl } from "./context";
import { listOf } from "./commands/get";
import { nameWord } from "./mapper";
import { type Printer, printerOf } from "./printers/output";

export class Results {
  private readonly objects: JsonObject[] = [];
  private readonly printer: Printer;
  private readonly dryRun: DryRun;

  constructor(printer: Printer, dryRun: DryRun) {
    this.printer = printer;
    this.dryRun = dryRun;
  }

  /** Prints at once, unless objects are printed together at the end. */
  *add(resource: ResourceInfo, name: string, operation: string, object: JsonObject): Run<void> {
    if (this.printer.form === "human") yield* out(`${nameWord(resource, name)} ${operation}${dryRunNote(this.dryRun)}\n`);
    else if (this.printer.form === "name") yield* out(`${nameWord(resource, name)}\n`);
    else this.objects.push(object);
  }

  *end(): Run<void> {
    if (this.printer.form !== "object" || this.objects.length === 0) return;
    yield* out(this.printer.print(this.objects.length === 1 ? (this.objects[0] as JsonObject) : listOf(this.objects), 0));
  }

  /** Prints each object by itself, as commands do that do not collect. */
  *endEach(): Run<void> {
    if (this.printer.form !== "object") return;
    for (const [index, object] of this.objects.entries()) yield* out(this.printer.print(object, index));
  }
}

export function* resultsOf(kubectl: Kubectl, dryRun: DryRun): Run<Results> {
  return new Results(yield* printerOf(kubectl, false), dryRun);
}
