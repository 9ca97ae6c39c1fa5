/** Tab completion: what could stand at the cursor. */
export interface CompletionSnapshot {
  readonly namespace: string;
  readonly files: readonly string[];
  /** Names of a resource's objects, in a namespace or everywhere. */
  names(resource: string, namespace: string | undefined): readonly string[];
}
export interface Completion {
  /** Where the replaced word begins. */
  readonly from: number;
  readonly candidates: readonly string[];
}

export function complete(line: string, cursor: number, snapshot: CompletionSnapshot): Completion {
  const from = line.slice(0, cursor).lastIndexOf(" ") + 1;
  const word = line.slice(from, cursor);
  return { from, candidates: snapshot.files.filter((path) => path.startsWith(word)) };
}
