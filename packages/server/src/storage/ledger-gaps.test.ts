import { describe, expect, it } from 'vitest';
import type { Gap } from './ledger.ts';
import { addToGaps, joinGaps } from './ledger-gaps.ts';

const slow = (from: number, to: number, count: number | null = 1): Gap => ({
  from,
  to,
  count,
  cause: 'slow',
});

describe('gaps of the ledger', () => {
  it.each([
    ['after it', slow(1_000, 2_000), slow(62_000, 62_000), slow(1_000, 62_000, 2)],
    ['before it', slow(100_000, 100_000), slow(40_000, 41_000, 3), slow(40_000, 100_000, 4)],
    ['too late', slow(1_000, 2_000), slow(62_001, 62_001), undefined],
    ['too early', slow(100_000, 100_000), slow(1_000, 39_999), undefined],
    ['without a count', slow(1_000, 2_000), slow(2_000, 2_000, null), undefined],
    ['of another cause', slow(1_000, 2_000), { ...slow(2_000, 2_000), cause: 'failed' as const }, undefined],
  ])('[ST3] a span within a minute joins: %s', (_, one, other, joined) => {
    expect(joinGaps(one, other)).toEqual(joined);
  });

  it('[ST3] a gap joins the newest of its cause, past gaps of others', () => {
    const failed: Gap = { from: 5, to: 5, count: 1, cause: 'failed' };
    expect(addToGaps([slow(1, 1), failed], slow(9, 9))).toEqual([slow(1, 9, 2), failed]);
    expect(addToGaps([slow(1, 1)], slow(100_000, 100_000))).toHaveLength(2);
  });
});
