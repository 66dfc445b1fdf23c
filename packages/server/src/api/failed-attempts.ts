import { type BucketRate, type Clock, createTokenBucket, type TokenBucket, takeFromBucket } from '#kernel';

/** Wrong API keys an address may try before it is asked to wait (SC5). */
export const failedAttemptRate: BucketRate = { count: 10, perMs: 60_000 };

// A flood from many addresses costs at most about 1 MB; the address that failed longest ago is forgotten first.
const addressesKept = 10_000;

/** Counts failures per address; successes cost nothing. */
export interface FailedAttempts {
  /** Counts one failure; 0 while the address may go on trying, else the milliseconds it should wait. */
  count(address: string): number;
  /** How many addresses are remembered. */
  readonly size: number;
}

/** Failures in bounded memory. */
export function createFailedAttempts(clock: Clock): FailedAttempts {
  const buckets = new Map<string, TokenBucket>();
  return {
    count(address) {
      const now = clock.monoMs();
      const bucket = buckets.get(address) ?? createTokenBucket(failedAttemptRate, now);
      buckets.delete(address);
      buckets.set(address, bucket);
      if (buckets.size > addressesKept) {
        for (const oldest of buckets.keys()) {
          buckets.delete(oldest);
          break;
        }
      }
      return takeFromBucket(bucket, failedAttemptRate, now);
    },
    get size() {
      return buckets.size;
    },
  };
}
