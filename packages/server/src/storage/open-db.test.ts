import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '#kernel';
import { describeDatabase } from '../testing/db-contract.ts';
import { type Database, type DbOptions, openDb } from './open-db.ts';
import type { Migration } from './open-sqlite-file.ts';
import { WorkerPort } from './worker-port.ts';

const logger = createLogger({ level: 'silent' });

describeDatabase('the owner’s state in SQLite', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'roomkey-state-'));
  return {
    open: () => openDb({ dataDir, logger }),
    remove: async () => rmSync(dataDir, { recursive: true }),
  };
});

let dataDir = '';
let file = '';

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'roomkey-state-'));
  file = join(dataDir, 'state.db');
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dataDir, { recursive: true });
});

const open = (over: Partial<Omit<DbOptions, 'file' | 'dataDir'>> = {}) =>
  openDb({ dataDir, logger, ...over });

const put = (db: Pick<Database['db'], 'insertInto'>, name: string, value = '1') =>
  db.insertInto('settings').values({ name, value }).execute();

async function namesIn(database: Database): Promise<string[]> {
  const rows = await database.db.selectFrom('settings').select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}

async function pragma(database: Database, text: string): Promise<unknown> {
  const { rows } = await sql.raw<Record<string, unknown>>(`pragma ${text}`).execute(database.db);
  return Object.values(rows[0] ?? {})[0];
}

