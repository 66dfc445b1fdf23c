import { describe, expect, it } from 'vitest';
import { createLogger } from '#kernel';
import type { DiagnosisRecord, LedgerRow } from '#storage';
import { FakeClock } from '../testing/fake-clock.ts';
import { createDiagnoses, type RefusalFacts } from './diagnoses.ts';

const refusal: RefusalFacts = {
  at: 1_795_488_930_000,
  appId: 7,
  verb: 'login',
  error: 'tokenUser',
  roomId: 'room1',
  userId: 'demo',
  platform: 'web',
  product: 'video',
  sdkVersion: '3.12.0',
  trace: [{ check: 'user', expected: 'demo', got: 'demo ', verdict: 'fail', hint: 'user-blank' }],
  token: undefined,
  issuerOffsetSeconds: 41,
};

function createWorld(append: (row: LedgerRow) => Promise<void> = async () => undefined) {
  const rows: DiagnosisRecord[] = [];
  const diagnoses = createDiagnoses({
    clock: new FakeClock(),
    logger: createLogger({ level: 'silent' }),
    ledger: {
      async append(row) {
        await append(row);
        if (row.kind === 'diagnosis') rows.push(row);
      },
      async findDiagnosis(appId, id) {
        return rows.find((row) => row.appId === appId && row.diagnosisId === id);
      },
    },
  });
  return { rows, diagnoses };
}

describe('diagnoses', () => {
  it('[AD13] the id tells the owner what was checked, with the nearest miss in two languages', async () => {
    const { diagnoses } = createWorld();
    const id = diagnoses.report(refusal);
    expect(Buffer.from(id, 'base64url')).toHaveLength(16);
    const why = await diagnoses.findWhy(7, id);
    expect(why).toMatchObject({ error: 'tokenUser', issuerOffsetSeconds: 41, hint: { id: 'user-blank' } });
    expect(why).toMatchObject({ trace: refusal.trace, claims: null });
  });

  it('[AD13] to another app the id does not exist, before and after it is written', async () => {
    const { diagnoses } = createWorld();
    const id = diagnoses.report(refusal);
    expect(await diagnoses.findWhy(8, id)).toBeUndefined();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await diagnoses.findWhy(8, id)).toBeUndefined();
    expect(await diagnoses.findWhy(7, id)).toBeDefined();
  });

  it('[AD13] beyond the rate ids are dropped and say how many alike; the disk is not filled', async () => {
    const { diagnoses, rows } = createWorld();
    const ids = Array.from({ length: 500 }, () => diagnoses.report(refusal));
    await new Promise((resolve) => setImmediate(resolve));
    expect(rows).toHaveLength(200);
    expect(await diagnoses.findWhy(7, ids.at(-1) ?? '')).toEqual({ dropped: true, alike: 300 });
    expect(await diagnoses.findWhy(7, ids[0] ?? '')).toMatchObject({ error: 'tokenUser' });
  });

  it('[AD13] what could not be written counts as dropped', async () => {
    const { diagnoses } = createWorld(() => Promise.reject(new Error('full')));
    const id = diagnoses.report(refusal);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await diagnoses.findWhy(7, id)).toEqual({ dropped: true, alike: 1 });
  });
});
