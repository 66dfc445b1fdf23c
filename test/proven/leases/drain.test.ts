import { startTestServer, TestClient } from '@roomkey/server/testing';
import { mintToken } from '@roomkey/token';
import { expect, it } from 'vitest';
import { verdictOf } from './stage.ts';

it('[SE9] a drain admits nobody, sends everybody elsewhere, and keeps what was acknowledged', async () => {
  await using home = await startTestServer();
  const app = await home.importApp();
  const seal = (userId: string): string =>
    mintToken({ ...app, userId, expiresInSeconds: 600 }, Math.floor(Date.now() / 1_000));
  const loginOf = (userId: string) => ({ appId: app.appId, roomId: 'room1', userId, token: seal(userId) });
  await using inside = await TestClient.greeted(home.wsUrl);
  await using waiting = await TestClient.greeted(home.wsUrl);
  expect(verdictOf(await inside.login(loginOf('inside')))).toBe('ok');
  const changed = await home.setPolicy(app.appId, { softMaxSeconds: 77 });
  const draining = home.server.drain();
  expect((await inside.next('drain'))['resumeAfterMs']).toBeGreaterThanOrEqual(0);
  expect(verdictOf(await waiting.login(loginOf('late')))).toBe('1002030 draining');
  await expect(TestClient.connect(home.wsUrl)).rejects.toThrow('HTTP 503');
  expect(await Promise.all([inside.closed, waiting.closed])).toMatchObject([{ code: 4503 }, { code: 4503 }]);
  await draining;
  const { dataDir, masterKey } = home;
  await using again = await startTestServer({ dataDir, masterKey });
  expect(again.server.rules.find(app.appId)).toMatchObject({
    version: changed.rules.version,
    policy: { softMaxSeconds: 77 },
  });
  await using back = await TestClient.greeted(again.wsUrl);
  expect(verdictOf(await back.login(loginOf('inside')))).toBe('ok');
});
