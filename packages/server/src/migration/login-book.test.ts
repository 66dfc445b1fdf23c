import { describe, expect, it } from 'vitest';
import { createLogger } from '#kernel';
import type { LedgerRow, LoginRecord } from '#storage';
import { FakeClock } from '../testing/fake-clock.ts';
import { createLoginBook } from './login-book.ts';

const row: LoginRecord = {
  kind: 'login',
  at: 1_795_488_930_000,
  appId: 7,
  verb: 'login',
  roomId: 'room1',
  userId: 'demo',
  sessionId: 's1',
  method: 'token',
  fellBack: false,
  tokenVersion: '04',
  tokenFormat: '04-cbc',
  keyId: 'k1',
  platform: 'ios',
  sdkVersion: '3.22.0',
  product: 'video',
  outcome: 'admitted',
  code: 0,
  candidateOutcome: null,
  ruleOutcomes: ['admitted', 'admitted', 'appSignMissing'],
  canUseTokens: 'yes',
  diagnosis: null,
  rulesVersion: 1,
};

function createWorld(append: (row: LedgerRow) => Promise<void> = () => Promise.resolve()) {
  const clock = new FakeClock();
  const late: number[] = [];
  const book = createLoginBook({
    clock,
    now: () => clock.wallMs(),
    logger: createLogger({ level: 'silent' }),
    ledger: { append, markUnrecorded: (at) => void late.push(at) },
  });
  return { clock, book, late };
}

describe('the book of logins', () => {
  it('[MG1] counts by cell, format, fall-backs and where the rules disagree', async () => {
    const { book } = createWorld();
    await book.record(row);
    await book.record({ ...row, userId: 'other', fellBack: true, method: 'appSign' });
    await book.record({
      ...row,
      outcome: 'roomFull',
      code: 1002034,
      tokenFormat: '04-gcm',
      candidateOutcome: 'noToken',
    });
    const counters = book.counters(7);
    expect(counters.logins).toHaveLength(3);
    expect(counters.formats).toEqual([
      { format: '04-cbc', count: 2 },
      { format: '04-gcm', count: 1 },
    ]);
    expect(counters).toMatchObject({
      fellBack: 1,
      ruleDisagreements: 3,
      candidateDifferences: 1,
      unrecorded: 0,
    });
    expect(book.counters(8).logins).toEqual([]);
  });

  it('[ST3] a login waits for its record, but not longer than 250 ms; then the gap is noted', async () => {
    const { book, clock, late } = createWorld(() => new Promise(() => undefined));
    let isOver = false;
    const recorded = book.record(row).then(() => {
      isOver = true;
    });
    await clock.advance(249);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await recorded;
    expect(late).toEqual([row.at]);
    expect(book.counters(7).unrecorded).toBe(1);
  });

  it('[ST3] a record that is kept in time is no gap, and one that fails stops no login', async () => {
    const kept = createWorld();
    await kept.book.record(row);
    expect(kept.late).toEqual([]);
    const failing = createWorld(() => Promise.reject(new Error('full')));
    await failing.book.record(row);
    expect(failing.clock.timers).toBe(0);
  });

  it('[MG1a] at most 200 versions a day keep their names', async () => {
    const { book } = createWorld();
    for (let minor = 0; minor < 500; minor++) await book.record({ ...row, sdkVersion: `9.${minor}` });
    const cells = book.counters(7).logins;
    expect(cells).toHaveLength(201);
    expect(cells.find(({ sdkVersion }) => sdkVersion === 'other')?.count).toBe(300);
    await book.record({ ...row, at: row.at + 86_400_000, sdkVersion: '9.499' });
    expect(book.counters(7).logins.some(({ sdkVersion }) => sdkVersion === '9.499')).toBe(true);
  });

  it('[MG1a] refused strangers are counted in bounded memory, without user ids', () => {
    const { book } = createWorld();
    for (let host = 0; host < 20_000; host++) {
      book.countRefused({
        at: row.at,
        appId: 7,
        error: 'tokenUnopened',
        addressKey: `10.${host >> 8}.${host & 255}.1`,
      });
    }
    const { refused } = book.counters(7);
    expect(refused).toHaveLength(5_001);
    expect(refused.reduce((sum, cell) => sum + cell.count, 0)).toBe(20_000);
    expect(refused.find(({ network }) => network === 'other')?.count).toBe(15_000);
  });
});
