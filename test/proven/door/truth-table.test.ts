import { FakeClock, startTestServer, type TestApp, type TestServer } from '@roomkey/server/testing';
import { generateToken03, generateToken04, generateToken04Gcm } from '@roomkey/token';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enter, knock, owner, type PolicyChanges, seal, verdictOf } from './entrants.ts';

type Rule = NonNullable<PolicyChanges['credentialRule']>;
const rules: readonly Rule[] = ['either', 'appSignFirst', 'both'];
const wrongAppSign = 'ff'.repeat(32);
const otherSecret = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ543210';

const proofs = {
  ok: (app: TestApp) => ({ appSign: app.appSign }),
  bad: () => ({ appSign: wrongAppSign }),
  none: () => ({}),
};

const tokens = {
  ok: (app: TestApp, userId: string) => ({ token: seal(app, Date.now(), { userId }) }),
  unopened: (app: TestApp, userId: string) => ({
    token: seal(app, Date.now(), { userId, secret: otherSecret }),
  }),
  expired: (app: TestApp, userId: string) => ({ token: seal(app, Date.now() - 7_200_000, { userId }) }),
  refused: (app: TestApp) => ({ token: seal(app, Date.now(), { userId: 'somebody-else' }) }),
  none: () => ({}),
};

const badSign = '1001005 appSignIncorrect';
const noSign = '1001003 appSignMissing';
const noToken = '1002067 noToken';
const closed = '1002033 tokenUnopened';
const late = '1002078 tokenExpired';
const other = '1002077 tokenUser';
const byAppSign = 'entered by appSign';
const byToken = 'entered by token';
const byBoth = 'entered by both';

// AD3 cell by cell: AppSign, then the token ok, unopened, expired, opened but refused, none.
type Row = readonly [
  proof: keyof typeof proofs,
  ok: string,
  unopened: string,
  expired: string,
  refused: string,
  none: string,
];
const table: Readonly<Record<Rule | 'forced', readonly Row[]>> = {
  either: [
    ['ok', byBoth, byAppSign, byAppSign, other, byAppSign],
    ['bad', byToken, closed, late, other, badSign],
    ['none', byToken, closed, late, other, noToken],
  ],
  appSignFirst: [
    ['ok', byBoth, byAppSign, byAppSign, other, byAppSign],
    ['bad', badSign, badSign, badSign, badSign, badSign],
    ['none', byToken, closed, late, other, noToken],
  ],
  both: [
    ['ok', byBoth, closed, late, other, noToken],
    ['bad', badSign, badSign, badSign, badSign, noToken],
    ['none', noSign, noSign, noSign, noSign, noToken],
  ],
  forced: [
    ['ok', byToken, closed, late, other, noToken],
    ['bad', byToken, closed, late, other, noToken],
    ['none', byToken, closed, late, other, noToken],
  ],
};

const tokenKinds = ['ok', 'unopened', 'expired', 'refused', 'none'] as const;

function cellsOf(rule: Rule, forced: boolean) {
  return table[forced ? 'forced' : rule].flatMap(([proof, ...expected]) =>
    tokenKinds.map((token, at) => ({ proof, token, expected: expected[at] ?? '' })),
  );
}

/** As `knock`, and by which credential. The user id is of the cell: failures are counted by it (AD10). */
async function tryCell(
  server: TestServer,
  app: TestApp,
  proof: keyof typeof proofs,
  token: keyof typeof tokens,
): Promise<string> {
  const userId = `${proof}-${token}`;
  const credential = { ...proofs[proof](app), ...tokens[token](app, userId) };
  const { client, answer } = await enter(server, { app, userId, ...credential });
  const [session] = server.server.ownerDesk.sessions(app.appId, { userId }, 1).sessions;
  await client.close();
  return session === undefined ? verdictOf(answer) : `${verdictOf(answer)} by ${session.method}`;
}

describe.each(rules.flatMap((rule) => [false, true].map((forced) => ({ rule, forced }))))(
  'the rule $rule, forced $forced',
  ({ rule, forced }) => {
    let server: TestServer;
    let app: TestApp;
    beforeAll(async () => {
      server = await startTestServer();
      app = await server.importApp({ credentialRule: rule, forced });
    });
    afterAll(async () => await server[Symbol.asyncDispose]());

    it.each(cellsOf(rule, forced))(
      `[AD3][AD3a][AD5] ${rule}, forced ${forced}: AppSign $proof, token $token: $expected`,
      async ({ proof, token, expected }) => {
        expect(await tryCell(server, app, proof, token)).toBe(expected);
      },
    );
  },
);

