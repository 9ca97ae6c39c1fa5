/** The benchmark's cases; the names are a contract. */
export interface BenchCase {
  readonly kind: "up" | "down" | "roll" | "idle" | "seek";
  readonly pods: number;
  readonly nodes: number;
}

export const CASES: Readonly<Record<string, BenchCase>> = {
  up100: { kind: "up", pods: 100, nodes: 3 },
  up1000_n10: { kind: "up", pods: 1000, nodes: 10 },
  up1000_n500: { kind: "up", pods: 1000, nodes: 500 },
  down1000: { kind: "down", pods: 1000, nodes: 10 },
  roll50: { kind: "roll", pods: 50, nodes: 3 },
  idle100: { kind: "idle", pods: 100, nodes: 3 },
  up10000_n500: { kind: "seek", pods: 10_000, nodes: 500 },
};
