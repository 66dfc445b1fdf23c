import {
  type BucketRate,
  createTokenBucket,
  type MonoMillis,
  peekBucket,
  type TokenBucket,
  takeFromBucket,
} from '#kernel';

// An office behind one address may mistype a lot; one user there hardly needs more than this.
const addressRate: BucketRate = { count: 60, perMs: 60_000 };
const userRate: BucketRate = { count: 10, perMs: 60_000 };
const mostBuckets = 20_000;

/**
 * Counts failed logins per address, and per user and address (AD10).
 *
 * Only failures take from a bucket, and only failures are refused for an empty one: nobody is locked out by others. The
 * oldest buckets make room when there are many.
 */
export class FailureBuckets {
  readonly #buckets = new Map<string, TokenBucket>();

  /** Notes a failure; 0 when it may be answered in full, else the milliseconds until one may. */
  noteFailure(addressKey: string, user: string, now: MonoMillis): number {
    const byAddress = this.#bucket(`a${addressKey}`, addressRate, now);
    const byUser = this.#bucket(`u${addressKey} ${user}`, userRate, now);
    const waitMs = Math.max(peekBucket(byAddress, addressRate, now), peekBucket(byUser, userRate, now));
    if (waitMs > 0) return waitMs;
    takeFromBucket(byAddress, addressRate, now);
    takeFromBucket(byUser, userRate, now);
    return 0;
  }

  /** How many buckets are held: bounded. */
  get size(): number {
    return this.#buckets.size;
  }

  #bucket(key: string, rate: BucketRate, now: MonoMillis): TokenBucket {
    const known = this.#buckets.get(key);
    if (known !== undefined) {
      this.#buckets.delete(key);
      this.#buckets.set(key, known);
      return known;
    }
    const made = createTokenBucket(rate, now);
    this.#buckets.set(key, made);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > mostBuckets && oldest !== undefined) this.#buckets.delete(oldest);
    return made;
  }
}
