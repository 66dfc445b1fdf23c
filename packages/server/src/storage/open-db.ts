import { join } from 'node:path';
import { Kysely, type Transaction } from 'kysely';
import type { Logger } from '#kernel';
import type { Migration, SqliteFileOptions } from './open-sqlite-file.ts';
import { prepareFile } from './prepare-file.ts';
import type { DbSchema } from './schema.ts';
import { stateMigrations } from './state-migrations.ts';
import { createWorkerDialect } from './worker-dialect.ts';
import { WorkerPort } from './worker-port.ts';

/** Where a store lies: a folder that holds both stores under fixed names, or one file. */
export type StoragePlace = { readonly dataDir: string } | { readonly file: string };

/** How to open the owner's state. */
export type DbOptions = StoragePlace & {
  readonly logger: Logger;
  /** Largest size of the file in bytes; default: as large as the disk. */
  readonly maxFileBytes?: number;
  /** The schema's steps; default: those of `DbSchema`. Others are for tests of upgrades. */
  readonly migrations?: readonly Migration[];
  /** Called once if the thread dies: nothing can be read or changed any more, and the process should end. */
  readonly onDied?: (failure: Error) => void;
};

/** The owner's state, open (ST1). */
export interface Database {
  /** For single statements. Inside a transaction use its `tx`: this one would wait for the transaction to end. */
  readonly db: Kysely<DbSchema>;
  /**
   * Runs `work` alone: other statements wait. All of it is on disk when this resolves (ST3), none of it when it
   * rejects (ST4).
   */
  transaction<T>(work: (tx: Transaction<DbSchema>) => Promise<T>): Promise<T>;
  /** Finishes what was asked before, then closes the file. */
  stop(): Promise<void>;
}

/**
 * Opens the owner's state and brings it to the newest schema.
 *
 * @throws {RoomkeyError} `schemaNewer`, `readOnly`, `storageFull`, `internal`.
 */
export async function openDb(options: DbOptions): Promise<Database> {
  const file = 'file' in options ? options.file : join(options.dataDir, 'state.db');
  prepareFile(file);
  const port = new WorkerPort({
    script: 'state-worker',
    onDied: (failure) => {
      options.logger.error({ err: failure }, 'the thread of the owner’s state died');
      options.onDied?.(failure);
    },
  });
  const open: SqliteFileOptions = {
    file,
    synchronous: 'FULL',
    migrations: options.migrations ?? stateMigrations,
    maxFileBytes: options.maxFileBytes ?? null,
  };
  try {
    await port.call('open', open);
  } catch (failure) {
    await port.stop();
    throw failure;
  }
  const db = new Kysely<DbSchema>({ dialect: createWorkerDialect(port) });
  let stopped: Promise<void> | undefined;
  return {
    db,
    transaction: (work) => db.transaction().execute(work),
    stop() {
      stopped ??= stopInTurn(db, port);
      return stopped;
    },
  };
}

async function stopInTurn(db: Kysely<DbSchema>, port: WorkerPort): Promise<void> {
  // Statements wait for their turn in Kysely, not in the thread: an empty turn comes after all of them.
  await db.connection().execute(async () => undefined);
  await db.destroy();
  await port.stop();
}
