import { FakeClock, startTestServer, type TestApp, TestPlane } from '@roomkey/server/testing';
import {
  createKeyring,
  createTokenKey,
  generateToken03,
  generateToken04,
  generateToken04Gcm,
  openToken,
  privilegePayload,
} from '@roomkey/token';
import { describe, expect, it } from 'vitest';
import { enter, knock, owner, seal, verdictOf } from './entrants.ts';

const full = privilegePayload({ login: true, publish: true });
const otherSecret = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ543210';
const otherAppId = 1_999_999_999;

/** What a token may say that is not as the login says. */
interface Said {
  readonly appId?: number;
  readonly userId?: string;
  readonly secret?: string;
  readonly seconds?: number;
}

type Sealing = (app: TestApp, said?: Said) => string;

const formats: readonly (readonly [string, Sealing])[] = [
  [
    'token04 by GCM',
    ({ appId, secret }, said = {}) =>
      generateToken04Gcm(
        said.appId ?? appId,
        said.userId ?? 'demo',
        said.secret ?? secret,
        said.seconds ?? 600,
        full,
      ),
  ],
  [
    'token04 by CBC',
    ({ appId, secret }, said = {}) =>
      generateToken04(
        said.appId ?? appId,
        said.userId ?? 'demo',
        said.secret ?? secret,
        said.seconds ?? 600,
        full,
      ),
  ],
  [
    'token03',
    ({ appId, secret }, said = {}) =>
      generateToken03(
        said.appId ?? appId,
        'room1',
        said.userId ?? 'demo',
        { canLoginRoom: true, canPublishStream: true },
        said.secret ?? secret,
        said.seconds ?? 600,
      ),
  ],
];

/** Another character of base64 at a place that holds the sealed bytes. */
function garble(token: string): string {
  const at = token.length - 12;
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
}

describe.each(formats)('%s', (format, sealed) => {
  const refusals: readonly (readonly [string, string, (app: TestApp) => string])[] = [
    ['another app', '1002076 tokenApp', (app) => sealed(app, { appId: otherAppId })],
    ['another user', '1002077 tokenUser', (app) => sealed(app, { userId: 'eve' })],
    ['another secret', '1002033 tokenUnopened', (app) => sealed(app, { secret: otherSecret })],
    ['an unknown prefix', '1002079 tokenVersion', (app) => `07${sealed(app).slice(2)}`],
    ['no prefix', '1002079 tokenVersion', (app) => sealed(app).slice(2)],
    ['a frame cut short', '1002075 tokenFormat', (app) => sealed(app).slice(0, 12)],
    ['what is not base64', '1002075 tokenFormat', (app) => `${sealed(app).slice(0, -4)}*()!`],
  ];
  it.each(refusals)(`[AD4] ${format} of %s: %s`, async (_what, expected, wrong) => {
    await using server = await startTestServer();
    const app = await server.importApp({ checkLogin: true, checkPublish: true });
    expect(await knock(server, { app, token: wrong(app) })).toBe(expected);
    expect(await knock(server, { app, token: sealed(app) })).toBe('entered');
  });

  it(`[AD4] ${format} over its end is 1002078, a fresh one enters`, async () => {
    const clock = new FakeClock(Date.now());
    await using server = await startTestServer({ clock });
    const app = await server.importApp();
    const token = sealed(app, { seconds: 100 });
    expect(await knock(server, { app, token })).toBe('entered');
    await clock.advance(101_000);
    expect(await knock(server, { app, token })).toBe('1002078 tokenExpired');
    expect(await knock(server, { app, token: sealed(app) })).toBe('entered');
  });

  it(`[AD4] ${format} from more than 5 min ahead is not valid yet, and enters when its time has come`, async () => {
    const clock = new FakeClock(Date.now() - 400_000);
    await using server = await startTestServer({ clock });
    const app = await server.importApp();
    const token = sealed(app);
    const { client, answer } = await enter(server, { app, token });
    expect(verdictOf(answer)).toBe('1002074 notYetValid');
    expect(answer['retryAfterMs']).toBeGreaterThan(90_000);
    expect(answer['retryAfterMs']).toBeLessThanOrEqual(105_000);
    await client.close();
    await clock.advance(answer['retryAfterMs']);
    expect(await knock(server, { app, token })).toBe('entered');
  });
});

