import { createSecretKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '#kernel';
import { type Database, openDb } from '#storage';
import { type AuditTrail, createAuditTrail } from './audit-trail.ts';

const key = createSecretKey(Buffer.alloc(32, 7));
const logger = createLogger({ level: 'silent' });

describe('the audit trail', () => {
  let folder: string;
  let database: Database;
  let trail: AuditTrail;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'roomkey-audit-'));
    database = await openDb({ dataDir: folder, logger });
    trail = createAuditTrail({ database, key });
    for (let at = 1; at <= 5; at++) await add(at);
  });

  afterEach(async () => {
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const add = (at: number): Promise<number> =>
    database.transaction((tx) =>
      trail.append(tx, { at, actor: 'cli', action: 'policy.change', appId: 1, details: { at } }),
    );

  it('[ST2] an untouched trail fits from its first entry to its last', async () => {
    expect(await trail.verify()).toEqual({ ok: true, entries: 5 });
  });

  it('[ST2] a changed entry is found, and which', async () => {
    await database.db
      .updateTable('audit_entries')
      .set({ details: '{"at":9}' })
      .where('seq', '=', 3)
      .execute();
    expect(await trail.verify()).toEqual({ ok: false, entries: 2, brokenAt: 3 });
  });

  it('[ST2] a removed entry is found', async () => {
    await database.db.deleteFrom('audit_entries').where('seq', '=', 2).execute();
    expect(await trail.verify()).toMatchObject({ ok: false, brokenAt: 2 });
  });

  it('[ST2] entries that changed places are found', async () => {
    const swap = async (from: number, to: number): Promise<void> => {
      await database.db.updateTable('audit_entries').set({ seq: to }).where('seq', '=', from).execute();
    };
    await swap(2, 99);
    await swap(3, 2);
    await swap(99, 3);
    expect(await trail.verify()).toMatchObject({ ok: false, brokenAt: 2 });
  });

  it('[ST2] a cut tail is found by a head that was kept elsewhere, and only by it', async () => {
    const kept = await trail.head();
    await database.db.deleteFrom('audit_entries').where('seq', '>', 3).execute();
    expect(await trail.verify()).toMatchObject({ ok: true, entries: 3 });
    expect(await trail.verify(kept)).toMatchObject({ ok: false, brokenAt: 4 });
  });

  it('[ST2] another key does not continue the trail', async () => {
    const other = createAuditTrail({ database, key: createSecretKey(Buffer.alloc(32, 8)) });
    expect(await other.verify()).toMatchObject({ ok: false, brokenAt: 1 });
  });

  it('[ST3] an entry of a change that was rolled back is not kept', async () => {
    const failing = database.transaction(async (tx) => {
      await trail.append(tx, { at: 6, actor: 'cli', action: 'policy.change', appId: 1, details: {} });
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(await trail.verify()).toEqual({ ok: true, entries: 5 });
  });
});
