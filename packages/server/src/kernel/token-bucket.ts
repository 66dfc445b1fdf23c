import type { MonoMillis } from './units.ts';

/** At most `count` in `perMs`, refilled evenly. */
export interface BucketRate {
  readonly count: number;
  readonly perMs: number;
}

/** What a bucket holds: plain numbers, so that thousands cost little. */
export interface TokenBucket {
  level: number;
  filledAtMono: MonoMillis;
}

/** A full bucket. */
export function createTokenBucket(rate: BucketRate, now: MonoMillis): TokenBucket {
  return { level: rate.count, filledAtMono: now };
}

/** Takes one; 0 when there was one, else the milliseconds until there is. */
export function takeFromBucket(bucket: TokenBucket, rate: BucketRate, now: MonoMillis): number {
  refillBucket(bucket, rate, now);
  if (bucket.level >= 1) {
    bucket.level -= 1;
    return 0;
  }
  return Math.ceil(((1 - bucket.level) * rate.perMs) / rate.count);
}

/** Whether the bucket holds one, without taking it; 0, else the milliseconds until there is one. */
export function peekBucket(bucket: TokenBucket, rate: BucketRate, now: MonoMillis): number {
  refillBucket(bucket, rate, now);
  return bucket.level >= 1 ? 0 : Math.ceil(((1 - bucket.level) * rate.perMs) / rate.count);
}

function refillBucket(bucket: TokenBucket, rate: BucketRate, now: MonoMillis): void {
  const passedMs = Math.max(0, now - bucket.filledAtMono);
  bucket.level = Math.min(rate.count, bucket.level + (passedMs * rate.count) / rate.perMs);
  bucket.filledAtMono = now;
}
