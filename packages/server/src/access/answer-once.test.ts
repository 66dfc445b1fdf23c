import { createTokenKey, mintToken } from '@roomkey/token';
import { expect, it } from 'vitest';
import { startTestServer } from '../testing/start-test-server.ts';
import { TestClient } from '../testing/test-client.ts';

it('[WS3] a login that a revocation overtakes is answered once, by the refusal', async () => {
  await using server = await startTestServer();
  const app = await server.importApp();
  const key = createTokenKey({ id: 'k', secret: app.secret, appId: app.appId });
  const now = Math.floor(Date.now() / 1_000) - 10;
  const clients = await Promise.all(Array.from({ length: 30 }, () => TestClient.greeted(server.wsUrl)));
  const storm = clients.map((client, index) => {
    const userId = `u${index}`;
    const token = mintToken({ appId: app.appId, userId, expiresInSeconds: 600, key }, now);
    return client.login({ appId: app.appId, roomId: `r${index}`, userId, token });
  });
  // Asked for while the logins are on their way: some are decided before it, some after.
  const target = { kind: 'issuedBefore', atSeconds: now + 5 } as const;
  const revoked = server.server.ownerDesk.change(
    app.appId,
    undefined,
    { name: 'test' },
    { kind: 'revoke', target },
  );
  const answers = await Promise.allSettled(storm);
  await revoked;
  expect(answers.map(({ status }) => status)).not.toContain('rejected');
  for (const answer of answers) {
    if (answer.status === 'fulfilled' && answer.value.t === 'error')
      expect(['revoked', 'sessionRevoked']).toContain(answer.value['name']);
  }
  expect([...server.server.sessions()]).toEqual([]);
  for (const client of clients) client.terminate();
});
