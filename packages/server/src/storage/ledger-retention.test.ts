import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import type { LedgerFile } from './open-ledger.ts';
import {
  freshLedgerFile,
  openSampleLedger,
  sampleDiagnosis,
  sampleLogin,
  sampleStart,
} from './testing/ledger-samples.ts';
import { WorkerPort } from './worker-port.ts';

const weekMs = 7 * 86_400_000;

afterEach(() => {
  vi.restoreAllMocks();
});

/** The writer answers in order: once this row is kept, what it was asked before is done. */
function settleWriter(ledger: LedgerFile, at: number): Promise<void> {
  return ledger.append(sampleLogin({ appId: 99, at }));
}

/** How many rows each round of retention removed. */
function watchPrunes(): number[] {
  const removed: number[] = [];
  const call = WorkerPort.prototype.call;
  vi.spyOn(WorkerPort.prototype, 'call').mockImplementation(async function (this: WorkerPort, verb, body) {
    const result = await call.call(this, verb, body);
    if (verb === 'prune') removed.push(Number(result));
    return result;
  } as typeof call);
  return removed;
}

const idsOf = async (ledger: LedgerFile, appId: number): Promise<readonly string[]> =>
  (await ledger.diagnoses(appId, 100)).map(({ diagnosisId }) => diagnosisId);

describe('retention of the ledger', () => {
  it('[ST5] rows older than 7 days go in batches of 1000, younger ones stay', async () => {
    const clock = new FakeClock();
    const ledger = await openSampleLedger(freshLedgerFile(), { clock });
    const old = Array.from({ length: 1_500 }, () => sampleLogin({ at: sampleStart - weekMs - 1 }));
    const young = sampleLogin({ at: sampleStart - weekMs + 120_000 });
    await Promise.all([...old, young].map((row) => ledger.append(row)));
    await settleWriter(ledger, sampleStart);
    const removed = watchPrunes();
    await clock.advance(59_999);
    expect(removed).toEqual([]);
    // The second round follows at once: when it is seen depends on when the thread answers.
    for (const step of [1, 0, 0]) {
      await clock.advance(step);
      await settleWriter(ledger, sampleStart);
    }
    expect(removed).toEqual([1_000, 500]);
    expect(await ledger.logins({ appId: 1, limit: 9 })).toEqual([young]);
    await ledger.stop();
  });

  it('[ST5][AD13] diagnoses and gaps are kept for 7 days, checked when the file is opened', async () => {
    const file = freshLedgerFile();
    const ledger = await openSampleLedger(file);
    await ledger.append(sampleDiagnosis('older', { at: sampleStart - 1 }));
    await ledger.append(sampleDiagnosis('newer'));
    ledger.markUnrecorded(sampleStart - 1);
    expect([await idsOf(ledger, 1), (await ledger.gaps()).length]).toEqual([['newer', 'older'], 1]);
    await ledger.stop();
    const later = await openSampleLedger(file, { clock: new FakeClock(sampleStart + weekMs) });
    await settleWriter(later, sampleStart + weekMs);
    expect([await idsOf(later, 1), await later.gaps()]).toEqual([['newer'], []]);
    expect(await later.droppedDiagnoses(1)).toBe(0);
    await later.stop();
  });

  it('[ST5] nothing is removed while rows wait', async () => {
    const file = freshLedgerFile();
    const clock = new FakeClock();
    const ledger = await openSampleLedger(file, { clock });
    await settleWriter(ledger, sampleStart);
    const calls = vi.spyOn(WorkerPort.prototype, 'call');
    const prunes = (): number => calls.mock.calls.filter(([verb]) => verb === 'prune').length;
    const lock = new DatabaseSync(file, { timeout: 5_000 });
    lock.exec('begin immediate');
    // One is in the commit that the lock holds up, the other waits for the next.
    const rows = [ledger.append(sampleLogin())];
    await clock.advance(0);
    rows.push(ledger.append(sampleLogin()));
    await clock.advance(60_000);
    expect(prunes()).toBe(0);
    lock.exec('rollback');
    lock.close();
    await Promise.all(rows);
    await clock.advance(1_000);
    expect(prunes()).toBe(1);
    await ledger.stop();
  });

  it('[AD13] each app keeps its newest diagnoses up to the bound and counts what it dropped', async () => {
    const file = freshLedgerFile();
    const ledger = await openSampleLedger(file, { diagnosesPerApp: 3 });
    for (let i = 0; i < 5; i++) await ledger.append(sampleDiagnosis(`a${i}`));
    const many = Array.from({ length: 7 }, (_, i) => sampleDiagnosis(`b${i}`, { appId: 2 }));
    await Promise.all(many.map((row) => ledger.append(row)));
    await ledger.append(sampleDiagnosis('c0', { appId: 3 }));
    expect(await idsOf(ledger, 1)).toEqual(['a4', 'a3', 'a2']);
    expect(await idsOf(ledger, 2)).toEqual(['b6', 'b5', 'b4']);
    const dropped = [1, 2, 3].map((appId) => ledger.droppedDiagnoses(appId));
    expect(await Promise.all(dropped)).toEqual([2, 4, 0]);
    await ledger.stop();

    const lowered = await openSampleLedger(file, { diagnosesPerApp: 1 });
    await settleWriter(lowered, sampleStart);
    expect([await idsOf(lowered, 1), await lowered.droppedDiagnoses(1)]).toEqual([['a4'], 4]);
    await lowered.stop();
  });
});
