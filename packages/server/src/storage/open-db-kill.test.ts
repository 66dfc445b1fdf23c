import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '#kernel';
import { openDb } from './open-db.ts';
import type { Migration } from './open-sqlite-file.ts';

const logger = createLogger({ level: 'silent' });

let file = '';

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'roomkey-killed-')), 'state.db');
});

afterEach(() => {
  rmSync(join(file, '..'), { recursive: true });
});

const begin = `
  const [storage, kernel, file, ...rest] = process.argv.slice(1);
  const { openDb } = await import(storage);
  const { createLogger } = await import(kernel);
  const { statSync, writeSync } = await import('node:fs');
  const options = { file, logger: createLogger({ level: 'silent' }) };`;

// `early` is the planted mistake: it acknowledges before the commit, and is held there until it is killed.
const writer = `void (async () => {${begin}
  const [mode, holdAt] = rest;
  const database = await openDb(options);
  for (let i = 0; ; i++) {
    const told = i + '\\n';
    if (mode === 'early') writeSync(1, told);
    if (mode === 'early' && i === Number(holdAt)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    await database.transaction(async (tx) => {
      await tx.insertInto('settings').values({ name: 'k' + i, value: '1' }).execute();
      await tx.insertInto('settings').values({ name: 'l' + i, value: '1' }).execute();
    });
    if (mode !== 'early') writeSync(1, told);
  }
})();`;

// Kills itself while the thread migrates: what SQLite cannot keep in memory is in the log before the commit.
const migrator = `void (async () => {${begin}
  const [migrations, walBytes] = rest;
  const sizeOf = () => statSync(file + '-wal', { throwIfNoEntry: false })?.size ?? 0;
  const opened = openDb({ ...options, migrations: JSON.parse(migrations) });
  void opened.then(() => process.kill(process.pid, 'SIGKILL'));
  const watch = () => (sizeOf() >= Number(walBytes) ? process.kill(process.pid, 'SIGKILL') : setImmediate(watch));
  watch();
})();`;

function start(script: string, rest: readonly string[]) {
  const doors = ['./index.ts', '../kernel/index.ts'].map((path) => new URL(path, import.meta.url).href);
  const started = spawn(
    process.execPath,
    ['--conditions=source', '--eval', script, ...doors, file, ...rest],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = new Promise((resolve) => started.once('close', (_, signal) => resolve(signal)));
  return { started, ended, stderr: text(started.stderr) };
}

/** Writes pairs in a process that is killed once it acknowledged `killAfter`; what it acknowledged. */
async function writeUntilKilled(mode: 'honest' | 'early', killAfter: number): Promise<string[]> {
  const { started, ended, stderr } = start(writer, [mode, String(killAfter - 1)]);
  let out = '';
  started.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
    if (out.split('\n').length > killAfter) started.kill('SIGKILL');
  });
  expect([await ended, await stderr]).toEqual(['SIGKILL', '']);
  return out.split('\n').slice(0, -1);
}

/** Which acknowledged pairs the store does not hold, and which it holds one half of. */
async function inspect(told: readonly string[]) {
  const database = await openDb({ file, logger });
  const rows = await database.db.selectFrom('settings').select('name').execute();
  await database.stop();
  const names = new Set(rows.map(({ name }) => name));
  const half = [...names].filter((name) => !names.has((name[0] === 'k' ? 'l' : 'k') + name.slice(1)));
  return { lost: told.filter((i) => !names.has(`k${i}`)), half };
}

describe('a killed process', () => {
  it('[ST3] [ST4] loses nothing acknowledged and leaves nothing half-written, killed again and again', async () => {
    for (const killAfter of [1, 25, 110, 300]) {
      const told = await writeUntilKilled('honest', killAfter);
      expect(told.length).toBeGreaterThanOrEqual(killAfter);
      expect(await inspect(told)).toEqual({ lost: [], half: [] });
      rmSync(file);
    }
  });

  it('[ST4] the same check finds a change that is acknowledged before its commit, and half a pair', async () => {
    const told = await writeUntilKilled('early', 25);
    expect(await inspect(told)).toEqual({ lost: ['24'], half: [] });
    const db = new DatabaseSync(file);
    db.exec("insert into settings values ('k900', '1')");
    db.close();
    expect((await inspect(told)).half).toEqual(['k900']);
  });
});

const rowsGrown = 60_000;
const oldSchema: Migration[] = [
  ['create table settings (name text not null primary key, value text not null)'],
];
const longStep: Migration = [
  'create table grown (n integer primary key, filling text not null)',
  `insert into grown with recursive step (n) as (select 1 union all select n + 1 from step where n < ${rowsGrown})
   select n, hex(zeroblob(60)) from step`,
  "update settings set value = 'new'",
];
const newSchema: Migration[] = [...oldSchema, longStep, ["insert into settings values ('last', 'step')"]];

/** Which schema the file holds as a whole; `half` if neither. */
function schemaFound(): 'old' | 'new' | 'half' {
  const db = new DatabaseSync(file);
  const version = db.prepare('pragma user_version').get()?.['user_version'];
  const tables = db.prepare("select name from sqlite_schema where type = 'table' order by name").all();
  const settings = db.prepare('select name, value from settings order by name').all();
  const grown = tables.length === 2 ? db.prepare('select count(*) as n from grown').get()?.['n'] : 0;
  db.close();
  const found = JSON.stringify([version, grown, settings.map(({ name, value }) => [name, value])]);
  if (found === JSON.stringify([1, 0, [['a', 'old']]])) return 'old';
  const whole = [
    ['a', 'new'],
    ['last', 'step'],
  ];
  return found === JSON.stringify([3, rowsGrown, whole]) ? 'new' : 'half';
}

async function makeOld(): Promise<void> {
  const database = await openDb({ file, logger, migrations: oldSchema });
  await database.db.insertInto('settings').values({ name: 'a', value: 'old' }).execute();
  await database.stop();
}

describe('an upgrade', () => {
  it.each([
    ['before its first page', 0, 'old'],
    ['in the middle', 1_000_000, 'old'],
    ['after its end', Number.MAX_SAFE_INTEGER, 'new'],
  ] as const)(
    '[ST4] killed %s leaves one whole schema and is finished by the next start',
    async (_, walBytes, left) => {
      await makeOld();
      const { ended, stderr } = start(migrator, [JSON.stringify(newSchema), String(walBytes)]);
      expect([await ended, await stderr]).toEqual(['SIGKILL', '']);
      expect(schemaFound()).toBe(left);
      const database = await openDb({ file, logger, migrations: newSchema });
      await database.stop();
      expect(schemaFound()).toBe('new');
    },
  );

  it('[ST4] the same check finds one that ran without a transaction', async () => {
    await makeOld();
    const db = new DatabaseSync(file);
    for (const statement of longStep.slice(0, 2)) db.exec(statement);
    db.close();
    expect(schemaFound()).toBe('half');
  });
});
