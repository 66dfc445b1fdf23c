import { join } from 'node:path';
import { type Clock, type Logger, RoomkeyError, type Timer, type UnixMillis } from '#kernel';
import type { DiagnosisRecord, Gap, Ledger, LedgerRow, LoginQuery, LoginRecord } from './ledger.ts';
import { ledgerMigrations } from './ledger-migrations.ts';
import type { LedgerCommit, LedgerOpen, LedgerPrune } from './ledger-worker.ts';
import type { StoragePlace } from './open-db.ts';
import { prepareFile } from './prepare-file.ts';
import { WorkerPort } from './worker-port.ts';

/** How to open the ledger. */
export type LedgerOptions = StoragePlace & {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Diagnoses kept per app; the oldest go first (AD13). Default 10 000. */
  readonly diagnosesPerApp?: number;
  /** Rows that may wait for a commit; beyond, a row is refused and counted as a gap. Default 20 000. */
  readonly maxWaiting?: number;
  /** Largest size of the file in bytes; default: as large as the disk. */
  readonly maxFileBytes?: number;
};

const rowsPerCommit = 256;
const keptMs = 7 * 86_400_000;
const pruneEveryMs = 60_000;
const prunedRows = 1_000;

/**
 * Opens the ledger: a file of its own with one thread that writes and one that reads (ST1).
 *
 * @throws {RoomkeyError} `schemaNewer`, `readOnly`, `storageFull`, `internal`.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const file = 'file' in options ? options.file : join(options.dataDir, 'ledger.db');
  prepareFile(file);
  const ports = [0, 1].map(
    () =>
      new WorkerPort({
        script: 'ledger-worker',
        onDied: (failure) => options.logger.error({ err: failure }, 'a thread of the ledger died'),
      }),
  );
  const [writer, reader] = ports as [WorkerPort, WorkerPort];
  const open: Omit<LedgerOpen, 'isWriter'> = {
    file,
    synchronous: 'NORMAL',
    migrations: ledgerMigrations,
    maxFileBytes: options.maxFileBytes ?? null,
    now: options.clock.wallMs(),
  };
  try {
    await writer.call('open', { ...open, isWriter: true });
    await reader.call('open', { ...open, isWriter: false });
  } catch (failure) {
    await Promise.allSettled(ports.map((port) => port.stop()));
    throw failure;
  }
  return new SqliteLedger(options, writer, reader);
}

interface WaitingRow {
  readonly row: LedgerRow;
  readonly sinceMono: number;
  readonly resolve: () => void;
  readonly reject: (failure: Error) => void;
}

/** Rows wait only while a commit is in flight; the next one takes all that wait, at most 256 (ST3). */
class SqliteLedger implements Ledger {
  readonly #options: LedgerOptions;
  readonly #writer: WorkerPort;
  readonly #reader: WorkerPort;
  #waiting: WaitingRow[] = [];
  #inFlight: readonly WaitingRow[] = [];
  #gaps: Gap[] = [];
  #committing: Promise<void> | undefined;
  #pruning: Timer | undefined;
  #isStopped = false;

  constructor(options: LedgerOptions, writer: WorkerPort, reader: WorkerPort) {
    this.#options = options;
    this.#writer = writer;
    this.#reader = reader;
    this.#schedulePruning(0);
  }

  get lagMs(): number {
    const oldest = this.#inFlight[0] ?? this.#waiting[0];
    return oldest === undefined ? 0 : this.#options.clock.monoMs() - oldest.sinceMono;
  }

