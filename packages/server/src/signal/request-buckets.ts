import { type ClientMessage, limits, type RateLimit, refusalRate, sessionRates } from '@roomkey/protocol';
import { createTokenBucket, type MonoMillis, peekBucket, type TokenBucket, takeFromBucket } from '#kernel';

type RatedVerb = keyof typeof sessionRates;

const verbs = Object.keys(sessionRates).length;
const mostBuckets = verbs * limits.roomsPerConnection * 2;

/** Publish and unpublish share one bucket; verbs that are not listed are bounded elsewhere or cost nothing (WS15). */
function ratedVerbOf(t: ClientMessage['t']): RatedVerb | undefined {
  if (t === 'unpublish') return 'publish';
  return Object.hasOwn(sessionRates, t) ? (t as RatedVerb) : undefined;
}

/** Whether requests of this verb take from a bucket here, or may be held up by refusals. */
export function isRated(t: ClientMessage['t']): boolean {
  return ratedVerbOf(t) !== undefined || t === 'resume';
}

/** The buckets of one connection: per verb and room, which is per session (WS15), and one for refusals (AD10). */
export class RequestBuckets {
  // Every client pings, few do more: a Map for each would be the larger part of this.
  #ping: TokenBucket | undefined;
  #byVerb: Map<string, TokenBucket> | undefined;
  #refusals: TokenBucket | undefined;

  /** Takes one for this request; 0 when it may go on, else the milliseconds to wait. */
  take(message: ClientMessage, now: MonoMillis): number {
    const verb = ratedVerbOf(message.t);
    if (verb === undefined) return 0;
    const rate: RateLimit = sessionRates[verb];
    if (verb === 'ping') {
      this.#ping ??= createTokenBucket(rate, now);
      return takeFromBucket(this.#ping, rate, now);
    }
    // A switch makes a new session: its bucket goes with the connection, or switching would refill it.
    const roomId = verb !== 'switchRoom' && 'roomId' in message ? message.roomId : '';
    const key = `${verb} ${roomId}`;
    const bucket = this.#byVerb?.get(key) ?? this.#makeBucket(key, rate, now);
    return bucket === undefined ? rate.perMs : takeFromBucket(bucket, rate, now);
  }

  /** How long until another request that may be refused is heard; 0 = now. */
  refusalWaitMs(now: MonoMillis): number {
    return this.#refusals === undefined ? 0 : peekBucket(this.#refusals, refusalRate, now);
  }

  noteRefusal(now: MonoMillis): void {
    this.#refusals ??= createTokenBucket(refusalRate, now);
    takeFromBucket(this.#refusals, refusalRate, now);
  }

  // Room names are the client's words: names it is not in must neither fill the memory nor empty its real buckets.
  #makeBucket(key: string, rate: RateLimit, now: MonoMillis): TokenBucket | undefined {
    this.#byVerb ??= new Map();
    if (this.#byVerb.size >= mostBuckets) this.#forgetFull(this.#byVerb, now);
    if (this.#byVerb.size >= mostBuckets) return undefined;
    const bucket = createTokenBucket(rate, now);
    this.#byVerb.set(key, bucket);
    return bucket;
  }

  #forgetFull(buckets: Map<string, TokenBucket>, now: MonoMillis): void {
    for (const [key, bucket] of buckets) {
      const rate: RateLimit = sessionRates[key.slice(0, key.indexOf(' ')) as RatedVerb];
      const missing = rate.count - bucket.level;
      if (now - bucket.filledAtMono >= (missing * rate.perMs) / rate.count) buckets.delete(key);
    }
  }
}
