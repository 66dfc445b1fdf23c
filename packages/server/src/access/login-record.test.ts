import { expect, it } from 'vitest';
import { startTestServer } from '../testing/start-test-server.ts';
import { TestClient } from '../testing/test-client.ts';

it('[AD6] a client of ours is recorded as able to use tokens, whatever its version; another by its line', async () => {
  await using server = await startTestServer();
  const app = await server.importApp();
  const enter = async (userId: string, sdk: string): Promise<void> => {
    const client = await TestClient.connect(server.wsUrl);
    await client.hello({ platform: 'ios', product: 'video', sdkVersion: '0.1.0', sdk });
    await client.login({ appId: app.appId, roomId: 'room1', userId, appSign: app.appSign });
    client.terminate();
  };
  await enter('ours', 'roomkey-web');
  await enter('old', 'express');
  const rows = await server.server.ledger.logins({ appId: app.appId, limit: 10 });
  const can = Object.fromEntries(rows.map(({ userId, canUseTokens }) => [userId, canUseTokens]));
  expect(can).toEqual({ ours: 'yes', old: 'no' });
});
