import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createTokenKey, mintToken } from '@roomkey/token';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestApp, TestClient } from '../../../packages/server/src/testing/index.ts';

const count = 100_000;

/** Writes revocations of `gone0` to `gone99999` as a server of long standing has them. */
function plantRevocations(dataDir: string, appId: number, nowMs: number): void {
  const db = new DatabaseSync(join(dataDir, 'state.db'));
  const insert = db.prepare('insert into revocations values (?, ?, ?, ?, ?, ?, null, ?, null)');
  const bounds = { aheadSecondsByKey: {}, aheadDigests: [], appSignRefusedUntil: null, marginSeconds: 0 };
  db.exec('begin immediate');
  for (let at = 0; at < count; at++) {
    const target = JSON.stringify({ userId: `gone${at}`, ...bounds });
    insert.run(appId, `r${at}`, 'user', target, at + 1, nowMs, 'test');
  }
  db.prepare('update app_rules set rules_version = ? where app_id = ?').run(count + 1, appId);
  db.exec('commit');
  db.close();
}

describe('a server with 100 000 revocations', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'roomkey-revoked-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('[AD11] starts with all of them: each refuses its user, and nobody else', async () => {
    const masterKey = createSecretKey(randomBytes(32));
    let app: TestApp;
    {
      await using first = await startTestServer({ dataDir, masterKey });
      app = await first.importApp();
      expect(await login(first.wsUrl, app, 'gone0')).toMatchObject({ t: 'ok' });
    }
    plantRevocations(dataDir, app.appId, Date.now());
    await using second = await startTestServer({ dataDir, masterKey });
    expect(second.server.rules.find(app.appId)?.revocations.size).toBe(count);
    for (const at of [0, 1, 49_999, count - 1]) {
      expect(await login(second.wsUrl, app, `gone${at}`)).toMatchObject({ t: 'error', name: 'revoked' });
    }
    for (const userId of ['gone', `gone${count}`, 'kept']) {
      expect(await login(second.wsUrl, app, userId)).toMatchObject({ t: 'ok' });
    }
    // One more by the owner still takes effect in the same step.
    const edit = { kind: 'revoke', target: { kind: 'user', userId: 'kept' } } as const;
    expect(await second.server.ownerDesk.change(app.appId, undefined, { name: 'test' }, edit)).toMatchObject({
      applied: true,
    });
    expect(await login(second.wsUrl, app, 'kept')).toMatchObject({ t: 'error', name: 'revoked' });
  });
});

async function login(wsUrl: string, { appId, secret }: TestApp, userId: string) {
  const key = createTokenKey({ id: 'k', secret, appId });
  // Made a little before: a token of the very second of a revocation is newer than it.
  const madeAt = Math.floor(Date.now() / 1_000) - 10;
  const token = mintToken({ appId, userId, expiresInSeconds: 600, key }, madeAt);
  await using client = await TestClient.greeted(wsUrl);
  return await client.login({ appId, roomId: 'r', userId, token });
}
