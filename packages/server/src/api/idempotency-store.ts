import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#kernel';
import { type Database, isUniqueViolation } from '#storage';

/** Answers are kept this long (API1). */
export const answersKeptMs: number = 24 * 60 * 60_000;

/** Answers kept per API key; the oldest go first. */
export const answersKeptPerKey = 1_000;

/** What was found under an `Idempotency-Key`. */
export type Reservation =
  /** Nothing: the request may be done, and must then be settled or released. */
  | { readonly state: 'reserved' }
  /** The same request was answered before. */
  | { readonly state: 'answered'; readonly status: number; readonly answer: string }
  /** Another request came under this key, or the same one is under way, or its end is not known. */
  | { readonly state: 'conflict' };

/** One request under one `Idempotency-Key` of one API key. */
export interface IdempotentCall {
  readonly keyId: string;
  readonly idempotencyKey: string;
  /** Method, address and body as one text; only its hash is kept. */
  readonly request: string;
}

/** Answers of writes, so that a repeated request is done once (API1). Bounded by age and by count per API key. */
export interface IdempotencyStore {
  reserve(call: IdempotentCall): Promise<Reservation>;
  /** Keeps the answer; it must hold no secret. */
  settle(call: IdempotentCall, status: number, answer: string): Promise<void>;
  /** Nothing was done: the key may be used again. */
  release(call: IdempotentCall): Promise<void>;
}

// A status no answer has: the request is under way, or the process ended before it was answered.
const underWay = 0;

/** Answers in the owner's database. */
export function createIdempotencyStore(database: Database, clock: Clock): IdempotencyStore {
  const { db } = database;
  const find = async (call: IdempotentCall): Promise<Reservation> => {
    const row = await db
      .selectFrom('idempotency_keys')
      .selectAll()
      .where('key_id', '=', call.keyId)
      .where('idempotency_key', '=', call.idempotencyKey)
      .executeTakeFirst();
    if (row === undefined || row.status === underWay) return { state: 'conflict' };
    if (!timingSafeEqual(row.request_hash, hashOf(call))) return { state: 'conflict' };
    return { state: 'answered', status: row.status, answer: row.answer };
  };
  return {
    async reserve(call) {
      const now = clock.wallMs();
      await db
        .deleteFrom('idempotency_keys')
        .where('created_at', '<', now - answersKeptMs)
        .execute();
      try {
        await db
          .insertInto('idempotency_keys')
          .values({
            key_id: call.keyId,
            idempotency_key: call.idempotencyKey,
            request_hash: hashOf(call),
            status: underWay,
            answer: '',
            created_at: now,
          })
          .execute();
      } catch (failure) {
        if (isUniqueViolation(failure)) return find(call);
        throw failure;
      }
      await dropOldest(database, call.keyId);
      return { state: 'reserved' };
    },
    async settle(call, status, answer) {
      await db
        .updateTable('idempotency_keys')
        .set({ status, answer })
        .where('key_id', '=', call.keyId)
        .where('idempotency_key', '=', call.idempotencyKey)
        .execute();
    },
    async release(call) {
      await db
        .deleteFrom('idempotency_keys')
        .where('key_id', '=', call.keyId)
        .where('idempotency_key', '=', call.idempotencyKey)
        .execute();
    },
  };
}

async function dropOldest({ db }: Database, keyId: string): Promise<void> {
  const beyond = await db
    .selectFrom('idempotency_keys')
    .select('created_at')
    .where('key_id', '=', keyId)
    .orderBy('created_at', 'desc')
    .offset(answersKeptPerKey)
    .limit(1)
    .executeTakeFirst();
  if (beyond === undefined) return;
  await db
    .deleteFrom('idempotency_keys')
    .where('key_id', '=', keyId)
    .where('created_at', '<=', beyond.created_at)
    .execute();
}

function hashOf(call: IdempotentCall): Uint8Array {
  return createHash('sha256').update(call.request, 'utf8').digest();
}