describe('rooms and rights', () => {
  it('[AD4] a bit of a sealed token turned over: it opens nothing by GCM', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const token = seal(app, Date.now());
    expect(await knock(server, { app, token: garble(token) })).toBe('1002033 tokenUnopened');
    expect(await knock(server, { app, token })).toBe('entered');
  });

  it.each([false, true])('[AD4][AD7] the room of a token03 counts, checks on: %s', async (checkLogin) => {
    await using server = await startTestServer();
    const app = await server.importApp({ checkLogin });
    const rights = { canLoginRoom: true, canPublishStream: true };
    const by = (roomId: string) => generateToken03(app.appId, roomId, 'demo', rights, app.secret, 600);
    expect(await knock(server, { app, token: by('room2') })).toBe('1002074 otherRoom');
    expect(await knock(server, { app, token: by('room1') })).toBe('entered');
  });

  const payloads: readonly (readonly [string, string, string])[] = [
    ['another room', '1002074 otherRoom', privilegePayload({ roomId: 'room2', login: true, publish: true })],
    ['no login bit', '1002074 loginBitMissing', privilegePayload({ login: false, publish: true })],
    ['a payload that is no privileges', '1002075 tokenFormat', 'not privileges'],
    ['a payload with a repeated key', '1002075 tokenFormat', '{"room_id":"room1","room_id":"room1"}'],
  ];
  it.each(payloads)('[AD4][AD7] %s, where privileges are checked: %s', async (_what, expected, payload) => {
    await using server = await startTestServer();
    const app = await server.importApp({ checkLogin: true });
    expect(await knock(server, { app, token: seal(app, Date.now(), { payload }) })).toBe(expected);
    const right = privilegePayload({ roomId: 'room1', login: true, publish: false });
    expect(await knock(server, { app, token: seal(app, Date.now(), { payload: right }) })).toBe('entered');
    await server.setPolicy(app.appId, { checkLogin: false });
    expect(await knock(server, { app, token: seal(app, Date.now(), { payload }) })).toBe('entered');
  });

  it('[AD4][AD7] a basic token is refused where the owner says so', async () => {
    await using server = await startTestServer();
    const app = await server.importApp({ checkLogin: true, basicTokens: 'refuse' });
    expect(await knock(server, { app, token: seal(app, Date.now()) })).toBe('1002074 basicTokenRefused');
    expect(await knock(server, { app, token: seal(app, Date.now(), { payload: full }) })).toBe('entered');
  });

  const publishing: readonly (readonly [string, string, object])[] = [
    ['no publish bit', 's1', { publish: false }],
    ['a stream that is not on the list', 's1', { publish: true, streamIds: ['s2', 's3'] }],
    ['an audience without media', 's1', { publish: true, audience: ['board'] }],
  ];
  it.each(publishing)('[AD4][AD7] to publish with %s is refused', async (_what, streamId, rights) => {
    await using server = await startTestServer({ planes: [(desk) => planeOver(desk)] });
    const app = await server.importApp({ checkLogin: true, checkPublish: true });
    const entering = async (given: object) => {
      const payload = privilegePayload({ login: true, publish: false, ...given });
      return await enter(server, { app, token: seal(app, Date.now(), { payload }) });
    };
    const request = { roomId: 'room1', streamId, channel: 0 };
    const refused = await entering(rights);
    const expected = 'audience' in rights ? '1002074 wrongAudience' : '1003072 publishRefused';
    expect(verdictOf(await refused.client.request('publish', request))).toBe(expected);
    const allowed = await entering({ publish: true, streamIds: [streamId, 's9'], audience: ['media'] });
    expect(verdictOf(await allowed.client.request('publish', request))).toBe('entered');
  });

  it('[AD4][AD7] a plane outside the audience gives no ticket', async () => {
    await using server = await startTestServer();
    const app = await server.importApp({ checkLogin: true });
    const ask = async (audience: readonly ('media' | 'board')[]) => {
      const payload = privilegePayload({ login: true, publish: true, audience });
      const { client } = await enter(server, { app, token: seal(app, Date.now(), { payload }) });
      return verdictOf(await client.request('planeTicket', { roomId: 'room1', plane: 'board' }));
    };
    expect(await ask(['media'])).toBe('1002074 wrongAudience');
    // No board runs here: past the audience it is the plane that is missing.
    expect(await ask(['media', 'board'])).toBe('1000010 planeUnavailable');
  });
});

