import type { Gap } from './ledger.ts';

// Spans of one cause that lie closer than this are one gap: a storm of late rows is one line for its reader.
const joinedWithinMs = 60_000;

/** One gap out of two of the same cause that lie close together; else undefined. An unclean stop stands alone (ST3). */
export function joinGaps(one: Gap, other: Gap): Gap | undefined {
  if (one.cause !== other.cause || one.count === null || other.count === null) return undefined;
  const isNear = other.from <= one.to + joinedWithinMs && other.to >= one.from - joinedWithinMs;
  if (!isNear) return undefined;
  return {
    from: Math.min(one.from, other.from),
    to: Math.max(one.to, other.to),
    count: one.count + other.count,
    cause: one.cause,
  };
}

/** The list with one more gap, joined to the newest of its cause where they touch. */
export function addToGaps(gaps: readonly Gap[], gap: Gap): readonly Gap[] {
  const at = gaps.findLastIndex(({ cause }) => cause === gap.cause);
  const newest = gaps[at];
  const joined = newest === undefined ? undefined : joinGaps(newest, gap);
  return joined === undefined ? [...gaps, gap] : gaps.with(at, joined);
}
