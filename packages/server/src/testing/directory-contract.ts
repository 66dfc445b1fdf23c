import type { StreamDeleteReason } from '@roomkey/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  Cluster,
  EnterOutcome,
  EnterRequest,
  LeaseRecord,
  NodeId,
  OwnerCall,
  RoomEvent,
  SessionRecord,
} from '#cluster';
import { hashText } from '#kernel';
import type { FakeClock } from './fake-clock.ts';

/** A store of its own for one test, with what a test does to nodes. */
export interface DirectoryWorld {
  readonly clock: FakeClock;
  /** Makes a node of this store. */
  join(node: NodeId): Promise<Cluster>;
  /** Pauses a node, as a process that was stopped for longer than its lease, or wakes it. */
  setCurrent(node: NodeId, current: boolean): Promise<void>;
  /** The node dies. */
  kill(node: NodeId): Promise<void>;
}

const appId = 7;

const runningLease: LeaseRecord = {
  generation: 1,
  endsAt: 1_795_489_000_000,
  lapsed: false,
  byToken: true,
  publish: true,
  streams: 'any',
  credential: '{}',
};

interface EnterChanges {
  readonly node?: NodeId;
  readonly connectionId?: string;
  readonly roomId?: string;
  readonly byToken?: boolean;
  readonly ticket?: string;
  readonly rest?: Partial<EnterRequest>;
}

/** A login of `userId` under `sessionId`, over a connection of its own unless named. */
function entering(sessionId: string, userId: string, changes: EnterChanges = {}): EnterRequest {
  return {
    nodeId: changes.node ?? 'a',
    rulesVersion: 1,
    session: {
      appId,
      roomId: changes.roomId ?? 'lobby',
      sessionId,
      userId,
      userName: `name of ${userId}`,
      connectionId: changes.connectionId ?? `connection of ${sessionId}`,
      lease: { ...runningLease, byToken: changes.byToken ?? true },
      statusNotify: false,
      enteredAt: 1_795_488_930_000,
    },
    resumeTicketHash: changes.ticket ?? hashText(`first of ${sessionId}`),
    maxMemberCount: 0,
    maxMembersPerRoom: null,
    sameUser: 'kickEarlier',
    mayDisplaceToken: true,
    ...changes.rest,
  };
}

function callOf(sessionId: string, outcome: EnterOutcome, nodeId = 'a'): OwnerCall {
  if (!outcome.ok) throw new Error(`did not enter: ${outcome.refusal}`);
  return { nodeId, sessionId, fence: outcome.fence };
}

interface ClaimChanges {
  readonly node?: NodeId;
  readonly next?: string;
  readonly rulesVersion?: number;
}

function claiming(sessionId: string, ticket: string, changes: ClaimChanges = {}) {
  return {
    nodeId: changes.node ?? 'a',
    sessionId,
    connectionId: `later connection of ${sessionId}`,
    ticketHash: hashText(ticket),
    nextTicketHash: hashText(changes.next ?? `next of ${sessionId}`),
    rulesVersion: changes.rulesVersion ?? 1,
    now: 1_795_488_931_000,
  };
}

function usersOf(events: readonly RoomEvent[]): string[] {
  return events.flatMap(({ event }) =>
    event.t === 'roomUserUpdate'
      ? event.users.map(({ userId }) => `${event.updateType === 'add' ? '+' : '-'}${userId}`)
      : [],
  );
}

function streamsOf(events: readonly RoomEvent[]): string[] {
  return events.flatMap(({ event }) =>
    event.t === 'roomStreamUpdate'
      ? event.streams.map(({ streamId, reason }) => `${event.updateType} ${streamId} ${reason ?? ''}`.trim())
      : [],
  );
}

/** Starts each step when the scheduler says so and waits for all: every order comes up. */
async function inAnyOrder<Result>(
  scheduler: fc.Scheduler,
  steps: readonly (() => Promise<Result>)[],
): Promise<Result[]> {
  const running = steps.map((step) => scheduler.schedule(Promise.resolve()).then(step));
  await scheduler.waitIdle();
  return Promise.all(running);
}

/**
 * What every directory must hold, in memory or shared by nodes (CL1, CL2). `createWorld` makes an empty store; it is
 * called once or more per test.
 */
