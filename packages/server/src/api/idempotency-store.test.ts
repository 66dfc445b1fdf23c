import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLogger } from '#kernel';
import { type Database, openDb } from '#storage';
import { FakeClock } from '#testing';
import { answersKeptMs, answersKeptPerKey, createIdempotencyStore } from './idempotency-store.ts';

let dataDir: string;
let database: Database;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'roomkey-test-'));
  database = await openDb({ dataDir, logger: createLogger({ level: 'silent' }) });
});
afterAll(async () => {
  await database.stop();
  await rm(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  await database.db.deleteFrom('idempotency_keys').execute();
});

const call = (idempotencyKey: string, request = 'POST /x', keyId = 'k') => ({
  keyId,
  idempotencyKey,
  request,
});
const count = async () => {
  const { rows } = await database.db
    .selectFrom('idempotency_keys')
    .select((is) => is.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow();
  return Number(rows);
};

test('[API1] an answer is found again under its key, for the same request of the same caller only', async () => {
  const store = createIdempotencyStore(database, new FakeClock());
  expect(await store.reserve(call('a'))).toEqual({ state: 'reserved' });
  expect(await store.reserve(call('a'))).toEqual({ state: 'conflict' });
  await store.settle(call('a'), 200, '{"done":1}');
  expect(await store.reserve(call('a'))).toEqual({ state: 'answered', status: 200, answer: '{"done":1}' });
  expect(await store.reserve(call('a', 'POST /y'))).toEqual({ state: 'conflict' });
  expect(await store.reserve(call('a', 'POST /x', 'other'))).toEqual({ state: 'reserved' });
  await store.release(call('a', 'POST /x', 'other'));
  expect(await store.reserve(call('a', 'POST /x', 'other'))).toEqual({ state: 'reserved' });
});

test('[API1] of two at once, one is reserved', async () => {
  const store = createIdempotencyStore(database, new FakeClock());
  const states = (await Promise.all([1, 2, 3].map(() => store.reserve(call('race'))))).map(
    ({ state }) => state,
  );
  expect(states.sort()).toEqual(['conflict', 'conflict', 'reserved']);
});

test('[API1] answers are forgotten after a day', async () => {
  const clock = new FakeClock();
  const store = createIdempotencyStore(database, clock);
  await store.reserve(call('old'));
  await store.settle(call('old'), 200, 'x');
  clock.stepWall(answersKeptMs);
  expect(await store.reserve(call('old'))).toMatchObject({ state: 'answered' });
  clock.stepWall(1);
  expect(await store.reserve(call('old'))).toEqual({ state: 'reserved' });
});

test('[SC2] a caller cannot fill the table: its oldest answers go first', async () => {
  const clock = new FakeClock();
  const store = createIdempotencyStore(database, clock);
  await store.reserve(call('of another', 'POST /x', 'other'));
  for (let at = 0; at < answersKeptPerKey + 5; at += 1) {
    clock.stepWall(1);
    await store.reserve(call(`n${at}`));
  }
  expect(await count()).toBe(answersKeptPerKey + 1);
  expect(await store.reserve(call('of another', 'POST /x', 'other'))).toEqual({ state: 'conflict' });
  expect(await store.reserve(call(`n${answersKeptPerKey + 4}`))).toEqual({ state: 'conflict' });
});
