import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock, startTestServer, type TestApp, type TestServer } from '@roomkey/server/testing';
import { createKeyring, createTokenKey, openToken } from '@roomkey/token';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Entered, enter, knock, owner, seal, verdictOf } from './entrants.ts';

type Edit = Parameters<TestServer['server']['ownerDesk']['change']>[3];
type Target = Extract<Edit, { kind: 'revoke' }>['target'];

const revoked = '1002074 revoked';

/** One of those inside: by which secret or AppSign, and where. */
interface Member {
  readonly roomId: string;
  readonly by: 'first' | 'second' | 'appSign';
}

// Everybody a revocation may have to tell apart.
const members = {
  ann: { roomId: 'room1', by: 'first' },
  bob: { roomId: 'room1', by: 'second' },
  cat: { roomId: 'room2', by: 'first' },
  gus: { roomId: 'room2', by: 'appSign' },
} as const satisfies Record<string, Member>;
type Name = keyof typeof members;
const names = Object.keys(members) as readonly Name[];

interface World {
  readonly clock: FakeClock;
  readonly server: TestServer;
  readonly app: TestApp;
  readonly inside: Readonly<Record<string, Entered>>;
  readonly tokens: Readonly<Record<string, string>>;
  /** What this member's issuer would give now. */
  credentialOf(name: Name): { readonly token: string } | { readonly appSign: string };
  revoke(target: Target, marginSeconds?: number): ReturnType<TestServer['server']['ownerDesk']['change']>;
}

/** A server with everybody inside for two seconds. */
async function startWorld(): Promise<World> {
  const clock = new FakeClock();
  const server = await startTestServer({ clock });
  onTestFinished(async () => await server[Symbol.asyncDispose]());
  const app = await server.importApp();
  const second = randomBytes(16).toString('hex');
  const change = (edit: Edit) => server.server.ownerDesk.change(app.appId, undefined, owner, edit);
  await change({ kind: 'secretAdd', secretId: 'second', secret: second });
  await change({ kind: 'secretState', secretId: 'second', to: 'verifying' });
  const credentialOf = (userId: Name) => {
    const { by } = members[userId];
    if (by === 'appSign') return { appSign: app.appSign };
    return { token: seal(app, clock.wallMs(), { userId, ...(by === 'second' ? { secret: second } : {}) }) };
  };
  const inside: Record<string, Entered> = {};
  const tokens: Record<string, string> = {};
  for (const userId of names) {
    const credential = credentialOf(userId);
    if ('token' in credential) tokens[userId] = credential.token;
    inside[userId] = await enter(server, { app, userId, roomId: members[userId].roomId, ...credential });
    expect(verdictOf(inside[userId].answer)).toBe('entered');
  }
  await clock.advance(2_000);
  return {
    clock,
    server,
    app,
    inside,
    tokens,
    credentialOf,
    revoke: (target, marginSeconds = 0) => change({ kind: 'revoke', target, marginSeconds }),
  };
}

const sessionOf = ({ inside }: World, name: Name): string => inside[name]?.answer['session'].id;
const usersIn = (sessions: Iterable<{ readonly userId: string }>): readonly string[] =>
  [...sessions].map(({ userId }) => userId).toSorted();

/** The digest of a token, as whoever holds the secret computes it (TK10b). */
function digestOf({ secret }: TestApp, token: string): string {
  const keys = createKeyring([createTokenKey({ id: 'k', secret })]);
  const opened = openToken(token, keys, 0, { checkClock: 'none' });
  if (!opened.ok) throw new Error('the token does not open');
  return opened.digest;
}

const cases: readonly {
  readonly what: string;
  readonly hits: readonly Name[];
  readonly target: (world: World) => Target;
}[] = [
  {
    what: 'token digest',
    hits: ['ann'],
    target: ({ app, tokens }) => ({ kind: 'token', digest: digestOf(app, tokens['ann'] ?? '') }),
  },
  { what: 'user', hits: ['ann'], target: () => ({ kind: 'user', userId: 'ann' }) },
  { what: 'room', hits: ['ann', 'bob'], target: () => ({ kind: 'room', roomId: 'room1' }) },
  {
    what: 'session of a token',
    hits: ['ann'],
    target: (world) => {
      const sessionId = sessionOf(world, 'ann');
      const digest = world.server.server.ownerDesk.tokenDigestOf(world.app.appId, sessionId) ?? null;
      return { kind: 'session', sessionId, digest };
    },
  },
  { what: 'secret id', hits: ['bob'], target: () => ({ kind: 'secret', secretId: 'second' }) },
  {
    what: 'instant',
    hits: ['ann', 'bob', 'cat'],
    target: ({ clock }) => ({ kind: 'issuedBefore', atSeconds: Math.floor(clock.wallMs() / 1_000) }),
  },
];

