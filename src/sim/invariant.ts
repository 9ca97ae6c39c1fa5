/** A bug of ours, never a simulated failure. It stops the session, which shows the seed, the event and a link that reproduces it. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

export function invariant(condition: unknown, what: string): asserts condition {
  if (!condition) throw new InvariantError(what);
}
