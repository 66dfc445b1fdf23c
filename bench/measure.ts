/** Median, least and most of some figures. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The spread of figures; at least one. */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = [...figures].sort((one, other) => one - other);
  return { median: percentile(sorted, 0.5), min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

/** The figure below which `share` of the sorted ones lie. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Runs contenders in alternating rounds and gives each one's operations per second. */
export async function compare(
  contenders: Readonly<Record<string, () => unknown>>,
  { rounds = 7, roundMs = 150 }: { readonly rounds?: number; readonly roundMs?: number } = {},
): Promise<Readonly<Record<string, Spread>>> {
  const figures = new Map<string, number[]>();
  for (let round = -1; round < rounds; round++) {
    for (const [name, work] of Object.entries(contenders)) {
      const begun = performance.now();
      let done = 0;
      while (performance.now() - begun < roundMs) {
        for (let each = 0; each < 20; each++) await awaitIfNeeded(work());
        done += 20;
      }
      const perSecond = (done * 1_000) / (performance.now() - begun);
      // The first round warms up.
      if (round >= 0) figures.set(name, [...(figures.get(name) ?? []), perSecond]);
    }
  }
  return Object.fromEntries([...figures].map(([name, values]) => [name, spreadOf(values)]));
}

function awaitIfNeeded(result: unknown): unknown {
  return result instanceof Promise ? result : undefined;
}

/** Rounds for people. */
export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
