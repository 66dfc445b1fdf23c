import type { RoomkeyErrorName } from '@roomkey/protocol';
import type { Revocation } from '#policy';
import type { Check } from './decision.ts';
import type { HintId } from './hints.ts';

/** One check that was made: its row, and what it refuses with when it failed. */
export interface Finding {
  readonly row: Check;
  readonly error?: RoomkeyErrorName;
  readonly retryAfterMs?: number;
  readonly revocation?: Revocation;
}

/** What a row says beside its verdict. */
export interface RowValues {
  readonly expected: string;
  readonly got: string;
  readonly hint?: HintId | undefined;
}

// Ids of tokens may be long; a trace is kept for days (AD13).
const longestValue = 128;

/** One row of a trace, its values cut to 128 characters: some of them come from clients (AD1). */
export function makeRow(check: string, verdict: Check['verdict'], values: RowValues): Check {
  const { hint } = values;
  return {
    check,
    expected: cutText(values.expected),
    got: cutText(values.got),
    verdict,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The row of a check that passes or refuses with `error`. */
export function makeFinding(
  check: string,
  passes: boolean,
  error: RoomkeyErrorName,
  values: RowValues,
): Finding {
  const row = makeRow(check, passes ? 'pass' : 'fail', values);
  return passes ? { row } : { row, error };
}

/** An instant in Unix seconds for people; a number that is no instant stays a number. */
export function formatInstant(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace('.000Z', 'Z');
}

// A cut may halve a pair of surrogates, and what is stored as UTF-8 must be well-formed.
function cutText(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue - 1)}…`.toWellFormed();
}
