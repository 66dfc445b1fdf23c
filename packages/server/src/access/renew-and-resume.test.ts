import { createTokenKey, mintToken } from '@roomkey/token';
import { describe, expect, it } from 'vitest';
import { startTestServer, type TestApp, type TestServer } from '../testing/start-test-server.ts';
import { TestClient, type TestFrame } from '../testing/test-client.ts';

let minted = 0;

function mint(app: TestApp, seconds: number, agoSeconds = 0): string {
  const key = createTokenKey({ id: 'k', secret: app.secret, appId: app.appId });
  const now = Math.floor(Date.now() / 1_000) - agoSeconds;
  minted += 1;
  return mintToken({ appId: app.appId, userId: 'demo', expiresInSeconds: seconds, key }, now);
}

async function enter(
  server: TestServer,
  app: TestApp,
  token = mint(app, 600),
): Promise<[TestClient, TestFrame]> {
  const client = await TestClient.greeted(server.wsUrl);
  const answer = await client.login({ appId: app.appId, roomId: 'room1', userId: 'demo', token });
  expect(answer).toMatchObject({ t: 'ok' });
  return [client, answer];
}

const resumeOf = (answer: TestFrame, ticket = answer['resumeTicket']) => ({
  sessionId: answer['session'].id,
  ticket,
  lastRoomSeq: answer['room'].seq,
});

describe('renewing and resuming over a real connection', () => {
  it('[WS6] a renewal answers with a new lease; a refused one leaves the old lease standing', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const [client] = await enter(server, app, mint(app, 600, 30));
    const renewed = await client.request('renew', { roomId: 'room1', token: mint(app, 1_200) });
    expect(renewed).toMatchObject({ t: 'ok', lease: { generation: 2 } });
    const refused = await client.request('renew', { roomId: 'room1', token: mint(app, 5_000, 300) });
    expect(refused).toMatchObject({ t: 'error', name: 'staleToken', code: 1002074 });
    const [session] = server.server.sessions();
    expect(session?.lease.generation).toBe(2);
    expect(await client.request('renew', { roomId: 'other', token: mint(app, 60) })).toMatchObject({
      code: 1002002,
    });
    client.terminate();
  });

  it('[WS6][SE7] a cut session is taken up again by its ticket, with what it missed', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const [client, entered] = await enter(server, app);
    client.terminate();
    await client.closed;
    const back = await TestClient.greeted(server.wsUrl);
    const resumed = await back.request('resume', resumeOf(entered));
    expect(resumed).toMatchObject({
      t: 'ok',
      session: { id: entered['session'].id },
      missed: { events: [] },
    });
    expect(resumed['resumeTicket']).not.toBe(entered['resumeTicket']);
    back.terminate();
  });

  it('[WS13] after its lease is over a session is taken up again only with a fresh token in the same call', async () => {
    await using server = await startTestServer();
    const app = await server.importApp({ expiry: 'soft' });
    const [client, entered] = await enter(server, app, mint(app, 1_000, 998));
    await client.next('tokenExpired');
    client.terminate();
    await client.closed;
    const back = await TestClient.greeted(server.wsUrl);
    const refused = await back.request('resume', resumeOf(entered));
    expect(refused).toMatchObject({ t: 'error', code: 1002078 });
    const again = await back.request('resume', { ...resumeOf(entered), token: mint(app, 600) });
    expect(again).toMatchObject({ t: 'ok', lease: { grants: { publish: true } } });
    expect(again['lease'].ttlMs).toBeGreaterThan(500_000);
    back.terminate();
  });

  it('[SE7a] a ticket from before the last rotation ends the session; an unknown one changes nothing', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const [client, entered] = await enter(server, app);
    for (let turn = 0; turn < 2; turn++) {
      const renewed = await client.request('renew', { roomId: 'room1', token: mint(app, 700 + 100 * turn) });
      expect(renewed['t']).toBe('ok');
    }
    const thief = await TestClient.greeted(server.wsUrl);
    expect(await thief.request('resume', resumeOf(entered, 'x'.repeat(43)))).toMatchObject({
      name: 'resumeUnknown',
    });
    expect([...server.server.sessions()]).toHaveLength(1);
    expect(await thief.request('resume', resumeOf(entered))).toMatchObject({ name: 'resumeTicketReused' });
    expect([...server.server.sessions()]).toHaveLength(0);
    expect((await client.closed).code).toBe(4411);
    thief.terminate();
  });

  it('[SE6] the same user elsewhere displaces the earlier session, which cannot come back', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const [first, entered] = await enter(server, app);
    const [second] = await enter(server, app);
    expect(await first.next('kicked')).toMatchObject({ code: 1002050 });
    expect((await first.closed).code).toBe(4409);
    const back = await TestClient.greeted(server.wsUrl);
    expect(await back.request('resume', resumeOf(entered))).toMatchObject({ code: 1002086 });
    for (const client of [second, back]) client.terminate();
  });

  it('[SE4] a hard end is told with 1002056 and closes the connection', async () => {
    await using server = await startTestServer();
    const app = await server.importApp({ expiry: 'hard' });
    const [client] = await enter(server, app, mint(app, 1_000, 998));
    expect(await client.next('kicked')).toMatchObject({ code: 1002056 });
    expect((await client.closed).code).toBe(4410);
    expect(minted).toBeGreaterThan(0);
  });
});
