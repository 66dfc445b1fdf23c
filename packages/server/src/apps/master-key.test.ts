import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '#kernel';
import { openDb } from '#storage';
import { checkMasterKey, loadMasterKey, type MasterKeySource, MasterKeyUnusable } from './master-key.ts';
import { createSealer } from './sealer.ts';

describe('the master key', () => {
  let folder: string;
  const fileSource = (mayGenerate: boolean): MasterKeySource => ({
    from: 'file',
    path: join(folder, 'master-key'),
    mayGenerate,
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'roomkey-master-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('[SC3] is generated once where that is allowed, in a file closed to others', () => {
    expect(() => loadMasterKey(fileSource(false))).toThrow(expect.objectContaining({ fault: 'missing' }));
    const made = loadMasterKey(fileSource(true));
    const found = loadMasterKey(fileSource(true));
    expect([made.generated, found.generated]).toEqual([true, false]);
    expect(found.key.equals(made.key)).toBe(true);
    expect(statSync(join(folder, 'master-key')).mode & 0o777).toBe(0o600);
  });

  it.skipIf(process.platform === 'win32')('[SC3] is refused from a file that others can read', () => {
    loadMasterKey(fileSource(true));
    chmodSync(join(folder, 'master-key'), 0o640);
    expect(() => loadMasterKey(fileSource(true))).toThrow(expect.objectContaining({ fault: 'openToOthers' }));
  });

  it('[SC3] is read from hexadecimal or base64, and refused otherwise without a word of it', () => {
    const bytes = randomBytes(32);
    for (const text of [bytes.toString('hex'), bytes.toString('base64'), `${bytes.toString('hex')}\n`]) {
      expect(loadMasterKey({ from: 'environment', text }).key.export()).toEqual(bytes);
    }
    const wrong = [
      '',
      'canary',
      'canary'.repeat(12),
      `${bytes.toString('hex')}00`,
      `${bytes.toString('base64')}!`,
    ];
    for (const text of wrong) {
      const read = () => loadMasterKey({ from: 'environment', text });
      expect(read).toThrow(MasterKeyUnusable);
      expect(read).not.toThrow(/canary/);
    }
    writeFileSync(join(folder, 'master-key'), 'canary', { mode: 0o600 });
    expect(() => loadMasterKey(fileSource(true))).toThrow(expect.objectContaining({ fault: 'malformed' }));
    expect(readFileSync(join(folder, 'master-key'), 'utf8')).toBe('canary');
  });

  it('[SC3] that did not seal a database is refused before anything is touched', async () => {
    const database = await openDb({ dataDir: folder, logger: createLogger({ level: 'silent' }) });
    const { db } = database;
    const sealers = [1, 2].map(() => createSealer(loadKey(randomBytes(32))));
    await checkMasterKey(db, sealers[0]!);
    await checkMasterKey(db, sealers[0]!);
    const settings = await db.selectFrom('settings').selectAll().execute();
    await expect(checkMasterKey(db, sealers[1]!)).rejects.toMatchObject({ fault: 'wrong' });
    expect(await db.selectFrom('settings').selectAll().execute()).toEqual(settings);
    // A database that holds apps but has lost its check value takes no key on trust.
    await db.deleteFrom('settings').where('name', '=', 'master_key_check').execute();
    const row = { app_id: 1, name: 'a', origin: 'new', app_sign_state: 'destroyed', app_sign_sealed: null };
    await db
      .insertInto('apps')
      .values({ ...row, allowed_origins: '[]', created_at: 1 })
      .execute();
    await expect(checkMasterKey(db, sealers[0]!)).rejects.toMatchObject({ fault: 'wrong' });
    await database.stop();
  });
});

function loadKey(bytes: Buffer) {
  return loadMasterKey({ from: 'environment', text: bytes.toString('hex') }).key;
}
