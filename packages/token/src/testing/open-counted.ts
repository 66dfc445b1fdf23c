import { type JsonScan, scanJson } from '../json-scanner.ts';
import type { Keyring } from '../keyring.ts';
import { openFrame } from '../open-frame.ts';
import type { OpenResult } from '../open-result.ts';
import type { StepName, StepTally } from '../step-tally.ts';
import type { UnixSeconds } from '../token-claims.ts';

/** A result of `openToken` and the steps it took, by stage. */
export interface CountedOpening {
  readonly result: OpenResult;
  readonly steps: Readonly<Partial<Record<StepName, number>>>;
}

/**
 * Opens a token and counts the steps of each stage, to show that every refusal takes the same (TK13).
 * `scan` puts another scanner in place, so that a test can plant one that stops early and see it caught.
 */
export function openCounted(
  token: string,
  keyring: Keyring,
  nowSeconds: UnixSeconds,
  scan: JsonScan = scanJson,
): CountedOpening {
  const steps: Partial<Record<StepName, number>> = {};
  const tally: StepTally = {
    count: (name, taken) => {
      steps[name] = (steps[name] ?? 0) + taken;
    },
  };
  return { result: openFrame({ token, keyring, nowSeconds, expected: {}, probe: { tally, scan } }), steps };
}
