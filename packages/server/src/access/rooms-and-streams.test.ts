import { createTokenKey, mintToken } from '@roomkey/token';
import { afterEach, describe, expect, it } from 'vitest';
import type { LeaseDesk } from '#planes';
import { startTestServer, type TestApp, type TestServer } from '../testing/start-test-server.ts';
import { TestClient, type TestFrame } from '../testing/test-client.ts';
import { TestPlane } from '../testing/test-plane.ts';

describe('rooms, streams and the same user elsewhere, over real connections', () => {
  const clients: TestClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.terminate();
  });

  function mint(app: TestApp, userId: string): string {
    const key = createTokenKey({ id: 'k', secret: app.secret, appId: app.appId });
    return mintToken(
      { appId: app.appId, userId, expiresInSeconds: 3_600, key },
      Math.floor(Date.now() / 1_000),
    );
  }

  async function connect(server: TestServer): Promise<TestClient> {
    const client = await TestClient.greeted(server.wsUrl);
    clients.push(client);
    return client;
  }

  async function enter(
    server: TestServer,
    app: TestApp,
    userId: string,
    roomId = 'room1',
  ): Promise<[TestClient, TestFrame]> {
    const client = await connect(server);
    const answer = await client.login({ appId: app.appId, roomId, userId, token: mint(app, userId) });
    expect(answer).toMatchObject({ t: 'ok' });
    return [client, answer];
  }

  it('[RM5] one connection holds five rooms, none displaces another, the sixth is refused', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const [client] = await enter(server, app, 'demo');
    const login = (roomId: string, userId = 'demo'): Promise<TestFrame> =>
      client.login({ appId: app.appId, roomId, userId, token: mint(app, userId) });
    for (const roomId of ['room2', 'room3', 'room4', 'room5'])
      expect(await login(roomId)).toMatchObject({ t: 'ok' });
    expect(await login('room6')).toMatchObject({ code: 1002037 });
    expect(await login('room1')).toMatchObject({ code: 1002001 });
    expect(await client.request('switchRoom', { roomId: 'room1', toRoomId: 'room7' })).toMatchObject({
      code: 1002019,
    });
    expect([...server.server.sessions()]).toHaveLength(5);
  });

  it('[RM5] switchRoom leaves one room and enters another in one step; a refused one stays where it was', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const [client] = await enter(server, app, 'demo');
    const to = (token: string): Promise<TestFrame> =>
      client.request('switchRoom', { roomId: 'room1', toRoomId: 'room2', token });
    expect(await to(mint(app, 'other'))).toMatchObject({ code: 1002077 });
    expect([...server.server.sessions()].map(({ roomId }) => roomId)).toEqual(['room1']);
    expect(await to(mint(app, 'demo'))).toMatchObject({ t: 'ok', room: { roomId: 'room2' } });
    expect([...server.server.sessions()].map(({ roomId }) => roomId)).toEqual(['room2']);
  });

  it('[SE6a] AppSign does not displace a session that a token proved; a token displaces one of AppSign', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    await enter(server, app, 'demo');
    const thief = await connect(server);
    const byAppSign = { appId: app.appId, roomId: 'room1', appSign: app.appSign };
    expect(await thief.login({ ...byAppSign, userId: 'demo' })).toMatchObject({ code: 1002086 });
    expect(await thief.login({ ...byAppSign, userId: 'guest' })).toMatchObject({ t: 'ok' });
    await enter(server, app, 'guest');
    expect(await thief.next('kicked')).toMatchObject({ code: 1002050 });
  });

  it('[AD11] revoking a room ends whoever is in it, by token or AppSign, and nobody elsewhere', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    await enter(server, app, 'by-token');
    await enter(server, app, 'elsewhere', 'room2');
    const guest = await connect(server);
    await guest.login({ appId: app.appId, roomId: 'room1', userId: 'by-app-sign', appSign: app.appSign });
    const edit = { kind: 'revoke', target: { kind: 'room', roomId: 'room1' } } as const;
    const named = (sessions: readonly { userId: string }[]): string[] =>
      sessions.map(({ userId }) => userId).sort();
    expect(named(server.server.ownerDesk.preview(app.appId, edit).ended)).toEqual([
      'by-app-sign',
      'by-token',
    ]);
    const receipt = await server.server.ownerDesk.change(app.appId, undefined, { name: 'test' }, edit);
    expect(named(receipt.effect.ended)).toEqual(['by-app-sign', 'by-token']);
    expect(await guest.next('kicked')).toMatchObject({ code: 1002057, name: 'sessionRevoked' });
    expect(named([...server.server.sessions()])).toEqual(['elsewhere']);
  });

  it('[AD5a] a shorter life of AppSign sessions is counted from their login, however often rules change after it', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const guest = await connect(server);
    await guest.login({ appId: app.appId, roomId: 'room1', userId: 'guest', appSign: app.appSign });
    const endsAt = (): number | undefined => [...server.server.sessions()][0]?.lease.endsAt;
    const loggedInAt = (endsAt() ?? 0) - 86_400_000;
    for (const change of [{ appSignMaxSessionSeconds: 3_600 }, { checkLogin: true }, { checkLogin: false }]) {
      await server.setPolicy(app.appId, change);
      expect(endsAt()).toBe(loggedInAt + 3_600_000);
    }
  });

  it('[RM3] a stream is listed when its publisher is there, is unique, and goes with its reason', async () => {
    const plane = new TestPlane();
    const planes = [
      (desk: LeaseDesk) => {
        plane.useDesk(desk);
        return plane;
      },
    ];
    await using server = await startTestServer({ planes });
    const app = await server.importApp();
    const [publisher] = await enter(server, app, 'publisher');
    const [watcher] = await enter(server, app, 'watcher');
    const publish = (client: TestClient): Promise<TestFrame> =>
      client.request('publish', { roomId: 'room1', streamId: 's1', channel: 0, extraInfo: 'hello' });
    const answer = await publish(publisher);
    expect(answer).toMatchObject({ t: 'ok', ticket: { token: expect.any(String) } });
    expect(await publish(watcher)).toMatchObject({ code: 1003028 });
    expect(await watcher.request('play', { roomId: 'room1', streamId: 's1' })).toMatchObject({
      code: 1004002,
    });
    expect(plane.dial(answer['ticket'].token, 1)).toMatchObject({ ok: true });
    const added = await watcher.next('room');
    expect(added['events']).toMatchObject([
      { t: 'roomStreamUpdate', updateType: 'add', streams: [{ streamId: 's1', extraInfo: 'hello' }] },
    ]);
    expect(await watcher.request('play', { roomId: 'room1', streamId: 's1' })).toMatchObject({ t: 'ok' });
    await server.server.ownerDesk.kick(app.appId, { userId: 'publisher' }, { name: 'test' });
    expect(await publisher.next('kicked')).toMatchObject({ code: 1002055 });
    const gone = await watcher.next('room');
    expect(gone['events']).toMatchObject([
      { t: 'roomStreamUpdate', updateType: 'delete', streams: [{ streamId: 's1', reason: 4 }] },
    ]);
  });

  it('[WS7] a session that comes back gets what it missed, in order, and the commands kept for it', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const [lost, entered] = await enter(server, app, 'lost');
    const [sender] = await enter(server, app, 'sender');
    lost.terminate();
    await lost.closed;
    const ask = (t: string, body: object): Promise<TestFrame> =>
      sender.request(t, { roomId: 'room1', ...body });
    for (const message of ['one', 'two'])
      expect(await ask('sendBroadcast', { message })).toMatchObject({ t: 'ok' });
    expect(await ask('sendCommand', { command: 'ring', toUserIds: ['lost'] })).toMatchObject({ t: 'ok' });
    const back = await connect(server);
    const resumed = await back.request('resume', {
      sessionId: entered['session'].id,
      ticket: entered['resumeTicket'],
      lastRoomSeq: entered['room'].seq,
    });
    const messages = resumed['missed'].events.flatMap(
      (event: { messages?: { message: string }[] }) => event.messages ?? [],
    );
    expect(messages.map(({ message }: { message: string }) => message)).toEqual(['one', 'two']);
    expect(await back.next('command')).toMatchObject({ command: 'ring', fromUser: { userId: 'sender' } });
  });

  it('[SE9] a drain admits nobody, tells everybody to come back elsewhere, and closes what stays', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const [client] = await enter(server, app, 'demo');
    const waiting = await connect(server);
    const drained = server.server.drain();
    expect(await client.next('drain')).toMatchObject({ resumeAfterMs: expect.any(Number) });
    expect(
      await waiting.login({ appId: app.appId, roomId: 'room1', userId: 'late', token: mint(app, 'late') }),
    ).toMatchObject({ name: 'draining' });
    await expect(TestClient.connect(server.wsUrl)).rejects.toThrow('HTTP 503');
    expect((await client.closed).code).toBe(4503);
    await drained;
  });
});
