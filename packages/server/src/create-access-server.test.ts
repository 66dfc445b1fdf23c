import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenKey, mintToken } from '@roomkey/token';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccessServer } from './create-access-server.ts';
import { startTestServer, type TestApp } from './testing/start-test-server.ts';
import { TestClient } from './testing/test-client.ts';

async function login(wsUrl: string, app: TestApp): Promise<string> {
  const key = createTokenKey({ id: 'k', secret: app.secret, appId: app.appId });
  const token = mintToken(
    { appId: app.appId, userId: 'demo', expiresInSeconds: 600, key },
    Math.floor(Date.now() / 1_000),
  );
  const client = await TestClient.greeted(wsUrl);
  const answer = await client.login({ appId: app.appId, roomId: 'room1', userId: 'demo', token });
  client.terminate();
  return answer.t;
}

describe('a server that is started again', () => {
  let dataDir: string;
  const masterKey = createSecretKey(randomBytes(32));
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'roomkey-again-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('[AD12] knows which secret opened tokens in the last hour: retiring it still needs a reason', async () => {
    let app: TestApp;
    {
      await using first = await startTestServer({ dataDir, masterKey });
      app = await first.importApp();
      const edit = { kind: 'secretAdd', secretId: 'next', secret: randomBytes(16).toString('hex') } as const;
      await first.server.ownerDesk.change(app.appId, undefined, { name: 'test' }, edit);
      expect(await login(first.wsUrl, app)).toBe('ok');
    }
    await using second = await startTestServer({ dataDir, masterKey });
    const { rules, ownerDesk } = second.server;
    const old =
      rules.find(app.appId)?.app.secrets.find(({ secretId }) => secretId !== 'next')?.secretId ?? '';
    const move = (secretId: string, to: 'verifying' | 'primary' | 'retired', why?: string) =>
      ownerDesk.change(
        app.appId,
        undefined,
        { name: 'test', ...(why === undefined ? {} : { why }) },
        { kind: 'secretState', secretId, to },
      );
    await move('next', 'verifying');
    await move('next', 'primary');
    await expect(move(old, 'retired')).rejects.toMatchObject({ errorName: 'reasonRequired' });
    expect((await move(old, 'retired', 'rotated')).applied).toBe(true);
    expect(await login(second.wsUrl, app)).toBe('error');
  });

  it('[SC3] refuses a master key that did not seal its database, and serves again with the right one', async () => {
    {
      await using first = await startTestServer({ dataDir, masterKey });
      await first.importApp();
    }
    const wrong = startTestServer({ dataDir, masterKey: createSecretKey(randomBytes(32)) });
    await expect(wrong).rejects.toMatchObject({ name: 'MasterKeyUnusable', fault: 'wrong' });
    await using again = await startTestServer({ dataDir, masterKey });
    expect(again.server.rules.list()).toHaveLength(1);
  });

  it('[ST4] a second server on one data folder is refused, and the first goes on', async () => {
    await using first = await startTestServer({ dataDir, masterKey });
    const app = await first.importApp();
    await expect(startTestServer({ dataDir, masterKey })).rejects.toMatchObject({ name: 'DataDirInUse' });
    expect(await login(first.wsUrl, app)).toBe('ok');
  });

  it('[CF3] in production it does not start on a generated master key, and says how to fix it', async () => {
    const { defaultConfig } = await import('#config');
    const started = createAccessServer({
      config: { ...defaultConfig, dataDir, port: 0, production: true, logLevel: 'silent' },
    });
    await expect(started).rejects.toMatchObject({
      name: 'StartRefused',
      problems: [{ fix: expect.stringContaining('masterKeyFile') }],
    });
  });
});
