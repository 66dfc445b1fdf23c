import { createTokenKey, generateToken04, mintToken } from '@roomkey/token';
import { describe, expect, it } from 'vitest';
import {
  FakeClock,
  startTestServer,
  type TestApp,
  TestClient,
  type TestFrame,
  type TestServer,
} from '../../../packages/server/src/testing/index.ts';

const by = { name: 'test' };

function mint(app: TestApp, userId: string, nowMs = Date.now(), ago = 0): string {
  const key = createTokenKey({ id: 'k', secret: app.secret, appId: app.appId });
  return mintToken(
    { appId: app.appId, userId, expiresInSeconds: 3_600, key },
    Math.floor(nowMs / 1_000) - ago,
  );
}

interface Guest {
  readonly client: TestClient;
  readonly answer: TestFrame;
}

async function enter(server: TestServer, login: Parameters<TestClient['login']>[0]): Promise<Guest> {
  const client = await TestClient.greeted(server.wsUrl);
  return { client, answer: await client.login(login) };
}

describe('forcing Token while guests by AppSign are in', () => {
  const guests = async (server: TestServer, app: TestApp): Promise<[Guest, Guest]> => [
    await enter(server, { appId: app.appId, roomId: 'room1', userId: 'a', appSign: app.appSign }),
    await enter(server, { appId: app.appId, roomId: 'room1', userId: 't', token: mint(app, 't') }),
  ];

  it('[AD5] keep: they stay, and nobody enters by AppSign any more', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const [byAppSign, byToken] = await guests(server, app);
    const receipt = await server.setPolicy(app.appId, { forced: true });
    expect(receipt).toMatchObject({ applied: true, effect: { ended: [], judged: 2 } });
    const refused = await enter(server, {
      appId: app.appId,
      roomId: 'room1',
      userId: 'b',
      appSign: app.appSign,
    });
    expect(refused.answer).toMatchObject({ code: 1002067 });
    expect(await byAppSign.client.request('ping')).toMatchObject({ t: 'ok' });
    for (const { client } of [byAppSign, byToken, refused]) client.terminate();
  });

  it('[AD5] end: they are ended in the same step, token sessions stay', async () => {
    await using server = await startTestServer();
    const app = await server.importApp({ onForce: { mode: 'end' } });
    const [byAppSign, byToken] = await guests(server, app);
    const preview = server.server.ownerDesk.preview(app.appId, {
      kind: 'policy',
      policy: { ...policyOf(server, app), forced: true },
    });
    expect(preview.ended.map(({ userId }) => userId)).toEqual(['a']);
    const receipt = await server.setPolicy(app.appId, { forced: true });
    expect(receipt.effect.ended.map(({ userId }) => userId)).toEqual(['a']);
    expect(await byAppSign.client.next('kicked')).toMatchObject({ code: 1002067 });
    expect((await byAppSign.client.closed).code).toBe(4410);
    expect([...server.server.sessions()].map(({ userId }) => userId)).toEqual(['t']);
    byToken.client.terminate();
  });

  it('[AD5] end within minutes: warned, then ended by the clock', async () => {
    const clock = new FakeClock();
    await using server = await startTestServer({ clock });
    const app = await server.importApp({ onForce: { mode: 'endWithin', minutes: 2 } });
    const guest = await enter(server, {
      appId: app.appId,
      roomId: 'room1',
      userId: 'a',
      appSign: app.appSign,
    });
    const receipt = await server.setPolicy(app.appId, { forced: true });
    expect(receipt.effect.ending).toHaveLength(1);
    // In steps, so that the guest is not taken for dead: a ping between them.
    for (let step = 0; step < 2; step++) {
      await clock.advance(45_000);
      expect(await guest.client.request('ping')).toMatchObject({ t: 'ok' });
    }
    await clock.advance(1_000);
    expect(await guest.client.next('tokenWillExpire')).toMatchObject({
      remainTimeInSecond: expect.any(Number),
    });
    await clock.advance(30_000);
    expect(await guest.client.next('kicked')).toMatchObject({ code: 1002067 });
    guest.client.terminate();
  });

  it('[TK12] the CBC tokens of an unchanged back end still log in', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    await server.setPolicy(app.appId, { forced: true });
    const token = generateToken04(app.appId, 'demo', app.secret, 600, '');
    const guest = await enter(server, { appId: app.appId, roomId: 'room1', userId: 'demo', token });
    expect(guest.answer).toMatchObject({ t: 'ok', lease: { method: 'token' } });
    guest.client.terminate();
  });
});

function policyOf(server: TestServer, app: TestApp) {
  const policy = server.server.rules.find(app.appId)?.policy;
  if (policy === undefined) throw new TypeError('no such app');
  return policy;
}