describe('defaults', () => {
  it('[AD16] an imported app begins as at the vendor: either credential, bits unread, CBC opens', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const { appId, secret, appSign } = app;
    expect(await knock(server, { app, appSign })).toBe('entered');
    expect(await knock(server, { app, token: generateToken04(appId, 'demo', secret, 600) })).toBe('entered');
    const elsewhere = JSON.stringify({ room_id: 'other', privilege: { 1: 0, 2: 0 }, stream_id_list: null });
    const token = generateToken04Gcm(appId, 'demo', secret, 600, elsewhere);
    const { client, answer } = await enter(server, { app, token });
    expect(answer).toMatchObject({ t: 'ok', lease: { grants: { publish: true } } });
    const publishing = { roomId: 'room1', streamId: 's1', channel: 0 };
    expect(await client.request('publish', publishing)).not.toMatchObject({ code: 1_003_072 });
    expect(await knock(server, { app })).toBe(noToken);
  });

  it('[AD16] a new app begins closed: forced, privileges checked, no CBC, no basic tokens', async () => {
    await using server = await startTestServer();
    const made = await server.server.rules.createApp({ name: 'new' }, owner);
    const { appSign = '' } = made;
    const [{ secret } = { secret: '' }] = made.secrets;
    const { appId } = made.app;
    const app = { appId, appSign, secret };
    const rights = (login: number, publish: number, room = 'room1') =>
      JSON.stringify({ room_id: room, privilege: { 1: login, 2: publish }, stream_id_list: null });
    const by = (payload?: string) => generateToken04Gcm(appId, 'demo', secret, 600, payload);
    const cases: readonly (readonly [string, object, string])[] = [
      ['AppSign alone', { appSign }, noToken],
      ['a basic token', { token: by() }, '1002074 basicTokenRefused'],
      ['CBC', { token: generateToken04(appId, 'demo', secret, 600, rights(1, 1)) }, closed],
      ['no login bit', { token: by(rights(0, 1)) }, '1002074 loginBitMissing'],
      ['another room', { token: by(rights(1, 1, 'other')) }, '1002074 otherRoom'],
      ['the right token', { token: by(rights(1, 1)) }, 'entered'],
    ];
    for (const [what, credential, expected] of cases) {
      expect(await knock(server, { app, ...credential }), what).toBe(expected);
    }
    const { client, answer } = await enter(server, { app, token: by(rights(1, 0)) });
    expect(answer).toMatchObject({ lease: { grants: { publish: false } } });
    expect(server.server.ownerDesk.sessions(appId, {}, 9).sessions).toMatchObject([{ expiry: 'hard' }]);
    const publishing = { roomId: 'room1', streamId: 's1', channel: 0 };
    expect(await client.request('publish', publishing)).toMatchObject({ code: 1_003_072 });
  });
});

describe('forcing Token', () => {
  it('[AD5] keep: who came by AppSign stays, and nobody comes by it any more', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const guest = await enter(server, { app, appSign: app.appSign });
    const receipt = await server.setPolicy(app.appId, { forced: true, onForce: { mode: 'keep' } });
    expect(receipt).toMatchObject({ applied: true, effect: { ended: [], ending: [], judged: 1 } });
    expect(await guest.client.request('ping')).toMatchObject({ t: 'ok' });
    expect(await knock(server, { app, appSign: app.appSign, userId: 'late' })).toBe(noToken);
    const token = seal(app, Date.now(), { userId: 'late' });
    expect(await knock(server, { app, token, userId: 'late' })).toBe('entered');
    expect([...server.server.sessions()]).toHaveLength(1);
  });

  it('[AD5] end: who came by AppSign is told 1002067 at once, who came by token stays', async () => {
    await using server = await startTestServer();
    const app = await server.importApp();
    const guest = await enter(server, { app, appSign: app.appSign, userId: 'guest' });
    const proved = await enter(server, { app, token: seal(app, Date.now()) });
    const { effect } = await server.setPolicy(app.appId, { forced: true, onForce: { mode: 'end' } });
    expect(effect.ended.map(({ userId }) => userId)).toEqual(['guest']);
    expect(await guest.client.next('kicked')).toMatchObject({ code: 1_002_067, name: 'noToken' });
    expect((await guest.client.closed).code).toBe(4410);
    expect(await proved.client.request('ping')).toMatchObject({ t: 'ok' });
  });

  it('[AD5] end within N minutes: warned, told 1002067 at the end, and spared by a token before it', async () => {
    const clock = new FakeClock(Date.now());
    await using server = await startTestServer({ clock });
    const app = await server.importApp();
    const guest = await enter(server, { app, appSign: app.appSign, userId: 'guest' });
    const renewing = await enter(server, { app, appSign: app.appSign, userId: 'renewing' });
    const onForce = { mode: 'endWithin', minutes: 1 } as const;
    const { effect } = await server.setPolicy(app.appId, { forced: true, onForce });
    expect(effect.ended).toEqual([]);
    expect(effect.ending.map(({ userId }) => userId).toSorted()).toEqual(['guest', 'renewing']);
    const token = seal(app, clock.wallMs(), { userId: 'renewing' });
    expect(await renewing.client.request('renew', { roomId: 'room1', token })).toMatchObject({ t: 'ok' });
    await clock.advance(31_000);
    expect(await guest.client.next('tokenWillExpire')).toMatchObject({ roomId: 'room1' });
    expect([...server.server.sessions()]).toHaveLength(2);
    await clock.advance(30_000);
    expect(await guest.client.next('kicked')).toMatchObject({ code: 1_002_067, name: 'noToken' });
    expect(await renewing.client.request('ping')).toMatchObject({ t: 'ok' });
    expect([...server.server.sessions()].map(({ userId }) => userId)).toEqual(['renewing']);
  });

  it('[TK12][AD5] an unchanged back end that seals by CBC goes on logging in its users', async () => {
    await using server = await startTestServer();
    const app = await server.importApp({ forced: true });
    const { appId, secret } = app;
    const cbc = [
      generateToken04(appId, 'demo', secret, 600),
      generateToken03(appId, 'room1', 'demo', { canLoginRoom: true, canPublishStream: true }, secret, 600),
    ];
    for (const token of cbc) expect(await knock(server, { app, token })).toBe('entered');
    await server.setPolicy(appId, { cbc: 'deny' });
    for (const token of cbc) expect(await knock(server, { app, token })).toBe(closed);
    const gcm = generateToken04Gcm(appId, 'demo', secret, 600);
    expect(await knock(server, { app, token: gcm })).toBe('entered');
  });
});
