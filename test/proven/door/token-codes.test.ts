import {
  createTokenKey,
  generateToken03,
  generateToken04,
  mintToken,
  privilegePayload,
} from '@roomkey/token';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  startTestServer,
  type TestApp,
  TestClient,
  type TestFrame,
  type TestServer,
} from '../../../packages/server/src/testing/index.ts';

const roomId = 'room1';
const userId = 'demo';
const hour = 3_600;

describe('what a token may be refused with, each beside one that enters', () => {
  let server: TestServer;
  let app: TestApp;
  let checked: TestApp;

  beforeAll(async () => {
    server = await startTestServer();
    app = await server.importApp({ forced: true });
    checked = await server.importApp({
      forced: true,
      checkLogin: true,
      checkPublish: true,
      emptyRoomId: 'refuse',
      basicTokens: 'refuse',
    });
  });
  afterAll(async () => await server[Symbol.asyncDispose]());

  const enter = async (to: TestApp, token: string, user = userId): Promise<[TestFrame, TestClient]> => {
    const client = await TestClient.greeted(server.wsUrl);
    return [await client.login({ appId: to.appId, roomId, userId: user, token }), client];
  };
  const expectCode = async (to: TestApp, token: string, wanted: object, user = userId): Promise<void> => {
    const [answer, client] = await enter(to, token, user);
    client.terminate();
    expect(answer).toMatchObject(wanted);
  };
  const mint = (
    to: TestApp,
    over: { appId?: number; user?: string; payload?: string; ago?: number; seconds?: number } = {},
  ): string => {
    const key = createTokenKey({ id: 'k', secret: to.secret, appId: to.appId });
    const { appId = to.appId, user = userId, payload, ago = 0, seconds = hour } = over;
    const request = {
      appId,
      userId: user,
      expiresInSeconds: seconds,
      secret: to.secret,
      ...(payload === undefined ? {} : { payload }),
    };
    expect(key.appId).toBe(to.appId);
    return mintToken(request as never, Math.floor(Date.now() / 1_000) - ago);
  };
  const pass = (
    over: {
      roomId?: string;
      login?: boolean;
      publish?: boolean;
      streamIds?: string[];
      audience?: ('media' | 'board')[];
    } = {},
  ): string => privilegePayload({ roomId, login: true, publish: true, ...over } as never);

  it('[AD4] tokens 04 GCM, 04 CBC and 03 enter', async () => {
    await expectCode(app, mint(app), { t: 'ok' });
    await expectCode(app, generateToken04(app.appId, userId, app.secret, hour, ''), { t: 'ok' });
    const bits = { canLoginRoom: true, canPublishStream: true };
    await expectCode(app, generateToken03(app.appId, roomId, userId, bits, app.secret, hour), { t: 'ok' });
  });

  it('[AD4] app, user, room, prefix, frame, seal, expiry and a time to come have their codes', async () => {
    await expectCode(app, mint(app, { appId: app.appId + 1 }), { code: 1002076, name: 'tokenApp' });
    await expectCode(app, mint(app, { user: 'other' }), { code: 1002077, name: 'tokenUser' });
    const bits = { canLoginRoom: true, canPublishStream: true };
    await expectCode(app, generateToken03(app.appId, 'room2', userId, bits, app.secret, hour), {
      code: 1002074,
      name: 'otherRoom',
    });
    await expectCode(app, `05${mint(app).slice(2)}`, { code: 1002079, name: 'tokenVersion' });
    await expectCode(app, mint(app).slice(0, 60), { code: 1002075, name: 'tokenFormat' });
    await expectCode(app, mint(checked, { appId: app.appId }), { code: 1002033, name: 'tokenUnopened' });
    await expectCode(app, mint(app, { ago: 2 * hour }), { code: 1002078, name: 'tokenExpired' });
    await expectCode(app, mint(app, { ago: -400 }), { code: 1002074, name: 'notYetValid' });
    await expectCode(app, mint(app, { ago: -200 }), { t: 'ok' });
  });

  it('[AD7] where privileges are checked: room, login bit, basic tokens, free text', async () => {
    await expectCode(checked, mint(checked, { payload: pass() }), { t: 'ok' });
    await expectCode(checked, mint(checked, { payload: pass({ roomId: 'room2' }) }), {
      code: 1002074,
      name: 'otherRoom',
    });
    await expectCode(checked, mint(checked, { payload: pass({ login: false }) }), {
      code: 1002074,
      name: 'loginBitMissing',
    });
    await expectCode(checked, mint(checked), { code: 1002074, name: 'basicTokenRefused' });
    await expectCode(checked, mint(checked, { payload: 'free text' }), {
      code: 1002075,
      name: 'tokenFormat',
    });
    // The controls: unchecked, the same tokens enter.
    for (const payload of [pass({ roomId: 'room2' }), pass({ login: false }), 'free text']) {
      await expectCode(app, mint(app, { payload }), { t: 'ok' });
    }
  });

  it('[AD7] publish bit, stream list and audience are looked at when something is asked', async () => {
    const ask = async (payload: string, t: string, body: object): Promise<TestFrame> => {
      const [answer, client] = await enter(checked, mint(checked, { payload }));
      expect(answer.t).toBe('ok');
      const asked = await client.request(t, { roomId, ...body });
      client.terminate();
      return asked;
    };
    const stream = { streamId: 's1', channel: 0 };
    expect(await ask(pass({ streamIds: ['s1'] }), 'publish', stream)).toMatchObject({ t: 'ok' });
    expect(await ask(pass({ streamIds: ['s2'] }), 'publish', stream)).toMatchObject({ code: 1003072 });
    expect(await ask(pass({ publish: false }), 'publish', stream)).toMatchObject({ code: 1003072 });
    expect(await ask(pass({ audience: ['media'] }), 'planeTicket', { plane: 'board' })).toMatchObject({
      name: 'wrongAudience',
    });
    expect(await ask(pass(), 'planeTicket', { plane: 'board' })).toMatchObject({ name: 'planeUnavailable' });
  });

  it('[RM1] ids of 63 bytes enter; longer and multi-byte ones open in the codec and are refused at login', async () => {
    const long = 'u'.repeat(63);
    await expectCode(app, mint(app, { user: long }), { t: 'ok' }, long);
    await expectCode(app, mint(app), { code: 1002007, name: 'userIdTooLong' }, 'u'.repeat(64));
    await expectCode(
      app,
      mint(app, { user: '用户' }),
      { code: 1002006, name: 'userIdInvalidCharacter' },
      '用户',
    );
  });

  it('[AD11] a token longer than the policy allows is capped, not refused', async () => {
    const capped = await server.importApp({ maxTokenLifetimeSeconds: 600 });
    const [answer, client] = await enter(capped, mint(capped, { seconds: 24 * hour }));
    client.terminate();
    expect(answer.t).toBe('ok');
    expect(answer['lease'].ttlMs).toBeLessThanOrEqual(600_000);
    expect(answer['lease'].ttlMs).toBeGreaterThan(590_000);
  });

  it('[AD16] a new app is forced and refuses CBC; an imported one takes either', async () => {
    const made = await server.server.rules.createApp({ name: 'new' }, { name: 'test' });
    const fresh: TestApp = {
      appId: made.app.appId,
      appSign: made.appSign ?? '',
      secret: made.secrets[0]?.secret ?? '',
    };
    await expectCode(fresh, mint(fresh, { payload: pass() }), { t: 'ok' });
    await expectCode(fresh, generateToken04(fresh.appId, userId, fresh.secret, hour, pass()), {
      code: 1002033,
    });
    const client = await TestClient.greeted(server.wsUrl);
    expect(await client.login({ appId: fresh.appId, roomId, userId, appSign: fresh.appSign })).toMatchObject({
      code: 1002067,
    });
    client.terminate();
    const brought = await server.importApp();
    await expectCode(brought, generateToken04(brought.appId, userId, brought.secret, hour, ''), { t: 'ok' });
  });
});