export function describeDirectory(name: string, createWorld: () => Promise<DirectoryWorld>): void {
  const start = async () => {
    const world = await createWorld();
    const a = await world.join('a');
    const b = await world.join('b');
    const events: RoomEvent[] = [];
    await a.bus.watchRoom({ appId, roomId: 'lobby' }, (event) => events.push(event));
    const settled = async (): Promise<readonly RoomEvent[]> => {
      await world.clock.advance(0);
      return events;
    };
    return { world, a, b, settled, directory: a.directory };
  };
  const room = { appId, roomId: 'lobby' };

  describe(`${name}: entering and leaving`, () => {
    it('[CL1][RM1] a room begins with the first, lists those inside in order, and ends with the last', async () => {
      const { directory, settled } = await start();
      expect(await directory.snapshot(room)).toBeUndefined();
      const first = await directory.enter(entering('s1', 'ann'));
      const second = await directory.enter(entering('s2', 'bob'));
      const state = await directory.snapshot(room);
      expect(state).toMatchObject({ seq: 2, online: 2, streams: [], extraInfo: [] });
      expect(state?.members.map(({ userId }) => userId)).toEqual(['ann', 'bob']);
      expect(second).toMatchObject({ ok: true, room: state, displaced: [] });
      const left = { ...callOf('s1', first), reason: 1 as const };
      expect(await directory.leave(left)).toEqual({ ok: true });
      await directory.leave({ ...callOf('s2', second), reason: 1 });
      expect(await directory.snapshot(room)).toBeUndefined();
      expect(await directory.rooms(appId)).toEqual([]);
      expect(usersOf(await settled())).toEqual(['+ann', '+bob', '-ann', '-bob']);
      const again = await directory.enter(entering('s3', 'ann'));
      expect(again.ok && first.ok && again.roomSessionId !== first.roomSessionId).toBe(true);
    });

    it('[CL1] a second leave answers gone and tells nobody', async () => {
      const { directory, settled } = await start();
      const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
      const outcomes = await Promise.all([
        directory.leave({ ...call, reason: 4 }),
        directory.leave({ ...call, reason: 4 }),
      ]);
      expect(outcomes).toContainEqual({ ok: true });
      expect(outcomes).toContainEqual({ ok: false, refusal: 'gone' });
      expect(usersOf(await settled())).toEqual(['+ann', '-ann']);
    });

    it('[RM2] the first member sets the limit, the policy bounds it, and a new life sets it anew', async () => {
      const { directory } = await start();
      const asks = (sessionId: string, maxMemberCount: number, bound: number | null = null) =>
        directory.enter(
          entering(sessionId, sessionId, { rest: { maxMemberCount, maxMembersPerRoom: bound } }),
        );
      const first = await asks('s1', 2);
      expect(await asks('s2', 9)).toMatchObject({ ok: true });
      expect(await asks('s3', 9)).toEqual({ ok: false, refusal: 'roomFull' });
      for (const { sessionId, fence } of await directory.find({ appId })) {
        await directory.leave({ nodeId: 'a', sessionId, fence, reason: 1 });
      }
      expect(first.ok).toBe(true);
      expect(await asks('s4', 0, 2)).toMatchObject({ ok: true });
      expect(await asks('s5', 0, 2)).toMatchObject({ ok: true });
      expect(await asks('s6', 0, 2)).toEqual({ ok: false, refusal: 'roomFull' });
      expect(await asks('s7', 0)).toMatchObject({ ok: true });
    });

    it('[RM2] a full room takes the user that takes its own place there, and counts nobody twice', async () => {
      const { directory } = await start();
      await directory.enter(entering('s1', 'ann', { rest: { maxMemberCount: 1 } }));
      expect(await directory.enter(entering('s2', 'bob'))).toEqual({ ok: false, refusal: 'roomFull' });
      expect(await directory.enter(entering('s3', 'ann'))).toMatchObject({ ok: true, room: { online: 1 } });
    });

    it('[RM2][RM6] lists the first 500, shows only them coming and going, and lets the next one move up', async () => {
      const { directory, settled } = await start();
      const calls: OwnerCall[] = [];
      for (let n = 0; n < 502; n++) {
        calls.push(callOf(`s${n}`, await directory.enter(entering(`s${n}`, `user${n}`))));
      }
      const state = await directory.snapshot(room);
      expect(state).toMatchObject({ online: 502 });
      expect(state?.members).toHaveLength(500);
      expect(usersOf(await settled())).toHaveLength(500);
      await directory.leave({ ...calls[501]!, reason: 1 });
      expect(usersOf(await settled())).toHaveLength(500);
      await directory.leave({ ...calls[0]!, reason: 1 });
      expect(usersOf(await settled()).slice(500)).toEqual(['-user0', '+user500']);
      expect((await directory.snapshot(room))?.members.at(-1)?.userId).toBe('user500');
    });

    it('[RM2] the room is never fuller than its limit, however many come at once', async () => {
      const property = fc.asyncProperty(fc.scheduler(), fc.nat(4), async (scheduler, limit) => {
        const { directory } = await start();
        const outcomes = await inAnyOrder(
          scheduler,
          ['s1', 's2', 's3', 's4'].map(
            (id) => () => directory.enter(entering(id, id, { rest: { maxMemberCount: limit } })),
          ),
        );
        // 0 is no limit: the control.
        const fits = limit === 0 ? 4 : limit;
        expect(outcomes.filter(({ ok }) => ok)).toHaveLength(fits);
        expect(await directory.online(room)).toBe(fits);
      });
      await fc.assert(property, { numRuns: 40 });
    });
  });

  describe(`${name}: the same user`, () => {
    it('[SE6] displaces the earlier connection with all its rooms in one step, streams with reason 3', async () => {
      const { directory, settled } = await start();
      const earlier = callOf('s1', await directory.enter(entering('s1', 'ann', { connectionId: 'c1' })));
      await directory.enter(entering('s2', 'ann', { connectionId: 'c1', roomId: 'annex' }));
      await directory.claimStream({ ...earlier, streamId: 'x', extraInfo: '', leaseGeneration: 1 });
      await directory.streamUp({ ...earlier, streamId: 'x' });
      const newcomer = await directory.enter(entering('s3', 'ann', { node: 'b', connectionId: 'c2' }));
      expect(newcomer.ok && newcomer.displaced.map(({ sessionId }) => sessionId).sort()).toEqual([
        's1',
        's2',
      ]);
      expect(streamsOf(await settled())).toEqual(['add x', 'delete x 3']);
      expect(usersOf(await settled())).toEqual(['+ann', '-ann', '+ann']);
      expect(await directory.rooms(appId)).toEqual([{ roomId: 'lobby', online: 1 }]);
      expect(await directory.leave({ ...earlier, reason: 1 })).toEqual({ ok: false, refusal: 'gone' });
      // The room lives on: the newcomer took the place before it could end.
      expect(newcomer).toMatchObject({ room: { streams: [], online: 1 } });
    });

    it('[SE6][RM5] rooms of one connection and other users never displace each other', async () => {
      const { directory } = await start();
      await directory.enter(entering('s1', 'ann', { connectionId: 'c1' }));
      const outcomes = [
        await directory.enter(entering('s2', 'ann', { connectionId: 'c1', roomId: 'annex' })),
        await directory.enter(entering('s3', 'bob')),
      ];
      for (const outcome of outcomes) expect(outcome).toMatchObject({ ok: true, displaced: [] });
      expect(await directory.find({ appId })).toHaveLength(3);
    });

    it('[SE6] the displaced device that comes back is told so for 20 min, with its own ticket only', async () => {
      const { directory, world } = await start();
      await directory.enter(entering('s1', 'ann'));
      await directory.enter(entering('s2', 'ann'));
      expect(await directory.claim(claiming('s1', 'first of s1'))).toMatchObject({ refusal: 'displaced' });
      expect(await directory.claim(claiming('s1', 'of nobody'))).toMatchObject({ refusal: 'unknown' });
      await world.clock.advance(20 * 60_000);
      expect(await directory.claim(claiming('s1', 'first of s1'))).toMatchObject({ refusal: 'unknown' });
    });

    it('[SE6] with rejectNew the newcomer is refused, unless the earlier one is absent', async () => {
      const { directory } = await start();
      const rejectNew = { rest: { sameUser: 'rejectNew' } } as const;
      const earlier = callOf('s1', await directory.enter(entering('s1', 'ann')));
      expect(await directory.enter(entering('s2', 'ann', rejectNew))).toEqual({
        ok: false,
        refusal: 'userElsewhere',
      });
      await directory.present({ ...earlier, state: 'absent' });
      expect(await directory.enter(entering('s3', 'ann', rejectNew))).toMatchObject({ ok: true });
    });

    it.each(['present', 'detached', 'absent'] as const)(
      '[SE6a] an AppSign login does not displace a session (%s) that a token proved',
      async (state) => {
        const { directory } = await start();
        const weak = { byToken: false, rest: { mayDisplaceToken: false } };
        const proved = callOf('s1', await directory.enter(entering('s1', 'ann')));
        await directory.present({ ...proved, state });
        expect(await directory.enter(entering('s2', 'ann', weak))).toEqual({
          ok: false,
          refusal: 'userElsewhere',
        });
        // Controls: it displaces one that AppSign admitted, and a token displaces whatever is there.
        await directory.enter(entering('s3', 'bob', { byToken: false }));
        expect(await directory.enter(entering('s4', 'bob', weak))).toMatchObject({ ok: true });
        expect(await directory.enter(entering('s5', 'ann'))).toMatchObject({ ok: true });
      },
    );

    it('[SE6][CL1] whoever enters last stays, alone, whatever the order', async () => {
      const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { a, b, directory } = await start();
        const order: string[] = [];
        const enters = (id: string, node: Cluster) => async () => {
          const outcome = await node.directory.enter(entering(id, 'ann', { node: node.nodes.self }));
          order.push(id);
          return outcome;
        };
        const outcomes = await inAnyOrder(scheduler, [enters('s1', a), enters('s2', b), enters('s3', a)]);
        const stays = await directory.find({ appId, userId: 'ann' });
        expect(stays.map(({ sessionId }) => sessionId)).toEqual([order.at(-1)]);
        const displaced = outcomes.flatMap((outcome) => (outcome.ok ? outcome.displaced : []));
        expect(displaced.map(({ sessionId }) => sessionId)).toEqual(
          expect.arrayContaining(order.slice(0, -1)),
        );
        expect(displaced).toHaveLength(2);
      });
      await fc.assert(property, { numRuns: 40 });
    });
  });

  describe(`${name}: fences and versions`, () => {
    it('[CL2] a node that is not current changes nothing, and may again when it is', async () => {
      const { directory, world } = await start();
      const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
      await world.setCurrent('a', false);
      const fenced = { ok: false, refusal: 'fenced' };
      expect(await directory.enter(entering('s2', 'bob'))).toEqual(fenced);
      expect(await directory.leave({ ...call, reason: 1 })).toEqual(fenced);
      expect(await directory.claim(claiming('s1', 'first of s1'))).toEqual(fenced);
      expect(await directory.touch({ ...call, rulesVersion: 1, lease: runningLease })).toEqual(fenced);
      expect(await directory.online(room)).toBe(1);
      await world.setCurrent('a', true);
      expect(await directory.leave({ ...call, reason: 1 })).toEqual({ ok: true });
    });

    it('[CL2] decisions under older rules are stale; the floor never sinks; other apps are untouched', async () => {
      const { directory } = await start();
      const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
      await directory.raiseRules(appId, 5);
      await directory.raiseRules(appId, 3);
      const stale = { ok: false, refusal: 'stale' };
      const under = (rulesVersion: number) => entering('s2', 'bob', { rest: { rulesVersion } });
      expect(await directory.enter(under(4))).toEqual(stale);
      expect(await directory.touch({ ...call, rulesVersion: 4, lease: runningLease })).toEqual(stale);
      expect(await directory.claim(claiming('s1', 'first of s1', { rulesVersion: 4 }))).toEqual(stale);
      expect(await directory.enter(under(5))).toMatchObject({ ok: true });
      expect(await directory.touch({ ...call, rulesVersion: 5, lease: runningLease })).toEqual({ ok: true });
      const other = entering('s9', 'ann');
      expect(await directory.enter({ ...other, session: { ...other.session, appId: 8 } })).toMatchObject({
        ok: true,
      });
    });

    it('[CL2] a stale claim leaves the ticket good', async () => {
      const { directory } = await start();
      await directory.enter(entering('s1', 'ann'));
      await directory.raiseRules(appId, 2);
      await directory.claim(claiming('s1', 'first of s1', { rulesVersion: 1 }));
      expect(await directory.claim(claiming('s1', 'first of s1', { rulesVersion: 2 }))).toMatchObject({
        ok: true,
      });
    });

    it('[CL2] nobody is inside by older rules that was not seen when they rose, whatever the order', async () => {
      const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { directory } = await start();
        const enters = ['s1', 's2', 's3'].map((id) => async () => {
          await directory.enter(entering(id, id));
          return [] as readonly SessionRecord[];
        });
        const sweep = async () => {
          await directory.raiseRules(appId, 2);
          return directory.find({ appId });
        };
        const [seen = []] = await inAnyOrder(scheduler, [sweep, ...enters]);
        const inside = await directory.find({ appId });
        expect(inside.map(({ sessionId }) => sessionId)).toEqual(seen.map(({ sessionId }) => sessionId));
      });
      await fc.assert(property, { numRuns: 40 });
    });

    it('[SE2] an older generation never takes the place of a newer one', async () => {
      const { directory } = await start();
      const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
      const touch = (generation: number) =>
        directory.touch({ ...call, rulesVersion: 1, lease: { ...runningLease, generation } });
      expect(await touch(3)).toEqual({ ok: true });
      expect(await touch(2)).toEqual({ ok: false, refusal: 'stale' });
      const [record] = await directory.find({ appId, sessionId: 's1' });
      expect(record?.lease.generation).toBe(3);
    });
  });

  describe(`${name}: coming back`, () => {
    it('[CL2][SE7] the claim on another node fences the half-open owner, who announces no leave', async () => {
      const { a, b, settled } = await start();
      const onA = callOf('s1', await a.directory.enter(entering('s1', 'ann')));
      const claimed = await b.directory.claim(claiming('s1', 'first of s1', { node: 'b' }));
      expect(claimed).toMatchObject({
        ok: true,
        previousNodeId: 'a',
        previousConnectionId: 'connection of s1',
        session: { nodeId: 'b', state: 'present', connectionId: 'later connection of s1' },
      });
      expect(await a.directory.leave({ ...onA, reason: 2 })).toEqual({ ok: false, refusal: 'fenced' });
      expect(usersOf(await settled())).toEqual(['+ann']);
      if (!claimed.ok) throw new Error('not claimed');
      const onB = { nodeId: 'b', sessionId: 's1', fence: claimed.session.fence };
      expect(await b.directory.leave({ ...onB, reason: 1 })).toEqual({ ok: true });
    });

    it('[SE1][SE7] at absent the room sees the leave, streams end with reason 2; a claim brings it back', async () => {
      const { directory, settled } = await start();
      const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
      await directory.enter(entering('s2', 'bob'));
      await directory.claimStream({ ...call, streamId: 'x', extraInfo: '', leaseGeneration: 1 });
      await directory.streamUp({ ...call, streamId: 'x' });
      await directory.present({ ...call, state: 'detached' });
      expect(usersOf(await settled())).toEqual(['+ann', '+bob']);
      await directory.present({ ...call, state: 'absent' });
      await directory.present({ ...call, state: 'absent' });
      expect(usersOf(await settled())).toEqual(['+ann', '+bob', '-ann']);
      expect(streamsOf(await settled())).toEqual(['add x', 'delete x 2']);
      expect(await directory.find({ appId, roomId: 'lobby' })).toHaveLength(2);
      expect(await directory.claim(claiming('s1', 'first of s1'))).toMatchObject({ ok: true });
      expect(usersOf(await settled())).toEqual(['+ann', '+bob', '-ann', '+ann']);
    });

    it('[WS7] a room that ended meanwhile never repeats a number that the absent one has seen', async () => {
      const { directory } = await start();
      const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
      await directory.append({
        ...call,
        event: { t: 'broadcast', messages: [] },
        at: 1,
      });
      await directory.present({ ...call, state: 'absent' });
      expect(await directory.snapshot(room)).toBeUndefined();
      expect(await directory.since(room, 2)).toEqual({ kind: 'gone' });
      await directory.enter(entering('s2', 'bob'));
      for (let seen = 0; seen <= 3; seen++) {
        expect((await directory.since(room, seen)).kind).toBe('snapshot');
      }
      const claimed = await directory.claim(claiming('s1', 'first of s1'));
      expect(claimed.ok && claimed.session.roomSessionId).toBe(
        (await directory.snapshot(room))?.roomSessionId,
      );
    });

    it('[RM2] an absent one finds its place taken: unknown, so that a login tells why', async () => {
      const { directory } = await start();
      const limit = { rest: { maxMemberCount: 1 } };
      const call = callOf('s1', await directory.enter(entering('s1', 'ann', limit)));
      await directory.present({ ...call, state: 'absent' });
      await directory.enter(entering('s2', 'bob', limit));
      expect(await directory.claim(claiming('s1', 'first of s1'))).toEqual({ ok: false, refusal: 'unknown' });
    });

    it('[SE7a] tickets rotate: the previous one is good until the new one is used or 60 s have passed', async () => {
      const { directory, world } = await start();
      await directory.enter(entering('s1', 'ann'));
      const claim = async (ticket: string, next: string) => {
        const outcome = await directory.claim(claiming('s1', ticket, { next }));
        return outcome.ok ? 'ok' : outcome.refusal;
      };
      expect(await claim('first of s1', 'second')).toBe('ok');
      // The answer with the second was lost.
      expect(await claim('first of s1', 'third')).toBe('ok');
      expect(await claim('third', 'fourth')).toBe('ok');
      await world.clock.advance(59_999);
      expect(await claim('third', 'fifth')).toBe('ok');
      expect(await claim('nobody', 'sixth')).toBe('unknown');
      await world.clock.advance(1);
      expect(await claim('third', 'sixth')).toBe('reused');
      expect(await claim('fifth', 'sixth')).toBe('unknown');
    });

    it.each([['first of s1'], ['second']])(
      '[SE7a] a ticket older than the previous one ends the session: %s',
      async (old) => {
        const { directory, settled } = await start();
        const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
        const renew = (generation: number, next: string) =>
          directory.touch({
            ...call,
            rulesVersion: 1,
            lease: { ...runningLease, generation },
            nextTicketHash: hashText(next),
          });
        await renew(2, 'second');
        await renew(3, 'third');
        await renew(4, 'fourth');
        expect(await directory.claim(claiming('s1', old))).toMatchObject({
          ok: false,
          refusal: 'reused',
          ended: { sessionId: 's1', nodeId: 'a' },
        });
        expect(usersOf(await settled())).toEqual(['+ann', '-ann']);
        expect(await directory.claim(claiming('s1', 'fourth'))).toMatchObject({ refusal: 'unknown' });
      },
    );

    it('[CL1][SE7] kick × resume: one of them wins and the other knows it', async () => {
      const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { directory, settled } = await start();
        const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
        const [kick, resume] = await inAnyOrder<{ readonly ok: boolean; readonly refusal?: string }>(
          scheduler,
          [
            () => directory.leave({ ...call, reason: 4 }),
            () => directory.claim(claiming('s1', 'first of s1', { node: 'b' })),
          ],
        );
        const inside = await directory.find({ appId });
        if (kick?.ok) {
          expect(resume).toMatchObject({ ok: false, refusal: 'unknown' });
          expect(inside).toEqual([]);
          expect(usersOf(await settled())).toEqual(['+ann', '-ann']);
        } else {
          expect(kick).toEqual({ ok: false, refusal: 'fenced' });
          // The kick finds the new owner.
          expect(inside).toMatchObject([{ sessionId: 's1', nodeId: 'b' }]);
        }
      });
      await fc.assert(property, { numRuns: 40 });
    });
  });

  describe(`${name}: streams`, () => {
    const claimOf = (call: OwnerCall, streamId: string, leaseGeneration = 1) => ({
      ...call,
      streamId,
      extraInfo: 'info',
      leaseGeneration,
    });

    it('[RM3] a claim is shown to nobody until it is up, and then once', async () => {
      const { directory, settled } = await start();
      const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
      expect(await directory.claimStream(claimOf(call, 'x'))).toMatchObject({
        ok: true,
        stream: { up: false },
      });
      await directory.setStreamExtraInfo({ ...call, streamId: 'x', extraInfo: 'newer' });
      expect(await directory.snapshot(room)).toMatchObject({ streams: [] });
      await directory.streamUp({ ...call, streamId: 'x' });
      await directory.streamUp({ ...call, streamId: 'x' });
      expect(await directory.snapshot(room)).toMatchObject({
        streams: [{ streamId: 'x', extraInfo: 'newer' }],
      });
      const reason: StreamDeleteReason = 1;
      expect(await directory.releaseStream({ ...call, streamId: 'x', reason })).toEqual({ ok: true });
      expect(await directory.releaseStream({ ...call, streamId: 'x', reason })).toEqual({
        ok: false,
        refusal: 'gone',
      });
      await directory.claimStream(claimOf(call, 'y'));
      await directory.releaseStream({ ...call, streamId: 'y', reason });
      expect(streamsOf(await settled())).toEqual(['add x', 'delete x 1']);
      expect(await directory.streams({ sessionId: 's1' })).toEqual([]);
    });

    it('[RM3][CL1] a stream id is held once in an app, whoever asks at once', async () => {
      const property = fc.asyncProperty(fc.scheduler(), fc.boolean(), async (scheduler, same) => {
        const { directory } = await start();
        const calls = [
          callOf('s1', await directory.enter(entering('s1', 'ann'))),
          callOf('s2', await directory.enter(entering('s2', 'bob', { roomId: 'annex', node: 'b' })), 'b'),
          callOf('s3', await directory.enter(entering('s3', 'cid'))),
        ];
        const outcomes = await inAnyOrder(
          scheduler,
          calls.map((call, n) => () => directory.claimStream(claimOf(call, same ? 'x' : `x${n}`))),
        );
        // Different ids are the control.
        expect(outcomes.filter(({ ok }) => ok)).toHaveLength(same ? 1 : 3);
        for (const outcome of outcomes) if (!outcome.ok) expect(outcome.refusal).toBe('duplicate');
      });
      await fc.assert(property, { numRuns: 40 });
    });

    it('[RM3] a claim made under another generation or a lapsed lease is stale', async () => {
      const { directory } = await start();
      const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
      const touch = (lease: Partial<LeaseRecord>) =>
        directory.touch({ ...call, rulesVersion: 1, lease: { ...runningLease, ...lease } });
      await touch({ generation: 2 });
      expect(await directory.claimStream(claimOf(call, 'x', 1))).toMatchObject({ refusal: 'staleLease' });
      expect(await directory.claimStream(claimOf(call, 'x', 2))).toMatchObject({ ok: true });
      await touch({ generation: 3, lapsed: true });
      expect(await directory.claimStream(claimOf(call, 'y', 3))).toMatchObject({ refusal: 'staleLease' });
    });

    it('[CL2] streams answer only their owner', async () => {
      const { directory } = await start();
      const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
      await directory.claimStream(claimOf(call, 'x'));
      const older = { ...call, fence: call.fence - 1 };
      const elsewhere = { ...call, nodeId: 'b' };
      for (const wrong of [older, elsewhere]) {
        expect(await directory.streamUp({ ...wrong, streamId: 'x' })).toEqual({
          ok: false,
          refusal: 'fenced',
        });
        expect(await directory.claimStream(claimOf(wrong, 'y'))).toMatchObject({ refusal: 'fenced' });
      }
      expect(await directory.streamUp({ ...call, streamId: 'x' })).toEqual({ ok: true });
    });
  });

  describe(`${name}: the ring and the bus`, () => {
    const broadcast = (text: string) => ({
      t: 'broadcast' as const,
      messages: [{ messageId: '1', fromUser: { userId: 'u', userName: 'u' }, message: text, sendTime: 1 }],
    });

    it('[WS7] keeps 256 events; what is older is answered by a snapshot', async () => {
      const { directory } = await start();
      const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
      for (let n = 0; n < 256; n++) await directory.append({ ...call, event: broadcast(`${n}`), at: n });
      const kept = await directory.since(room, 1);
      expect(kept).toMatchObject({ kind: 'events', from: 2, to: 257 });
      expect(kept.kind === 'events' && kept.events.map(({ seq }) => seq)).toEqual(
        Array.from({ length: 256 }, (_, n) => n + 2),
      );
      expect(await directory.since(room, 257)).toMatchObject({ kind: 'events', events: [] });
      expect((await directory.since(room, 0)).kind).toBe('snapshot');
      expect((await directory.since(room, 258)).kind).toBe('snapshot');
    });

    it('[WS7] keeps 64 KiB of events, however few', async () => {
      const { directory } = await start();
      const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
      for (let n = 0; n < 80; n++)
        await directory.append({ ...call, event: broadcast('é'.repeat(500)), at: n });
      expect((await directory.since(room, 1)).kind).toBe('snapshot');
      const kept = await directory.since(room, 31);
      expect(kept.kind).toBe('events');
    });

    it('[RM4] room extra info becomes state: one entry per key, the last value', async () => {
      const { directory } = await start();
      const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
      const updateUser = { userId: 'ann', userName: 'Ann' };
      for (const value of ['one', 'two']) {
        const entries = [{ key: 'k', value, updateUser, updateTime: 1 }];
        await directory.append({ ...call, event: { t: 'roomExtraInfoUpdate', entries }, at: 1 });
      }
      expect((await directory.snapshot(room))?.extraInfo).toMatchObject([{ key: 'k', value: 'two' }]);
    });

    it('[CL1][RM6] every watching node hears every event, in order, until it stops', async () => {
      const { b, directory, settled } = await start();
      const heard: number[] = [];
      const stop = await b.bus.watchRoom(room, ({ seq }) => heard.push(seq));
      const call = callOf('s1', await directory.enter(entering('s1', 'ann')));
      await Promise.all(
        ['a', 'b', 'c'].map((text) => directory.append({ ...call, event: broadcast(text), at: 1 })),
      );
      await settled();
      expect(heard).toEqual([1, 2, 3, 4]);
      stop();
      stop();
      await directory.append({ ...call, event: broadcast('d'), at: 1 });
      expect((await settled()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
      expect(heard).toHaveLength(4);
    });

    it('[CL1] room words reach those who listen in that room', async () => {
      const { a, b, settled } = await start();
      const heard: unknown[] = [];
      const stop = b.bus.onRoomMessage(room, ({ body }) => heard.push(body));
      a.bus.tellRoom(room, { topic: 't', body: 1 });
      a.bus.tellRoom({ ...room, appId: 8 }, { topic: 't', body: 2 });
      await settled();
      stop();
      a.bus.tellRoom(room, { topic: 't', body: 3 });
      await settled();
      expect(heard).toEqual([1]);
    });

    it('[CL1][CL4] ask collects every node and names those who are silent', async () => {
      const { a, b, world } = await start();
      const c = await world.join('c');
      a.bus.handle('sweep', (body) => `a ${String(body)}`);
      b.bus.handle('sweep', async (_body, from) => `b from ${from}`);
      c.bus.handle('sweep', () => new Promise(() => undefined));
      expect(() => a.bus.handle('sweep', () => 1)).toThrow(TypeError);
      const asked = a.bus.ask({ topic: 'sweep', body: 5 }, 2_000);
      await world.clock.advance(2_000);
      const outcome = await asked;
      expect([...outcome.answers].sort()).toEqual([
        ['a', 'a 5'],
        ['b', 'b from a'],
      ]);
      expect(outcome.silent).toEqual(['c']);
      await world.kill('c');
      expect((await a.bus.ask({ topic: 'sweep', body: 5 }, 2_000)).silent).toEqual([]);
    });

    it('[CL1][CL3] nodes: current, live, told of a death; a lead is one at a time and is handed on', async () => {
      const { a, b, world } = await start();
      expect([a.nodes.isCurrent(), await a.nodes.live()]).toEqual([true, ['a', 'b']]);
      const dead: string[] = [];
      b.nodes.onDown((node) => dead.push(node));
      const log: string[] = [];
      const task = (node: string) => (signal: AbortSignal) => {
        log.push(`${node} leads`);
        return new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            log.push(`${node} stops`);
            resolve();
          });
        });
      };
      a.nodes.lead('media', task('a'));
      const stop = b.nodes.lead('media', task('b'));
      await world.clock.advance(0);
      expect(log).toEqual(['a leads']);
      await world.kill('a');
      await world.clock.advance(0);
      expect([dead, a.nodes.isCurrent()]).toEqual([['a'], false]);
      expect(log).toEqual(['a leads', 'a stops', 'b leads']);
      stop();
      expect(log.at(-1)).toBe('b stops');
    });
  });
}
