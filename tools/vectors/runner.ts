/** What a suite's runner is. A runner calls the same functions the world calls; it holds no rule of its own. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

export interface Runner {
  /** What our code says for `given`. Throwing is a failure of the case. */
  run(given: never): unknown;
  /** Default: deep equality after dropping undefined. */
  same?(got: unknown, expected: never, given: never): boolean;
}

/** Each file in `runners/` exports one of these as `runners`, by suite name. */
export type Runners = Readonly<Record<string, Runner>>;
