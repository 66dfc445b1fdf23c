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
  userId: 'alice-of-the-tests',
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

const allAdmit = ['admitted', 'admitted', 'admitted'] as const;

function throwAtOnce(): Promise<void> {
  throw new Error('closed');
}

function createWorld(append: (row: LedgerRow) => Promise<void> = () => Promise.resolve()) {
  const clock = new FakeClock();
  const late: number[] = [];
  const lines: string[] = [];
  const book = createLoginBook({
    clock,
    now: () => clock.wallMs(),
    logger: createLogger({ level: 'warn', stream: { write: (line) => void lines.push(line) } }),
    ledger: { append, markUnrecorded: (at) => void late.push(at) },
  });
  return { clock, book, late, lines };
}

describe('the book of logins', () => {
  it('[MG1] counts by cell, format, fall-backs and where the rules disagree', async () => {
    const { book } = createWorld();
    await book.record(row);
    await book.record({ ...row, userId: 'other', candidateOutcome: 'admitted' });
    await book.record({ ...row, fellBack: true, method: 'appSign', ruleOutcomes: allAdmit });
    await book.record({
      ...row,
      outcome: 'roomFull',
      code: 1002034,
      tokenFormat: '04-gcm',
      candidateOutcome: 'noToken',
    });
    const counters = book.counters(7);
    const cell = { platform: 'ios', sdkVersion: '3.22.0', product: 'video' };
    expect(counters.logins).toEqual([
      { ...cell, method: 'token', outcome: 'admitted', count: 2 },
      { ...cell, method: 'appSign', outcome: 'admitted', count: 1 },
      { ...cell, method: 'token', outcome: 'roomFull', count: 1 },
    ]);
    expect(counters.formats).toEqual([
      { format: '04-cbc', count: 3 },
      { format: '04-gcm', count: 1 },
    ]);
    expect(counters).toMatchObject({
      fellBack: 1,
      ruleDisagreements: 3,
      candidateDifferences: 1,
      unrecorded: 0,
    });
    expect(JSON.parse(JSON.stringify(counters))).toEqual(counters);
    expect(book.counters(8).logins).toEqual([]);
    expect(book.appIds()).toEqual([7]);
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

  it('[ST3] a record that is kept in time is no gap', async () => {
    const { book, clock, late } = createWorld(async () => {
      await new Promise<void>((resolve) => clock.setTimer(200, resolve));
    });
    const recorded = book.record(row);
    await clock.advance(200);
    await recorded;
    await clock.advance(1_000);
    expect(late).toEqual([]);
    expect(book.counters(7).unrecorded).toBe(0);
  });

  it('[ST3] a record that cannot be written stops no login, is counted, and is told with ids only', async () => {
    for (const append of [() => Promise.reject(new Error('full')), throwAtOnce]) {
      const { book, clock, late, lines } = createWorld(append);
      await book.record(row);
      expect(clock.timers).toBe(0);
      expect(late).toEqual([]);
      expect(book.counters(7).unrecorded).toBe(1);
      expect(lines).toHaveLength(1);
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ appId: 7, msg: 'a login was not recorded' });
      expect(lines[0]).not.toContain(row.userId);
    }
  });

  it('[ST3] a record that fails after its login went on is counted once', async () => {
    const { book, clock, late, lines } = createWorld(async () => {
      await new Promise<void>((resolve) => clock.setTimer(400, resolve));
      throw new Error('full');
    });
    const recorded = book.record(row);
    await clock.advance(1_000);
    await recorded;
    expect(late).toEqual([row.at]);
    expect(lines).toHaveLength(1);
    expect(book.counters(7).unrecorded).toBe(1);
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

  it('[MG1a] with all cells taken a login is still counted, without its version', async () => {
    const { book } = createWorld();
    for (let day = 0; day < 101; day++) {
      for (let minor = 0; minor < 200; minor++)
        await book.record({ ...row, at: row.at + day * 86_400_000, sdkVersion: `${day}.${minor}` });
    }
    const cells = book.counters(7).logins;
    expect(cells).toHaveLength(20_001);
    expect(cells.reduce((sum, { count }) => sum + count, 0)).toBe(20_200);
    expect(cells.find(({ sdkVersion }) => sdkVersion === 'other')?.count).toBe(200);
  });

  it('[MG1a] refused strangers of hours before the last 7 days are let go', async () => {
    const { book, clock } = createWorld();
    const stranger = { appId: 7, error: 'tokenUnopened', addressKey: '10.0.0.1' };
    book.countRefused({ ...stranger, at: clock.wallMs() });
    book.countRefused({ ...stranger, at: clock.wallMs() });
    const hour = Math.floor(clock.wallMs() / 3_600_000) * 3_600_000;
    const { refused } = book.counters(7);
    expect(refused).toEqual([{ error: 'tokenUnopened', hour, network: '10.0.0.1', count: 2 }]);
    expect(book.counters(8).refused).toEqual([]);
    await clock.advance(7 * 86_400_000 - 3_600_000);
    expect(book.counters(7).refused).toHaveLength(1);
    await clock.advance(3_600_000);
    expect(book.counters(7).refused).toEqual([]);
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