  append(row: LedgerRow): Promise<void> {
    const { maxWaiting = 20_000, clock } = this.#options;
    if (this.#isStopped) return Promise.reject(new RoomkeyError('internal'));
    if (this.#waiting.length >= maxWaiting) {
      this.#noteGap({ from: row.at, to: row.at, count: 1, cause: 'failed' });
      return Promise.reject(new RoomkeyError('storageFull'));
    }
    return new Promise<void>((resolve, reject) => {
      this.#waiting.push({ row, sinceMono: clock.monoMs(), resolve, reject });
      this.#commitNext();
    });
  }

  markUnrecorded(at: UnixMillis): void {
    this.#noteGap({ from: at, to: at, count: 1, cause: 'slow' });
    this.#commitNext();
  }

  gaps(): Promise<readonly Gap[]> {
    return this.#read('gaps', { since: this.#options.clock.wallMs() - keptMs });
  }

  logins(query: LoginQuery): Promise<readonly LoginRecord[]> {
    return this.#read('logins', query);
  }

  findDiagnosis(appId: number, diagnosisId: string): Promise<DiagnosisRecord | undefined> {
    return this.#read('diagnosis', { appId, diagnosisId });
  }

  diagnoses(appId: number, limit: number): Promise<readonly DiagnosisRecord[]> {
    return this.#read('diagnoses', { appId, limit });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#pruning?.cancel();
    while (this.#committing !== undefined || this.#waiting.length > 0 || this.#gaps.length > 0) {
      this.#commitNext();
      await this.#committing;
    }
    await this.#reader.stop();
    await this.#writer.stop({ isClean: true });
  }

  /** What was appended before a question was asked is in its answer. */
  async #read<Result>(verb: string, body: object): Promise<Result> {
    if (this.#gaps.length > 0) this.#commitNext();
    await this.#committing;
    return await this.#reader.call<Result>(verb, body);
  }

  #noteGap(gap: Gap): void {
    const last = this.#gaps.findLast(({ cause }) => cause === gap.cause);
    if (last === undefined || last.count === null || gap.count === null) {
      this.#gaps.push(gap);
      return;
    }
    const from = Math.min(last.from, gap.from);
    const to = Math.max(last.to, gap.to);
    this.#gaps[this.#gaps.indexOf(last)] = { ...last, from, to, count: last.count + gap.count };
  }

  #commitNext(): void {
    if (this.#committing !== undefined) return;
    if (this.#waiting.length === 0 && this.#gaps.length === 0) return;
    this.#committing = this.#commit().finally(() => {
      this.#committing = undefined;
      // Gaps alone wait for the next row: a disk that is full must not be asked in a circle.
      if (this.#waiting.length > 0) this.#commitNext();
    });
  }

  async #commit(): Promise<void> {
    const batch = this.#waiting.slice(0, rowsPerCommit);
    this.#waiting = this.#waiting.slice(rowsPerCommit);
    this.#inFlight = batch;
    const gaps = this.#gaps;
    this.#gaps = [];
    const rows = batch.map(({ row }) => row);
    const commit: LedgerCommit = {
      logins: rows.filter((row) => row.kind === 'login'),
      diagnoses: rows.filter((row) => row.kind === 'diagnosis'),
      gaps,
      at: this.#options.clock.wallMs(),
    };
    try {
      await this.#writer.call('commit', commit);
      for (const { resolve } of batch) resolve();
    } catch (failure) {
      this.#failed(batch, gaps, failure instanceof Error ? failure : new RoomkeyError('internal'));
    } finally {
      this.#inFlight = [];
    }
  }

  #failed(batch: readonly WaitingRow[], gaps: readonly Gap[], failure: Error): void {
    if (this.#isStopped) {
      // Nothing will be written any more; an unclean end says so at the next start.
      this.#options.logger.error({ err: failure, rows: batch.length }, 'the ledger could not be finished');
    } else for (const gap of gaps) this.#noteGap(gap);
    const times = batch.map(({ row }) => row.at);
    if (batch.length > 0 && !this.#isStopped) {
      this.#noteGap({
        from: Math.min(...times),
        to: Math.max(...times),
        count: batch.length,
        cause: 'failed',
      });
    }
    for (const { reject } of batch) reject(failure);
  }

  #schedulePruning(delayMs: number): void {
    this.#pruning = this.#options.clock.setTimer(delayMs, () => void this.#prune());
  }

  /** Old rows go in batches, and only while nothing waits (ST5). */
  async #prune(): Promise<void> {
    const { clock, logger, diagnosesPerApp = 10_000 } = this.#options;
    let nextMs = pruneEveryMs;
    if (this.#committing === undefined) {
      const prune: LedgerPrune = { before: clock.wallMs() - keptMs, atMost: prunedRows, diagnosesPerApp };
      try {
        if ((await this.#writer.call<number>('prune', prune)) >= prunedRows) nextMs = 0;
      } catch (failure) {
        logger.warn({ err: failure }, 'old rows of the ledger were not removed');
      }
    }
    if (!this.#isStopped) this.#schedulePruning(nextMs);
  }
}
