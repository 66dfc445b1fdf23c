import { join } from 'node:path';
import { type Clock, type Logger, RoomkeyError, type Timer, type UnixMillis } from '#kernel';
import type { DiagnosisRecord, Gap, Ledger, LedgerRow, LoginQuery, LoginRecord } from './ledger.ts';
import { addToGaps } from './ledger-gaps.ts';
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

/** The ledger as a file of this machine. */
export interface LedgerFile extends Ledger {
  /** How many diagnoses of the app were dropped because of `diagnosesPerApp`, ever; those of old age do not count. */
  droppedDiagnoses(appId: number): Promise<number>;
}

const rowsPerCommit = 256;
const keptMs = 7 * 86_400_000;
const pruneEveryMs = 60_000;
const pruneAgainMs = 1_000;
const prunedRows = 1_000;
const diagnosesKept = 10_000;
// A row is stamped before it is appended, and not in the order of appending: what a kill may have cost is told from a
// little before the rows that were on their way.
const stampLeadMs = 1_000;

/**
 * Opens the ledger: a file of its own with one thread that writes and one that reads (ST1).
 *
 * @throws {RoomkeyError} `schemaNewer`, `readOnly`, `storageFull`, `internal`.
 */
export async function openLedger(options: LedgerOptions): Promise<LedgerFile> {
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
class SqliteLedger implements LedgerFile {
  readonly #options: LedgerOptions;
  readonly #writer: WorkerPort;
  readonly #reader: WorkerPort;
  #waiting: WaitingRow[] = [];
  #inFlight: readonly WaitingRow[] = [];
  // Those that are not on disk yet.
  #gaps: readonly Gap[] = [];
  #isFailing = false;
  #committing: Promise<void> | undefined;
  #pruning: Timer | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: LedgerOptions, writer: WorkerPort, reader: WorkerPort) {
    this.#options = options;
    this.#writer = writer;
    this.#reader = reader;
    this.#prune();
  }

  get lagMs(): number {
    const oldest = this.#inFlight[0] ?? this.#waiting[0];
    return oldest === undefined ? 0 : this.#options.clock.monoMs() - oldest.sinceMono;
  }

  append(row: LedgerRow): Promise<void> {
    const { maxWaiting = 20_000, clock } = this.#options;
    if (this.#stopped !== undefined) return Promise.reject(new RoomkeyError('internal'));
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

  async gaps(): Promise<readonly Gap[]> {
    const since = this.#options.clock.wallMs() - keptMs;
    const kept = await this.#read<readonly Gap[]>('gaps', { since });
    // On a full disk a gap cannot be written, and must be told all the more.
    const all = this.#gaps.reduce(addToGaps, kept);
    return all.toSorted((one, other) => one.from - other.from);
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

  droppedDiagnoses(appId: number): Promise<number> {
    return this.#read('dropped', { appId });
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#pruning?.cancel();
    do {
      this.#commitNext();
      await this.#committing;
    } while (this.#waiting.length > 0);
    await this.#reader.stop();
    try {
      // A gap that could not be written leaves the mark: the next start tells of an unclean stop instead.
      await this.#writer.stop({ isClean: this.#gaps.length === 0 });
    } catch (failure) {
      this.#options.logger.error({ err: failure }, 'the ledger was not closed cleanly');
    }
  }

  /** Gaps that wait are tried once more; what a caller saw committed is in the answer. */
  async #read<Result>(verb: string, body: object): Promise<Result> {
    if (this.#gaps.length > 0) this.#commitNext();
    await this.#committing;
    return await this.#reader.call<Result>(verb, body);
  }

  #noteGap(gap: Gap): void {
    this.#gaps = addToGaps(this.#gaps, gap);
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
    try {
      await this.#writer.call('commit', this.#commitOf(batch, gaps));
      if (this.#isFailing) this.#options.logger.info('the ledger keeps rows again');
      this.#isFailing = false;
      for (const { resolve } of batch) resolve();
    } catch (failure) {
      this.#failed(batch, gaps, failure);
    } finally {
      this.#inFlight = [];
    }
  }

  #commitOf(batch: readonly WaitingRow[], gaps: readonly Gap[]): LedgerCommit {
    const { clock, diagnosesPerApp = diagnosesKept } = this.#options;
    const rows = batch.map(({ row }) => row);
    const now = clock.wallMs();
    return {
      logins: rows.filter((row) => row.kind === 'login'),
      diagnoses: rows.filter((row) => row.kind === 'diagnosis'),
      gaps,
      keptUntil:
        Math.min(now, ...rows.map(({ at }) => at), ...this.#waiting.map(({ row }) => row.at)) - stampLeadMs,
      diagnosesPerApp,
    };
  }

  #failed(batch: readonly WaitingRow[], gaps: readonly Gap[], cause: unknown): void {
    const failure = cause instanceof RoomkeyError ? cause : new RoomkeyError('internal', { cause });
    if (!this.#isFailing) this.#options.logger.error({ err: failure }, 'the ledger cannot keep rows');
    this.#isFailing = true;
    // What was noted meanwhile comes after.
    const times = batch.map(({ row }) => row.at);
    const lost: Gap = {
      from: Math.min(...times),
      to: Math.max(...times),
      count: batch.length,
      cause: 'failed',
    };
    const meanwhile = this.#gaps;
    this.#gaps = [...(batch.length > 0 ? [lost] : []), ...meanwhile].reduce(addToGaps, gaps);
    for (const { reject } of batch) reject(failure);
  }

  /** Old rows go in batches, and only while no row waits (ST5). */
  #prune(): void {
    const { clock } = this.#options;
    const schedule = (delayMs: number): void => {
      if (this.#stopped === undefined) this.#pruning = clock.setTimer(delayMs, () => this.#prune());
    };
    if (this.#waiting.length > 0) schedule(pruneAgainMs);
    else void this.#pruneOnce().then((mayBeMore) => schedule(mayBeMore ? 0 : pruneEveryMs));
  }

  async #pruneOnce(): Promise<boolean> {
    const { clock, logger, diagnosesPerApp = diagnosesKept } = this.#options;
    const prune: LedgerPrune = { before: clock.wallMs() - keptMs, atMost: prunedRows, diagnosesPerApp };
    try {
      return (await this.#writer.call<number>('prune', prune)) >= prunedRows;
    } catch (failure) {
      logger.warn({ err: failure }, 'old rows of the ledger were not removed');
      return false;
    }
  }
}