function planeOver(desk: Parameters<TestPlane['useDesk']>[0]): TestPlane {
  const plane = new TestPlane();
  plane.useDesk(desk);
  return plane;
}

describe('ids, credentials and lifetimes', () => {
  const ids: readonly (readonly [string, string, string])[] = [
    ['63 bytes', 'u'.repeat(63), 'entered'],
    ['64 bytes', 'u'.repeat(64), '1002007 userIdTooLong'],
    ['several bytes a character', 'jürgen-用户', '1002006 userIdInvalidCharacter'],
    ['a space', 'a b', '1002006 userIdInvalidCharacter'],
  ];
  it.each(ids)('[AD4][RM1] a user id of %s at login', async (_what, userId, expected) => {
    await using server = await startTestServer();
    const app = await server.importApp();
    // No token can be sealed for more than 63 bytes: the id is refused before the credential is looked at.
    const token = seal(app, Date.now(), userId.length > 63 ? {} : { userId });
    const keys = createKeyring([createTokenKey({ id: 'k', secret: app.secret })]);
    expect(openToken(token, keys, Math.floor(Date.now() / 1_000))).toMatchObject({ ok: true });
    expect(await knock(server, { app, token, userId })).toBe(expected);
  });

  it('[AD4] neither credential, an empty token, and a wrong AppSign', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    expect(await knock(server, { app })).toBe('1002067 noToken');
    expect(await knock(server, { app, token: '' })).toBe('1002067 noToken');
    expect(await knock(server, { app, appSign: 'ff'.repeat(32) })).toBe('1001005 appSignIncorrect');
    expect(await knock(server, { app, appSign: app.appSign })).toBe('entered');
  });

  it('[AD4] an app that is not here', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const stranger = { ...app, appId: otherAppId };
    expect(await knock(server, { app: stranger, token: seal(stranger, Date.now()) })).toBe(
      '1001004 appUnknown',
    );
    expect(await knock(server, { app, token: seal(app, Date.now()) })).toBe('entered');
  });

  it('[AD4][AD10] a forbidden user with the right token', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const forbid = { kind: 'forbid', userId: 'demo', seconds: 600 } as const;
    await server.server.ownerDesk.change(app.appId, undefined, owner, forbid);
    expect(await knock(server, { app, token: seal(app, Date.now()) })).toBe('1002066 userForbidden');
    const token = seal(app, Date.now(), { userId: 'other' });
    expect(await knock(server, { app, token, userId: 'other' })).toBe('entered');
  });

  it('[AD11] a token longer than the policy allows is capped, not refused', async () => {
    const clock = new FakeClock(Date.now());
    await using server = await startTestServer({ clock });
    const app = await server.importApp({ maxTokenLifetimeSeconds: 600 });
    const long = seal(app, clock.wallMs(), { expiresInSeconds: 86_400 });
    const { client, answer } = await enter(server, { app, token: long });
    expect(answer).toMatchObject({ t: 'ok' });
    expect(answer['lease'].ttlMs).toBeGreaterThan(590_000);
    expect(answer['lease'].ttlMs).toBeLessThanOrEqual(600_000);
    await client.close();
    const within = await enter(server, { app, token: seal(app, clock.wallMs(), { expiresInSeconds: 300 }) });
    expect(within.answer['lease'].ttlMs).toBeLessThanOrEqual(300_000);
    await within.client.close();
    await clock.advance(601_000);
    expect(await knock(server, { app, token: long })).toBe('1002078 tokenExpired');
  });

  it('[AD13] a refusal names its reason to the owner alone, under an opaque id', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const token = seal(app, Date.now(), { userId: 'eve' });
    const { answer } = await enter(server, { app, token });
    const id: string = answer['diagnosis'];
    expect(JSON.stringify(answer)).not.toContain('eve');
    const why = await server.server.diagnoses.findWhy(app.appId, id);
    expect(why).toMatchObject({ error: 'tokenUser', claims: { userId: 'eve' } });
    expect(JSON.stringify(why)).not.toContain(token);
    const another = await server.importApp();
    expect(await server.server.diagnoses.findWhy(another.appId, id)).toBeUndefined();
  });
});
