import { DatabaseSync } from 'node:sqlite';
import { SchemaNewer } from './fault-facts.ts';

/** The statements that bring a file from one version to the next; position in the list + 1 is the version. */
export type Migration = readonly string[];

/** How a worker opens its file. */
export interface SqliteFileOptions {
  readonly file: string;
  /** FULL: on disk before a commit returns. NORMAL: a power cut may cost the last commits (ST1, ST4). */
  readonly synchronous: 'FULL' | 'NORMAL';
  readonly migrations: readonly Migration[];
  /** Largest size of the file in bytes; null = as large as the disk. */
  readonly maxFileBytes: number | null;
}

const busyTimeoutMs = 5_000;

/** Opens a file in WAL mode and brings it to the newest schema, or refuses a newer one untouched (ST1). */
export function openSqliteFile(options: SqliteFileOptions): DatabaseSync {
  const db = new DatabaseSync(options.file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  try {
    const found = readVersion(db);
    if (found > options.migrations.length) throw new SchemaNewer();
    db.exec('pragma journal_mode = wal');
    // The schema and what is written at the start are on disk whatever comes later.
    db.exec('pragma synchronous = full');
    if (options.maxFileBytes !== null) limitSize(db, options.maxFileBytes);
    if (found < options.migrations.length) migrate(db, options.migrations);
    return db;
  } catch (failure) {
    db.close();
    throw failure;
  }
}

/** Runs `work` as one transaction that holds the writer's lock from its start. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('begin immediate');
  try {
    const result = work();
    db.exec('commit');
    return result;
  } catch (failure) {
    // SQLite undoes some failures by itself; a second rollback would hide the cause.
    if (db.isTransaction) db.exec('rollback');
    throw failure;
  }
}

// One transaction for all versions: whoever is killed in it leaves the old schema whole (ST4). Its lock keeps a
// second process out, which then finds the newest version and does nothing.
function migrate(db: DatabaseSync, migrations: readonly Migration[]): void {
  inTransaction(db, () => {
    const found = readVersion(db);
    if (found > migrations.length) throw new SchemaNewer();
    for (const statements of migrations.slice(found)) {
      for (const statement of statements) db.exec(statement);
    }
    db.exec(`pragma user_version = ${migrations.length}`);
  });
}

function readVersion(db: DatabaseSync): number {
  return Number(db.prepare('pragma user_version').get()?.['user_version'] ?? 0);
}

function limitSize(db: DatabaseSync, maxFileBytes: number): void {
  const pageBytes = Number(db.prepare('pragma page_size').get()?.['page_size'] ?? 4096);
  db.exec(`pragma max_page_count = ${Math.max(1, Math.floor(maxFileBytes / pageBytes))}`);
}
