import { createTokenKey, mintToken } from '@roomkey/token';
import { sealFixed } from '@roomkey/token/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Policy } from '#policy';
import { FakeClock } from '../testing/fake-clock.ts';
import { startTestServer, type TestApp, type TestServer } from '../testing/start-test-server.ts';
import { TestClient, type TestFrame } from '../testing/test-client.ts';

describe('the life of a lease on a clock that is moved by hand', () => {
  let clock: FakeClock;
  let server: TestServer;
  const clients: TestClient[] = [];

  beforeEach(async () => {
    clock = new FakeClock();
    server = await startTestServer({ clock });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.terminate();
    await server[Symbol.asyncDispose]();
  });

  const nowSeconds = (): number => Math.floor(clock.wallMs() / 1_000);

  function mint(
    app: TestApp,
    seconds: number,
    over: { readonly aheadSeconds?: number; readonly userId?: string } = {},
  ): string {
    const { aheadSeconds = 0, userId = 'demo' } = over;
    const key = createTokenKey({ id: 'k', secret: app.secret, appId: app.appId });
    return mintToken(
      { appId: app.appId, userId, expiresInSeconds: seconds, key },
      nowSeconds() + aheadSeconds,
    );
  }

  async function enter(app: TestApp, token: string, userId = 'demo'): Promise<[TestClient, TestFrame]> {
    const client = await TestClient.greeted(server.wsUrl);
    clients.push(client);
    const answer = await client.login({ appId: app.appId, roomId: 'room1', userId, token });
    expect(answer).toMatchObject({ t: 'ok' });
    return [client, answer];
  }

  /** Lets time pass in steps with a sign of life between them: 100 s of silence would be taken for death (SE7). */
  async function pass(client: TestClient, ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 50_000) {
      await clock.advance(Math.min(left, 50_000));
      await client.request('ping');
    }
  }

  const start = async (
    seconds: number,
    policy: Partial<Policy> = {},
  ): Promise<[TestApp, TestClient, TestFrame]> => {
    const app = await server.importApp(policy);
    return [app, ...(await enter(app, mint(app, seconds)))];
  };

  it('[SE3] warns at 30 s and at 10 s, and not before', async () => {
    const [, client] = await start(120);
    await pass(client, 89_000);
    expect(client.events.filter(({ t }) => t === 'tokenWillExpire')).toEqual([]);
    await pass(client, 1_000);
    expect(await client.next('tokenWillExpire')).toMatchObject({
      roomId: 'room1',
      remainTimeInSecond: 30,
      ttlMs: 30_000,
    });
    await pass(client, 20_000);
    expect(await client.next('tokenWillExpire')).toMatchObject({ remainTimeInSecond: 10 });
  });

  it('[SE3] warns at once when less is left', async () => {
    const [, client] = await start(20);
    await clock.advance(1);
    expect(await client.next('tokenWillExpire')).toMatchObject({ remainTimeInSecond: 20 });
  });

  it.each([30 * 86_400, 15 * 365 * 86_400])(
    '[SE3] a lease of %i s is not warned of early, whatever 32 bits hold',
    async (seconds) => {
      const app = await server.importApp();
      const now = nowSeconds();
      const key = createTokenKey({ id: 'k', secret: app.secret, appId: app.appId });
      const chance = { nonce: '7', iv: new Uint8Array(16), nowSeconds: now };
      const token = sealFixed({
        format: '04-cbc',
        appId: app.appId,
        userId: 'demo',
        key,
        seconds,
        ...chance,
      });
      const [client, answer] = await enter(app, token);
      expect(answer['lease'].ttlMs).toBeGreaterThan(seconds * 1_000 - 2_000);
      await pass(client, 150_000);
      expect(client.events.filter(({ t }) => t === 'tokenWillExpire')).toEqual([]);
    },
  );

  it.each([4, -4, 6, -6])(
    '[SE3a] a step of the wall clock by %i min ends nobody early and keeps nobody late',
    async (minutes) => {
      const [, client] = await start(120, { expiry: 'hard' });
      await pass(client, 60_000);
      clock.stepWall(minutes * 60_000);
      await pass(client, 59_000);
      expect(client.events.filter(({ t }) => t === 'kicked')).toEqual([]);
      await clock.advance(1_500);
      expect(await client.next('kicked')).toMatchObject({ code: 1002056 });
    },
  );

  it('[AD9] two issuers 3 s apart: whoever renews last, no lease is shortened', async () => {
    const [app, client] = await start(300);
    await pass(client, 10_000);
    const ahead = mint(app, 600, { aheadSeconds: 2 });
    const behind = mint(app, 600, { aheadSeconds: -1 });
    const first = await client.request('renew', { roomId: 'room1', token: ahead });
    expect(first).toMatchObject({ t: 'ok', lease: { generation: 2 } });
    const second = await client.request('renew', { roomId: 'room1', token: behind });
    expect(second).toMatchObject({ t: 'error', name: 'staleToken' });
    const same = await client.request('renew', { roomId: 'room1', token: ahead });
    expect(same).toMatchObject({ t: 'ok', unchanged: true, lease: { generation: 2 } });
    const [session] = server.server.sessions();
    expect(session?.lease.endsAt).toBe((nowSeconds() + 602) * 1_000);
  });

  it('[SE4] a lapsed session stays, may renew, and is refused what the table refuses', async () => {
    const [app, client] = await start(60, { expiry: 'soft' });
    await pass(client, 60_500);
    expect(await client.next('tokenExpired')).toMatchObject({ mode: 'soft' });
    const ask = (t: string, body: object): Promise<TestFrame> =>
      client.request(t, { roomId: 'room1', ...body });
    expect(await ask('publish', { streamId: 's1', channel: 0 })).toMatchObject({ code: 1003072 });
    expect(await ask('play', { streamId: 's1' })).toMatchObject({ code: 1004003 });
    expect(await ask('sendBroadcast', { message: 'hi' })).toMatchObject({
      code: 1002078,
      name: 'leaseLapsed',
    });
    expect(await ask('setRoomExtraInfo', { key: 'k', value: 'v' })).toMatchObject({ name: 'leaseLapsed' });
    expect(await ask('switchRoom', { toRoomId: 'room2' })).toMatchObject({ name: 'leaseLapsed' });
    expect(await ask('snapshot', {})).toMatchObject({ t: 'ok' });
    expect(await ask('renew', { token: mint(app, 300) })).toMatchObject({
      t: 'ok',
      lease: { ttlMs: expect.any(Number) },
    });
    expect(await ask('publish', { streamId: 's1', channel: 0 })).toMatchObject({ t: 'ok' });
  });

  it('[SE4] a hard end removes the session, the room is told once, its ticket is void', async () => {
    const [app, client, entered] = await start(60, { expiry: 'hard' });
    const watcher = await TestClient.greeted(server.wsUrl);
    clients.push(watcher);
    const config = { isUserStatusNotify: true };
    await watcher.login({
      appId: app.appId,
      roomId: 'room1',
      userId: 'watcher',
      token: mint(app, 3_600, { userId: 'watcher' }),
      config,
    });
    await pass(client, 59_000);
    await watcher.request('ping');
    await clock.advance(1_200);
    expect(await client.next('kicked')).toMatchObject({ code: 1002056 });
    expect((await client.closed).code).toBe(4410);
    await clock.advance(500);
    const left = await watcher.next('room', (frame) => JSON.stringify(frame).includes('"delete"'));
    expect(
      left['events'].flatMap(({ users }: { users: { userId: string }[] }) =>
        users.map(({ userId }) => userId),
      ),
    ).toEqual(['demo']);
    const back = await TestClient.greeted(server.wsUrl);
    clients.push(back);
    const resumed = await back.request('resume', {
      sessionId: entered['session'].id,
      ticket: entered['resumeTicket'],
      lastRoomSeq: 0,
      token: mint(app, 600),
    });
    expect(resumed).toMatchObject({ t: 'error', name: 'resumeUnknown' });
    await clock.advance(10_000);
    expect(watcher.events.filter((frame) => JSON.stringify(frame).includes('"delete"'))).toEqual([]);
  });

  it('[RM3] a claimed stream that nobody dials goes back after 10 s', async () => {
    const [app, client] = await start(3_600);
    const publish = (who: TestClient): Promise<TestFrame> =>
      who.request('publish', { roomId: 'room1', streamId: 's1', channel: 0 });
    expect(await publish(client)).toMatchObject({ t: 'ok', ticket: null });
    const other = await TestClient.greeted(server.wsUrl);
    clients.push(other);
    await other.login({
      appId: app.appId,
      roomId: 'room1',
      userId: 'other',
      token: mint(app, 3_600, { userId: 'other' }),
    });
    expect(await publish(other)).toMatchObject({ code: 1003028 });
    await clock.advance(10_100);
    expect(await publish(other)).toMatchObject({ t: 'ok' });
  });

  it('[SE7] 100 s after its last frame the room sees a lost session leave; after its window it is unknown', async () => {
    const [, client, entered] = await start(36_000);
    client.terminate();
    await client.closed;
    const states = (): string[] => [...server.server.sessions()].map(({ state }) => state);
    for (let turn = 0; turn < 50 && states()[0] !== 'detached'; turn++) await clock.advance(0);
    expect(states()).toEqual(['detached']);
    await clock.advance(101_000);
    expect(states()).toEqual(['absent']);
    await clock.advance(20 * 60_000);
    expect(states()).toEqual([]);
    const back = await TestClient.greeted(server.wsUrl);
    clients.push(back);
    const ask = { sessionId: entered['session'].id, ticket: entered['resumeTicket'], lastRoomSeq: 0 };
    expect(await back.request('resume', ask)).toMatchObject({ code: 1002053 });
  });
});
