import { createTokenKey, mintToken } from '@roomkey/token';
import { expect, it } from 'vitest';
import { startTestServer } from '../testing/start-test-server.ts';
import { TestClient, type TestClientOptions, type TestFrame } from '../testing/test-client.ts';

async function world() {
  const server = await startTestServer();
  const app = await server.importApp();
  const login = async (options: TestClientOptions, by: 'appSign' | 'token'): Promise<TestFrame> => {
    const client = await TestClient.greeted(server.wsUrl, options);
    const key = createTokenKey({ id: 'k', secret: app.secret, appId: app.appId });
    const now = Math.floor(Date.now() / 1_000);
    const token = mintToken({ appId: app.appId, userId: 'demo', expiresInSeconds: 60, key }, now);
    const credential = by === 'token' ? { token } : { appSign: app.appSign };
    const answer = await client.login({ appId: app.appId, roomId: 'room1', userId: 'demo', ...credential });
    if (answer.t === 'ok') await client.request('logout', { roomId: 'room1' });
    client.terminate();
    return answer;
  };
  return { server, app, login };
}

it('[WS14] an app that lists origins takes pages from those alone, and whatever is no page', async () => {
  const { server, app, login } = await world();
  await using _ = server;
  expect(await login({ origin: 'https://evil.example' }, 'token')).toMatchObject({ t: 'ok' });
  const edit = { kind: 'origins', allowedOrigins: ['https://app.example'] } as const;
  await server.server.ownerDesk.change(app.appId, undefined, { name: 'test' }, edit);
  expect(await login({ origin: 'https://evil.example' }, 'token')).toMatchObject({
    code: 900003,
    name: 'originRefused',
  });
  expect(await login({ origin: 'https://app.example' }, 'token')).toMatchObject({ t: 'ok' });
  expect(await login({}, 'token')).toMatchObject({ t: 'ok' });
});

it('[AD2] a proof made for another host than ours is wrong: it cannot be passed on from there', async () => {
  const { server, login } = await world();
  await using _ = server;
  expect(await login({ host: 'evil.example:443' }, 'appSign')).toMatchObject({ code: 1001005 });
  expect(await login({}, 'appSign')).toMatchObject({ t: 'ok' });
  expect(await login({ host: 'evil.example:443' }, 'token')).toMatchObject({ t: 'ok' });
});