/** Reads or changes the file by itself, without what is tested. */
function withFile<T>(work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(file);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

describe('the file', () => {
  it('[ST3] is in WAL mode, synced at each commit, with foreign keys on, for its owner alone', async () => {
    const database = await open();
    const found = await Promise.all(
      ['journal_mode', 'synchronous', 'foreign_keys'].map((name) => pragma(database, name)),
    );
    expect(found).toEqual(['wal', 2, 1]);
    expect([statSync(file).mode & 0o777, statSync(`${file}-wal`).mode & 0o777]).toEqual([0o600, 0o600]);
    await database.stop();
  });

  it('[ST4] read-only: a coded error, reading goes on, writing too once it may', async () => {
    const database = await open();
    await put(database.db, 'before');
    await pragma(database, 'query_only = 1');
    const refused = { errorName: 'readOnly', cause: { name: 'SQLITE_READONLY' } };
    await expect(database.transaction((tx) => put(tx, 'refused'))).rejects.toMatchObject(refused);
    expect(await namesIn(database)).toEqual(['before']);
    await pragma(database, 'query_only = 0');
    await put(database.db, 'later');
    expect(await namesIn(database)).toEqual(['before', 'later']);
    await database.stop();
  });

  it('[ST4] a file that is no database, and a folder that cannot be, are coded errors', async () => {
    writeFileSync(file, 'no database, but longer than the header of one. '.repeat(40));
    const before = readFileSync(file);
    await expect(open()).rejects.toMatchObject({ errorName: 'internal', cause: { name: 'SQLITE_NOTADB' } });
    expect(readFileSync(file).equals(before)).toBe(true);
    const below = openDb({ dataDir: join(file, 'folder'), logger });
    await expect(below).rejects.toMatchObject({ errorName: 'internal', cause: { code: 'ENOTDIR' } });
  });

  it('[ST4] a corrupt page: a coded error where it is met, other tables are read and written', async () => {
    const first = await open();
    await put(first.db, 'kept');
    await first.stop();
    const root = withFile((db) => {
      const found = db.prepare("select rootpage from sqlite_schema where name = 'forbid_rules'").get();
      return Number(found?.['rootpage']);
    });
    const pages = readFileSync(file);
    pages.fill(0xa5, (root - 1) * 4096, root * 4096);
    writeFileSync(file, pages);
    const database = await open();
    const reading = database.db.selectFrom('forbid_rules').selectAll().execute();
    await expect(reading).rejects.toMatchObject({ errorName: 'internal', cause: { name: 'SQLITE_CORRUPT' } });
    await put(database.db, 'later');
    expect(await namesIn(database)).toEqual(['kept', 'later']);
    await database.stop();
  });
});

describe('a full disk', () => {
  const big = 'x'.repeat(1_000_000);
  const full = { errorName: 'storageFull', cause: { name: 'SQLITE_FULL' } };

  it('[ST4] is a coded error that leaves nothing half-written, and heals', async () => {
    const limited = await open({ maxFileBytes: 300_000 });
    const filling = limited.transaction(async (tx) => {
      await put(tx, 'small');
      await put(tx, 'big', big);
    });
    await expect(filling).rejects.toMatchObject(full);
    expect(await namesIn(limited)).toEqual([]);
    await limited.transaction((tx) => put(tx, 'fits'));
    await limited.stop();
    const roomy = await open();
    await roomy.transaction((tx) => put(tx, 'big', big));
    expect(await namesIn(roomy)).toEqual(['big', 'fits']);
    await roomy.stop();
  });

  it('[ST4] undoes the transaction for the statements that are already on their way too', async () => {
    const limited = await open({ maxFileBytes: 300_000 });
    const filling = limited.transaction((tx) =>
      Promise.all([put(tx, 'small'), put(tx, 'big', big), put(tx, 'behind')]),
    );
    await expect(filling).rejects.toMatchObject(full);
    expect(await namesIn(limited)).toEqual([]);
    await limited.stop();
  });

  it('[ST4] undoes it for a caller that carries on all the same', async () => {
    const limited = await open({ maxFileBytes: 300_000 });
    const filling = limited.transaction(async (tx) => {
      await put(tx, 'big', big).catch(() => undefined);
      await put(tx, 'after').catch(() => undefined);
    });
    await expect(filling).rejects.toMatchObject(full);
    expect(await namesIn(limited)).toEqual([]);
    await limited.stop();
  });

  it('[ST4] that does not hold the schema leaves a file that opens once there is room', async () => {
    await expect(open({ maxFileBytes: 20_000 })).rejects.toMatchObject({ errorName: 'storageFull' });
    expect(withFile((db) => db.prepare('select name from sqlite_schema').all())).toEqual([]);
    const roomy = await open();
    expect(await namesIn(roomy)).toEqual([]);
    await roomy.stop();
  });
});

describe('the schema', () => {
  it('[ST1] a newer one is refused and left as it is', async () => {
    const first = await open();
    await put(first.db, 'kept');
    await first.stop();
    withFile((db) => db.exec('pragma user_version = 99'));
    const before = readFileSync(file);
    await expect(open()).rejects.toMatchObject({ errorName: 'schemaNewer' });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('[ST1] steps run once and in order, whoever opens at the same time', async () => {
    const steps: Migration[] = [
      ['create table settings (name text not null primary key, value text not null)'],
      ['create table runs (step integer)', 'insert into runs values (2)'],
      ['insert into runs values (3)'],
    ];
    const old = await open({ migrations: steps.slice(0, 1) });
    await put(old.db, 'kept');
    await old.stop();
    const many = await Promise.all(Array.from({ length: 4 }, () => open({ migrations: steps })));
    await Promise.all(many.map((database) => database.stop()));
    const again = await open({ migrations: steps });
    expect(await namesIn(again)).toEqual(['kept']);
    await again.stop();
    expect(
      withFile((db) =>
        db
          .prepare('select step from runs')
          .all()
          .map((row) => row['step']),
      ),
    ).toEqual([2, 3]);
  });
});

describe('the thread', () => {
  it('[ST4] its death rejects what waits and what comes, is told once, and loses nothing kept', async () => {
    const calls = vi.spyOn(WorkerPort.prototype, 'call');
    const onDied = vi.fn();
    const database = await open({ onDied });
    const port = calls.mock.contexts[0] as WorkerPort;
    await put(database.db, 'kept');
    const lock = new DatabaseSync(file);
    lock.exec('begin immediate');
    const waiting = [put(database.db, 'waits'), database.transaction((tx) => put(tx, 'behind'))];
    const settled = Promise.allSettled(waiting);
    await vi.waitFor(() => expect(calls.mock.calls.length).toBeGreaterThan(2));
    const killed = port.kill();
    lock.exec('rollback');
    lock.close();
    await killed;
    const dead = { status: 'rejected', reason: { errorName: 'internal' } };
    expect(await settled).toMatchObject([dead, dead]);
    await expect(put(database.db, 'late')).rejects.toMatchObject({ errorName: 'internal' });
    expect(onDied).toHaveBeenCalledOnce();
    await database.stop();
    const again = await open();
    const names = await namesIn(again);
    expect(names).toContain('kept');
    expect(names).not.toContain('behind');
    await again.stop();
  });
});