describe('revoking', () => {
  it.each(cases)(
    '[AD11][SE10] by $what: previewed, ended in the same step, not admitted, a fresh token enters',
    async ({ hits, target }) => {
      const world = await startWorld();
      const { server, app, clock, inside, tokens } = world;
      const aim = target(world);
      const preview = server.server.ownerDesk.preview(app.appId, { kind: 'revoke', target: aim });
      expect(usersIn(preview.ended)).toEqual(hits);
      expect(usersIn(server.server.sessions())).toEqual(names);

      const receipt = await world.revoke(aim);
      const rest = names.filter((name) => !hits.includes(name));
      expect(usersIn(server.server.sessions())).toEqual(rest);
      expect(receipt).toMatchObject({ applied: true, silentNodes: [], effect: { ending: [], narrowed: [] } });
      expect(receipt.effect.ended.map(({ sessionId }) => sessionId).toSorted()).toEqual(
        hits.map((name) => sessionOf(world, name)).toSorted(),
      );
      for (const userId of hits) {
        const { client } = inside[userId] ?? (await Promise.reject(new Error('nobody')));
        expect(await client.next('kicked')).toMatchObject({ code: 1_002_057, name: 'sessionRevoked' });
        expect((await client.closed).code).toBe(4411);
        const { roomId } = members[userId];
        const old = tokens[userId] ?? '';
        expect(await knock(server, { app, userId, roomId, token: old })).toBe(revoked);
        // AppSign beside it does not help: it opened and is revoked (AD3a).
        expect(await knock(server, { app, userId, roomId, token: old, appSign: app.appSign })).toBe(revoked);
      }
      for (const userId of rest) {
        expect(await inside[userId]?.client.request('ping')).toMatchObject({ t: 'ok' });
      }
      await clock.advance(1_000);
      for (const userId of hits) {
        const { roomId } = members[userId];
        expect(await knock(server, { app, userId, roomId, ...world.credentialOf(userId) })).toBe('entered');
      }
    },
  );

  it('[AD11] the session of a guest by its id: it alone ends, and cannot be taken up again', async () => {
    const world = await startWorld();
    const { server, inside } = world;
    const sessionId = sessionOf(world, 'gus');
    const { effect } = await world.revoke({ kind: 'session', sessionId, digest: null });
    expect(usersIn(effect.ended)).toEqual(['gus']);
    const gus = inside['gus'];
    expect(await gus?.client.next('kicked')).toMatchObject({ code: 1_002_057, name: 'sessionRevoked' });
    const { client } = await enter(server, { app: world.app });
    const ticket = gus?.answer['resumeTicket'];
    const resumed = await client.request('resume', { sessionId, ticket, lastRoomSeq: 0 });
    expect(verdictOf(resumed)).toBe('1002053 resumeUnknown');
    expect(usersIn(server.server.sessions())).toEqual(['ann', 'bob', 'cat']);
  });

  it.each(['ann', 'gus'] as const)(
    '[AD11b] once %s is revoked, AppSign under that id is refused for 24 h; a fresh token and another id enter',
    async (userId) => {
      const world = await startWorld();
      const { server, app, clock } = world;
      const { effect } = await world.revoke({ kind: 'user', userId });
      expect(usersIn(effect.ended)).toEqual([userId]);
      const bySign = { app, userId, appSign: app.appSign };
      expect(await knock(server, bySign)).toBe(revoked);
      expect(await knock(server, { ...bySign, userId: 'another' })).toBe('entered');
      await clock.advance(1_000);
      const token = seal(app, clock.wallMs(), { userId });
      expect(await knock(server, { app, userId, token })).toBe('entered');
      expect(await knock(server, bySign)).toBe(revoked);
    },
  );

  it('[AD11] with a margin it is told as ending, and ends when that is over', async () => {
    const world = await startWorld();
    const { server, app, clock, inside, tokens } = world;
    const { effect } = await world.revoke({ kind: 'user', userId: 'ann' }, 30);
    expect(usersIn(effect.ended)).toEqual([]);
    expect(usersIn(effect.ending)).toEqual(['ann']);
    const token = tokens['ann'] ?? '';
    expect(await knock(server, { app, userId: 'ann', roomId: 'room2', token })).toBe(revoked);
    await clock.advance(29_000);
    expect(usersIn(server.server.sessions())).toEqual(names);
    await clock.advance(2_000);
    expect(await inside['ann']?.client.next('kicked')).toMatchObject({ code: 1_002_057 });
    expect(usersIn(server.server.sessions())).toEqual(['bob', 'cat', 'gus']);
  });

  it('[AD11][CL2] logins under way while the user is revoked: after `applied` none of them is inside', async () => {
    const world = await startWorld();
    const { server, app, tokens } = world;
    const token = tokens['ann'] ?? '';
    const rooms = ['a', 'b', 'c', 'd', 'e', 'f'];
    // One that is ended before its answer goes out is only told so, and closed.
    const before = rooms.map((roomId) => enter(server, { app, userId: 'ann', roomId, token }));
    const settled = Promise.allSettled(before);
    const receipt = await world.revoke({ kind: 'user', userId: 'ann' });
    expect(receipt.applied).toBe(true);
    expect(usersIn(server.server.sessions())).not.toContain('ann');
    await settled;
    expect(usersIn(server.server.sessions())).toEqual(['bob', 'cat', 'gus']);
  });

  it('[AD11] a revocation outlives a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'roomkey-test-'));
    onTestFinished(async () => await rm(dataDir, { recursive: true, force: true }));
    const masterKey = createSecretKey(randomBytes(32));
    const clock = new FakeClock();
    const token = await (async () => {
      await using server = await startTestServer({ dataDir, masterKey, clock });
      const app = await server.importApp();
      const old = seal(app, clock.wallMs());
      const other = seal(app, clock.wallMs(), { expiresInSeconds: 1_800 });
      expect(await knock(server, { app, token: old })).toBe('entered');
      const target = { kind: 'token', digest: digestOf(app, old) } as const;
      await server.server.ownerDesk.change(app.appId, undefined, owner, { kind: 'revoke', target });
      return { app, old, other };
    })();
    await using again = await startTestServer({ dataDir, masterKey, clock });
    expect(await knock(again, { app: token.app, token: token.old })).toBe(revoked);
    expect(await knock(again, { app: token.app, token: token.other })).toBe('entered');
  });
});

