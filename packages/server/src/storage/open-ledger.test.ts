import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLogger, RoomkeyError } from '#kernel';
import { FakeClock } from '../testing/fake-clock.ts';
import type { LedgerCommit } from './ledger-worker.ts';
import { openLedger } from './open-ledger.ts';
import {
  freshLedgerFile,
  openSampleLedger,
  sampleDiagnosis,
  sampleLogin,
  sampleStart,
} from './testing/ledger-samples.ts';
import { WorkerPort } from './worker-port.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Holds the writer's lock from outside, so that a commit stays in flight until `release`. */
function holdLock(file: string): { release(): void } {
  const db = new DatabaseSync(file, { timeout: 5_000 });
  db.exec('begin immediate');
  return {
    release() {
      db.exec('rollback');
      db.close();
    },
  };
}

function countRows(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  const kept = Number(db.prepare('select count(*) as kept from logins').get()?.['kept']);
  db.close();
  return kept;
}

/** How many rows each commit took, as they are asked of the thread. */
function watchCommits(): number[] {
  const sizes: number[] = [];
  const call = WorkerPort.prototype.call;
  vi.spyOn(WorkerPort.prototype, 'call').mockImplementation(function (this: WorkerPort, verb, body) {
    if (verb === 'commit') {
      const { logins, diagnoses } = body as LedgerCommit;
      sizes.push(logins.length + diagnoses.length);
    }
    return call.call(this, verb, body);
  } as typeof call);
  return sizes;
}