describe('revoking', () => {
  const world = async (server: TestServer) => {
    const app = await server.importApp();
    const old = mint(app, 'demo', Date.now(), 30);
    const hit = await enter(server, { appId: app.appId, roomId: 'room1', userId: 'demo', token: old });
    const other = await enter(server, {
      appId: app.appId,
      roomId: 'room2',
      userId: 'other',
      token: mint(app, 'other', Date.now(), 30),
    });
    const again = async (token: string): Promise<TestFrame> => {
      const { client, answer } = await enter(server, {
        appId: app.appId,
        roomId: 'room1',
        userId: 'demo',
        token,
      });
      client.terminate();
      return answer;
    };
    return { app, old, hit, other, again };
  };
  const digestOf = (server: TestServer, app: TestApp, guest: Guest): string =>
    server.server.ownerDesk.tokenDigestOf(app.appId, guest.answer['session'].id) ?? '';

  it.each(['token', 'user', 'room', 'session', 'secret', 'issuedBefore'] as const)(
    '[AD11] by %s: the live session ends in the same step, its token enters no more, a fresh one does',
    async (kind) => {
      await using server = await startTestServer();
      const { app, old, hit, other, again } = await world(server);
      const digest = digestOf(server, app, hit);
      const sessionId = hit.answer['session'].id;
      const [secret] = server.server.rules.find(app.appId)?.app.secrets ?? [];
      const targets = {
        token: { kind: 'token', digest },
        user: { kind: 'user', userId: 'demo' },
        room: { kind: 'room', roomId: 'room1' },
        session: { kind: 'session', sessionId, digest },
        secret: { kind: 'secret', secretId: secret?.secretId ?? '' },
        issuedBefore: { kind: 'issuedBefore', atSeconds: Math.floor(Date.now() / 1_000) - 5 },
      } as const;
      const everybody = kind === 'secret' || kind === 'issuedBefore';
      const receipt = await server.server.ownerDesk.change(app.appId, undefined, by, {
        kind: 'revoke',
        target: targets[kind],
      });
      const ended = receipt.effect.ended.map(({ userId }) => userId).sort();
      expect(ended).toEqual(everybody ? ['demo', 'other'] : ['demo']);
      expect(receipt.applied).toBe(true);
      expect(await hit.client.next('kicked')).toMatchObject({ code: 1002057, name: 'sessionRevoked' });
      expect((await hit.client.closed).code).toBe(4411);
      expect(await again(old)).toMatchObject({ code: 1002074, name: 'revoked' });
      if (!everybody) expect(await other.client.request('ping')).toMatchObject({ t: 'ok' });
      const fresh = mint(app, 'demo', Date.now() + 2_000);
      expect(await again(fresh)).toMatchObject({ t: 'ok' });
      other.client.terminate();
    },
  );

  it('[AD11b] a revoked user cannot enter by AppSign under that id; under another id a holder of AppSign still can', async () => {
    await using server = await startTestServer();
    const { app, hit, other } = await world(server);
    await server.server.ownerDesk.change(app.appId, undefined, by, {
      kind: 'revoke',
      target: { kind: 'user', userId: 'demo' },
    });
    const login = (userId: string) =>
      enter(server, { appId: app.appId, roomId: 'room1', userId, appSign: app.appSign });
    const [refused, control] = [await login('demo'), await login('somebody')];
    expect(refused.answer).toMatchObject({ code: 1002074, name: 'revoked' });
    expect(control.answer).toMatchObject({ t: 'ok' });
    for (const { client } of [hit, other, refused, control]) client.terminate();
  });

  it('[AD11a] issued before hits the tokens of an issuer whose clock runs ahead', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    // 120 s ahead of ours: minted before the instant, but dated after it.
    const ahead = mint(app, 'fast', Date.now() + 120_000);
    const guest = await enter(server, { appId: app.appId, roomId: 'room1', userId: 'fast', token: ahead });
    expect(guest.answer.t).toBe('ok');
    const target = { kind: 'issuedBefore', atSeconds: Math.floor(Date.now() / 1_000) } as const;
    const receipt = await server.server.ownerDesk.change(app.appId, undefined, by, {
      kind: 'revoke',
      target,
    });
    expect(receipt.effect.ended.map(({ userId }) => userId)).toEqual(['fast']);
    const refused = await enter(server, {
      appId: app.appId,
      roomId: 'room1',
      userId: 'fast',
      token: mint(app, 'fast', Date.now() + 60_000),
    });
    expect(refused.answer).toMatchObject({ name: 'revoked', retryAfterMs: expect.any(Number) });
    for (const { client } of [guest, refused]) client.terminate();
  });

  it('[AD11] a storm of logins around a revocation: whoever is in afterwards was admitted after it', async () => {
    await using server = await startTestServer();
    const app = await server.importApp({ sameUser: 'kickEarlier' });
    const tokens = Array.from(
      { length: 40 },
      (_, index) => [`u${index}`, mint(app, `u${index}`, Date.now(), 10)] as const,
    );
    const storm = tokens.map(async ([userId, token]) => {
      const client = await TestClient.greeted(server.wsUrl);
      // One whose session was revoked before its answer went out is only told so and closed.
      await client.login({ appId: app.appId, roomId: `r-${userId}`, userId, token }).catch(() => undefined);
      return client;
    });
    await new Promise((resolve) => setTimeout(resolve, 15));
    const target = { kind: 'issuedBefore', atSeconds: Math.floor(Date.now() / 1_000) - 1 } as const;
    await server.server.ownerDesk.change(app.appId, undefined, by, { kind: 'revoke', target });
    expect([...server.server.sessions()]).toEqual([]);
    const guests = await Promise.all(storm);
    expect([...server.server.sessions()]).toEqual([]);
    for (const client of guests) client.terminate();
  });
});