describe('issued before an instant, by issuers whose clocks are off', () => {
  const instant = (clock: FakeClock): Target => ({
    kind: 'issuedBefore',
    atSeconds: Math.floor(clock.wallMs() / 1_000),
  });

  async function startAlone(offsetSeconds: number) {
    const clock = new FakeClock();
    const server = await startTestServer({ clock });
    onTestFinished(async () => await server[Symbol.asyncDispose]());
    const app = await server.importApp();
    const issue = () => seal(app, clock.wallMs() + offsetSeconds * 1_000);
    const revoke = () =>
      server.server.ownerDesk.change(app.appId, undefined, owner, { kind: 'revoke', target: instant(clock) });
    return { clock, server, app, issue, revoke };
  }

  it('[AD11a] a fast one: what it made before is hit, seen or not; what it makes after enters', async () => {
    const { clock, server, app, issue, revoke } = await startAlone(100);
    const unseen = issue();
    await clock.advance(1_000);
    const seen = issue();
    const { client } = await enter(server, { app, token: seen });
    await clock.advance(1_000);
    const { effect } = await revoke();
    expect(usersIn(effect.ended)).toEqual(['demo']);
    expect(await client.next('kicked')).toMatchObject({ code: 1_002_057, name: 'sessionRevoked' });
    await clock.advance(1_000);
    expect(await knock(server, { app, token: unseen })).toBe(revoked);
    expect(await knock(server, { app, token: seen })).toBe(revoked);
    expect(await knock(server, { app, token: issue() })).toBe('entered');
  });

  it('[AD11a] a fast one beside a right one: the fresh token of the right one is told when to come', async () => {
    const { clock, server, app, issue, revoke } = await startAlone(100);
    await knock(server, { app, token: issue() });
    await clock.advance(1_000);
    await revoke();
    await clock.advance(1_000);
    const { client, answer } = await enter(server, { app, token: seal(app, clock.wallMs()) });
    expect(verdictOf(answer)).toBe(revoked);
    expect(answer['retryAfterMs']).toBe(99_000);
    const why = await server.server.diagnoses.findWhy(app.appId, answer['diagnosis']);
    expect(why).toMatchObject({ hint: { id: 'issued-before-clock' } });
    await client.close();
    await clock.advance(answer['retryAfterMs']);
    expect(await knock(server, { app, token: seal(app, clock.wallMs()) })).toBe('entered');
  });

  it('[AD11a] a slow one: its fresh tokens are caught, told when to come, and enter then', async () => {
    const { clock, server, app, issue, revoke } = await startAlone(-100);
    const old = issue();
    const { client } = await enter(server, { app, token: old });
    await clock.advance(1_000);
    expect(usersIn((await revoke()).effect.ended)).toEqual(['demo']);
    expect(await client.next('kicked')).toMatchObject({ code: 1_002_057 });
    await clock.advance(1_000);
    const caught = await enter(server, { app, token: issue() });
    expect(verdictOf(caught.answer)).toBe(revoked);
    expect(caught.answer['retryAfterMs']).toBe(99_000);
    await caught.client.close();
    await clock.advance(99_000);
    expect(await knock(server, { app, token: old })).toBe(revoked);
    expect(await knock(server, { app, token: issue() })).toBe('entered');
  });
});