describe('the ledger’s file', () => {
  it('[ST1] is a file of its own in the data folder, in WAL mode, for its owner alone', async () => {
    const dataDir = dirname(freshLedgerFile());
    const ledger = await openLedger({
      dataDir,
      clock: new FakeClock(),
      logger: createLogger({ level: 'silent' }),
    });
    const db = new DatabaseSync(`${dataDir}/ledger.db`, { readOnly: true });
    expect(db.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
    db.close();
    expect(statSync(`${dataDir}/ledger.db`).mode & 0o777).toBe(0o600);
    await ledger.stop();
  });

  it('[ST1] a newer schema is refused and left as it is', async () => {
    const file = freshLedgerFile();
    await (await openSampleLedger(file)).stop();
    const db = new DatabaseSync(file);
    db.exec('pragma user_version = 99');
    db.close();
    await expect(openSampleLedger(file)).rejects.toMatchObject({ errorName: 'schemaNewer' });
  });

  it('[MG1] gives back every column of a login, newest first, by app, user and time', async () => {
    const ledger = await openSampleLedger(freshLedgerFile());
    const bare = sampleLogin({
      at: sampleStart + 5,
      userId: 'user2',
      sessionId: null,
      method: null,
      fellBack: false,
      tokenVersion: null,
      tokenFormat: null,
      keyId: null,
      candidateOutcome: null,
      diagnosis: null,
    });
    await Promise.all([sampleLogin(), bare, sampleLogin({ appId: 2 })].map((row) => ledger.append(row)));
    expect(await ledger.logins({ appId: 1, limit: 9 })).toEqual([bare, sampleLogin()]);
    expect(await ledger.logins({ appId: 1, limit: 1 })).toEqual([bare]);
    expect(await ledger.logins({ appId: 1, userId: 'user1', limit: 9 })).toEqual([sampleLogin()]);
    expect(await ledger.logins({ appId: 1, since: sampleStart + 1, limit: 9 })).toEqual([bare]);
    await ledger.stop();
  });

  it('[AD13] a diagnosis is found by its app alone', async () => {
    const ledger = await openSampleLedger(freshLedgerFile());
    await ledger.append(sampleDiagnosis('d1'));
    expect(await ledger.findDiagnosis(1, 'd1')).toEqual(sampleDiagnosis('d1'));
    expect(await ledger.findDiagnosis(2, 'd1')).toBeUndefined();
    expect(await ledger.findDiagnosis(1, 'd2')).toBeUndefined();
    await ledger.stop();
  });
});

describe('commits of the ledger', () => {
  it('[ST3] a row is acknowledged once it is committed and not before', async () => {
    const file = freshLedgerFile();
    const ledger = await openSampleLedger(file);
    const lock = holdLock(file);
    let isKept = false;
    const kept = ledger.append(sampleLogin()).then(() => {
      isKept = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect([isKept, countRows(file)]).toEqual([false, 0]);
    lock.release();
    await kept;
    expect(countRows(file)).toBe(1);
    await ledger.stop();
  });

  it('[ST3] rows wait only while a commit is in flight; the next takes all that wait, at most 256', async () => {
    const ledger = await openSampleLedger(freshLedgerFile());
    const sizes = watchCommits();
    const rows = Array.from({ length: 600 }, (_, at) => sampleLogin({ at }));
    await Promise.all(rows.map((row) => ledger.append(row)));
    expect(sizes).toEqual([1, 256, 256, 87]);
    await ledger.append(sampleLogin());
    expect(sizes).toEqual([1, 256, 256, 87, 1]);
    const read = await ledger.logins({ appId: 1, limit: 1_000 });
    expect(read.map(({ at }) => at).toReversed()).toEqual([...rows.map(({ at }) => at), sampleStart]);
    await ledger.stop();
  });

  it('[ST3] the lag is the age of the oldest row that waits, also while its commit is in flight', async () => {
    const file = freshLedgerFile();
    const clock = new FakeClock();
    const ledger = await openSampleLedger(file, { clock });
    expect(ledger.lagMs).toBe(0);
    const lock = holdLock(file);
    const first = ledger.append(sampleLogin());
    await clock.advance(40);
    const second = ledger.append(sampleLogin());
    await clock.advance(2);
    expect(ledger.lagMs).toBe(42);
    lock.release();
    await Promise.all([first, second]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(ledger.lagMs).toBe(0);
    await ledger.stop();
  });

  it('[ST3] what waits at a stop is committed; later rows are refused', async () => {
    const file = freshLedgerFile();
    const ledger = await openSampleLedger(file);
    const kept = Array.from({ length: 300 }, () => ledger.append(sampleLogin()));
    await Promise.all([ledger.stop(), ledger.stop(), ...kept]);
    expect(countRows(file)).toBe(300);
    await expect(ledger.append(sampleLogin())).rejects.toMatchObject({ errorName: 'internal' });
    const again = await openSampleLedger(file);
    expect(await again.gaps()).toEqual([]);
    await again.stop();
  });
});

describe('gaps in the ledger', () => {
  it('[ST3] rows over the bound are refused and told as one gap', async () => {
    const file = freshLedgerFile();
    const ledger = await openSampleLedger(file, { maxWaiting: 2 });
    const lock = holdLock(file);
    const rows = Array.from({ length: 5 }, (_, i) => ledger.append(sampleLogin({ at: sampleStart + i })));
    const settled = Promise.allSettled(rows);
    lock.release();
    const outcomes = (await settled).map((row) =>
      row.status === 'rejected' ? row.reason.errorName : 'kept',
    );
    expect(outcomes).toEqual(['kept', 'kept', 'kept', 'storageFull', 'storageFull']);
    expect(await ledger.gaps()).toEqual([
      { from: sampleStart + 3, to: sampleStart + 4, count: 2, cause: 'failed' },
    ]);
    await ledger.stop();
  });

  it('[ST3] late rows that lie close are one span with their number, also after a restart', async () => {
    const file = freshLedgerFile();
    const ledger = await openSampleLedger(file);
    for (const at of [0, 10, 20]) ledger.markUnrecorded(sampleStart + at);
    await ledger.append(sampleLogin());
    ledger.markUnrecorded(sampleStart + 30_000);
    await ledger.append(sampleLogin());
    ledger.markUnrecorded(sampleStart + 600_000);
    const spans = [
      { from: sampleStart, to: sampleStart + 30_000, count: 4, cause: 'slow' },
      { from: sampleStart + 600_000, to: sampleStart + 600_000, count: 1, cause: 'slow' },
    ];
    expect(await ledger.gaps()).toEqual(spans);
    await ledger.stop();
    const again = await openSampleLedger(file);
    expect(await again.gaps()).toEqual(spans);
    await again.stop();
  });

  it('[ST3] a gap that cannot be written is told all the same, and as an unclean stop by the next start', async () => {
    const file = freshLedgerFile();
    const ledger = await openSampleLedger(file);
    await ledger.append(sampleLogin());
    const call = WorkerPort.prototype.call;
    vi.spyOn(WorkerPort.prototype, 'call').mockImplementation(function (this: WorkerPort, verb, body) {
      if (verb === 'commit') return Promise.reject(new RoomkeyError('readOnly'));
      return call.call(this, verb, body);
    } as typeof call);
    await expect(ledger.append(sampleLogin())).rejects.toMatchObject({ errorName: 'readOnly' });
    const span = { from: sampleStart, to: sampleStart };
    expect(await ledger.gaps()).toEqual([{ ...span, count: 1, cause: 'failed' }]);
    await ledger.stop();
    vi.restoreAllMocks();
    const again = await openSampleLedger(file);
    expect(await again.gaps()).toEqual([{ ...span, count: null, cause: 'uncleanStop' }]);
    await again.stop();
  });

  it('[ST4] a row that the file refuses is a coded error and a gap', async () => {
    const ledger = await openSampleLedger(freshLedgerFile());
    await ledger.append(sampleDiagnosis('d1'));
    await expect(ledger.append(sampleDiagnosis('d1'))).rejects.toMatchObject({ errorName: 'internal' });
    await ledger.append(sampleDiagnosis('d2'));
    expect(await ledger.diagnoses(1, 9)).toHaveLength(2);
    expect(await ledger.gaps()).toMatchObject([{ count: 1, cause: 'failed' }]);
    await ledger.stop();
  });

  it('[ST4] a full file is a coded error and a gap; running goes on and heals', async () => {
    const file = freshLedgerFile();
    const clock = new FakeClock();
    const ledger = await openSampleLedger(file, { clock, maxFileBytes: 160 * 1_024 });
    const body = JSON.stringify('x'.repeat(8_000));
    const kept: string[] = [];
    const refused: string[] = [];
    for (let i = 0; i < 40; i++) {
      const row = sampleDiagnosis(`d${i}`, { body });
      await ledger.append(row).then(
        () => kept.push(row.diagnosisId),
        (failure) => refused.push(failure.errorName),
      );
    }
    expect(kept.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused)).toEqual(new Set(['storageFull']));
    const gap = { from: sampleStart, to: sampleStart, count: refused.length, cause: 'failed' };
    expect(await ledger.gaps()).toEqual([gap]);
    const read = await ledger.diagnoses(1, 100);
    expect(read.map(({ diagnosisId }) => diagnosisId).toReversed()).toEqual(kept);

    clock.stepWall(8 * 86_400_000);
    await clock.advance(60_000);
    await ledger.append(sampleDiagnosis('fresh', { at: clock.wallMs(), body }));
    expect(await ledger.diagnoses(1, 100)).toHaveLength(1);
    await ledger.stop();
  });
});
