import type { RoomFrame, WireRoomEvent } from '@roomkey/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loseSocket } from '#sessions';
import { type RecordingSink, type RoomGuest, RoomWorld } from '#testing';

const framesOf = (sink: RecordingSink) => sink.framesOf('room') as unknown as RoomFrame[];

/** `+ann -bob` for memberships, `add x` for streams, the text for broadcasts. */
function said(events: readonly WireRoomEvent[]): string[] {
  return events.flatMap((event) => {
    switch (event.t) {
      case 'roomUserUpdate':
        return event.users.map(({ userId }) => `${event.updateType === 'add' ? '+' : '-'}${userId}`);
      case 'roomStreamUpdate':
        return event.streams.map(({ streamId }) => `${event.updateType} ${streamId}`);
      case 'broadcast':
        return event.messages.map(({ message }) => message);
      default:
        return [event.t];
    }
  });
}

const allSaid = (sink: RecordingSink) => framesOf(sink).flatMap(({ events }) => said(events));

/** Every number after the one entered at is covered once, up to the last frame. */
function expectNoGap({ sink, state }: RoomGuest): void {
  let covered = state.seq;
  for (const { from, to } of framesOf(sink)) {
    expect(from).toBe(covered + 1);
    expect(to).toBeGreaterThanOrEqual(from);
    covered = to;
  }
}

const speak = (guest: RoomGuest, message: string) =>
  guest.node.cluster.directory.append({
    ...guest.call,
    event: {
      t: 'broadcast',
      messages: [
        { messageId: '1', fromUser: { userId: guest.session.userId, userName: '' }, message, sendTime: 1 },
      ],
    },
    at: 1,
  });

describe('RoomHub', () => {
  it('[RM2] memberships go to those who asked, and nobody hears of itself', async () => {
    const world = new RoomWorld();
    const ann = await world.enter('ann', { statusNotify: true });
    const bob = await world.enter('bob');
    const cid = await world.enter('cid', { statusNotify: true });
    await world.clock.advance(1_000);
    expect(allSaid(ann.sink)).toEqual(['+bob', '+cid']);
    expect([allSaid(bob.sink), allSaid(cid.sink)]).toEqual([[], []]);
    await world.leave(bob);
    await world.clock.advance(1_000);
    expect(allSaid(cid.sink)).toEqual(['-bob']);
  });

  it('[RM6] a joiner misses nothing and gets nothing that its snapshot holds', async () => {
    const world = new RoomWorld();
    const { a } = world;
    const ann = await world.enter('ann');
    await speak(ann, 'before');
    const seat = await a.hub.reserve({ appId: 7, roomId: 'lobby' });
    await speak(ann, 'while entering');
    await world.settle();
    const state = await a.cluster.directory.snapshot({ appId: 7, roomId: 'lobby' });
    await speak(ann, 'while answering');
    await world.settle();
    const bob = await world.enter('bob');
    const late = { ...bob.session, sessionId: 'late' };
    bob.sink.frames.length = 0;
    seat.take(late, state?.seq ?? 0);
    expect(allSaid(bob.sink)).toEqual(['while answering']);
    expect(framesOf(bob.sink)[0]).toMatchObject({ from: (state?.seq ?? 0) + 1 });
    expect(() => seat.take(late, 0)).toThrow(TypeError);
  });

  it('[RM6] the causer gets no own event, and its numbers are covered by the next frame', async () => {
    const world = new RoomWorld();
    const [ann, bob] = [await world.enter('ann'), await world.enter('bob')];
    await speak(ann, 'one');
    await speak(bob, 'two');
    await world.settle();
    expect([allSaid(ann.sink), allSaid(bob.sink)]).toEqual([['two'], ['one']]);
    expect(framesOf(ann.sink)[0]).toMatchObject({ from: 2, to: 4 });
    for (const guest of [ann, bob]) expectNoGap(guest);
  });

  it('[RM6] at most one membership frame in 250 ms, those within merged; other events behind one wait with it', async () => {
    const world = new RoomWorld();
    const ann = await world.enter('ann', { statusNotify: true });
    const plain = await world.enter('plain');
    await world.clock.advance(1_000);
    ann.sink.frames.length = 0;
    const began = world.clock.monoMs();
    const bob = await world.enter('bob');
    await world.settle();
    expect(allSaid(ann.sink)).toEqual(['+bob']);
    const cid = await world.enter('cid');
    await world.leave(cid);
    await speak(bob, 'hello');
    await world.enter('dan');
    await world.settle();
    // Whoever did not ask waits for nothing.
    expect(allSaid(plain.sink)).toEqual(['hello']);
    await world.clock.advance(249 - (world.clock.monoMs() - began));
    expect(framesOf(ann.sink)).toHaveLength(1);
    await world.clock.advance(1);
    expect(framesOf(ann.sink)).toHaveLength(2);
    // Cid came and went within: not a word, but the numbers are covered.
    expect(allSaid(ann.sink)).toEqual(['+bob', 'hello', '+dan']);
    expect(ann.sink.frames.map(({ kind }) => kind)).toEqual(['presence', 'event']);
  });

  it('[RM6] nobody gets memberships more often than every 250 ms, in whatever order people come and go', async () => {
    const act = fc.record({ verb: fc.constantFrom('enter', 'leave', 'speak', 'wait'), ms: fc.nat(200) });
    const property = fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
      const world = new RoomWorld();
      const listener = await world.enter('listener', { statusNotify: true });
      const at: number[] = [];
      const { sink } = listener;
      const send = sink.send.bind(sink);
      sink.send = (frame, kind) => {
        if ((frame as RoomFrame).events.some(({ t }) => t === 'roomUserUpdate'))
          at.push(world.clock.monoMs());
        send(frame, kind);
      };
      const guests: RoomGuest[] = [];
      const inside = new Set<string>();
      for (const [n, { verb, ms }] of acts.entries()) {
        const guest = guests.at(-1);
        if (verb === 'enter') guests.push(await world.enter(`u${n}`, { statusNotify: n % 2 === 0 }));
        else if (verb === 'leave' && guest !== undefined) await world.leave(guests.pop() ?? guest);
        else if (verb === 'speak' && guest !== undefined) await speak(guest, `m${n}`);
        else await world.clock.advance(ms);
      }
      await world.clock.advance(500);
      for (const [index, instant] of at.entries()) {
        if (index > 0) expect(instant - (at[index - 1] ?? 0)).toBeGreaterThanOrEqual(250);
      }
      for (const guest of [listener, ...guests]) expectNoGap(guest);
      for (const text of allSaid(sink)) {
        if (text.startsWith('+')) inside.add(text.slice(1));
        if (text.startsWith('-')) inside.delete(text.slice(1));
      }
      expect([...inside].sort()).toEqual(guests.map(({ session }) => session.userId).sort());
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('[RM6][WS11] members at one position share the frame object; a sink that is slow is only another sink', async () => {
    const world = new RoomWorld();
    const speaker = await world.enter('speaker');
    const guests: RoomGuest[] = [];
    for (let n = 0; n < 20; n++) guests.push(await world.enter(`u${n}`));
    await speak(speaker, 'first');
    await world.settle();
    await speak(speaker, 'second');
    await world.settle();
    expect(new Set(guests.map(({ sink }) => sink.frames[1]?.frame)).size).toBe(1);
    // Control: their first frames start where each of them entered.
    expect(new Set(guests.map(({ sink }) => sink.frames[0]?.frame)).size).toBe(20);
  });

  it('[RM6] the online count goes out every 30 s with one timer for all rooms', async () => {
    const world = new RoomWorld();
    const { hub } = world.a;
    const [ann, bob] = [await world.enter('ann'), await world.enter('bob', { roomId: 'annex' })];
    await world.enter('cid');
    expect([hub.watched, world.clock.timers]).toEqual([2, 2]);
    await world.clock.advance(29_999);
    expect(ann.sink.framesOf('roomOnlineUserCountUpdate')).toEqual([]);
    await world.clock.advance(1);
    const count = (guest: RoomGuest) =>
      guest.sink.framesOf('roomOnlineUserCountUpdate').map(({ count: online }) => online);
    expect([count(ann), count(bob)]).toEqual([[2], [1]]);
    await world.clock.advance(60_000);
    expect(count(ann)).toEqual([2, 2, 2]);
  });

  it('[RM6] one watch per room, stopped with its last session here', async () => {
    const world = new RoomWorld();
    const { hub } = world.a;
    const ann = await world.enter('ann');
    const seat = await hub.reserve({ appId: 7, roomId: 'lobby' });
    await world.leave(ann);
    expect(hub.watched).toBe(1);
    seat.release();
    expect(hub.watched).toBe(0);
    const again = await world.enter('bob');
    const before = again.sink.frames.length;
    await hub.stop();
    await speak(again, 'unheard');
    await world.settle();
    expect(again.sink.frames.length).toBe(before);
  });

  it('[WS7] what was missed while away: own and unwanted events left out, a snapshot when it is too much', async () => {
    const world = new RoomWorld();
    const { hub } = world.a;
    const [ann, bob] = [await world.enter('ann'), await world.enter('bob')];
    const room = { appId: 7, roomId: 'lobby' };
    hub.suspend(ann.session);
    const framesBefore = ann.sink.frames.length;
    await speak(bob, 'missed');
    await speak(ann, 'own');
    await world.enter('cid');
    await world.settle();
    expect(ann.sink.frames.length).toBe(framesBefore);
    const viewer = { sessionId: ann.session.sessionId, userId: 'ann', statusNotify: false };
    const missed = await hub.missed(room, ann.state.seq, viewer);
    expect(missed?.kind === 'events' && said(missed.events)).toEqual(['missed']);
    const asked = await hub.missed(room, ann.state.seq, { ...viewer, statusNotify: true });
    expect(asked?.kind === 'events' && said(asked.events)).toEqual(['+bob', 'missed', '+cid']);
    for (let n = 0; n < 300; n++) await speak(bob, `${n}`);
    const much = await hub.missed(room, ann.state.seq, { ...viewer, statusNotify: true });
    expect(much).toMatchObject({
      kind: 'snapshot',
      snapshot: { online: 3, members: [{ userId: 'bob' }, { userId: 'cid' }] },
    });
    expect(await hub.missed({ appId: 7, roomId: 'nowhere' }, 0, viewer)).toBeUndefined();
    const seat = await hub.reserve(room);
    seat.take(ann.session, much?.to ?? 0);
    ann.sink.frames.length = 0;
    await speak(bob, 'after');
    await world.settle();
    expect(framesOf(ann.sink)).toMatchObject([{ from: (much?.to ?? 0) + 1, to: (much?.to ?? 0) + 1 }]);
  });

  it('[WS11] a snapshot in place of what was dropped: events go on exactly behind it', async () => {
    const world = new RoomWorld();
    const [ann, bob] = [await world.enter('ann', { statusNotify: true }), await world.enter('bob')];
    await world.clock.advance(1_000);
    ann.sink.frames.length = 0;
    await world.enter('cid');
    await world.enter('dan');
    const sent = world.a.hub.sendSnapshot(ann.session, (snapshot) =>
      ann.sink.send({ t: 'roomSnapshot', ...snapshot }, 'event'),
    );
    await speak(bob, 'meanwhile');
    expect(await sent).toBe(true);
    await world.clock.advance(1_000);
    const [snapshot] = ann.sink.framesOf('roomSnapshot');
    expect(snapshot?.['members']).toMatchObject([{ userId: 'bob' }, { userId: 'cid' }, { userId: 'dan' }]);
    const behind = framesOf(ann.sink).filter(({ from }) => from > (snapshot?.['seq'] as number));
    expect(behind.flatMap(({ events }) => said(events))).toEqual(
      (snapshot?.['seq'] as number) < 6 ? ['meanwhile'] : [],
    );
    expect(await world.a.hub.sendSnapshot({ ...ann.session, sessionId: 'x' }, () => undefined)).toBe(false);
  });

  it('[RM4] words without numbers reach the others on every node', async () => {
    const world = new RoomWorld();
    const b = world.join('b');
    const [ann, bob] = [await world.enter('ann'), await world.enter('bob', { node: b })];
    const cid = await world.enter('cid', { node: b, roomId: 'annex' });
    world.a.hub.tellOthers(ann.session, { t: 'barrage', roomId: 'lobby', messages: [] });
    await world.settle();
    expect(bob.sink.frames.map(({ kind }) => kind)).toEqual(['barrage']);
    expect([ann.sink.framesOf('barrage'), cid.sink.framesOf('barrage')]).toEqual([[], []]);
  });

  it('[RM4][WS7] commands go to the users named, or to everybody else, and wait for a detached one', async () => {
    const world = new RoomWorld();
    const b = world.join('b');
    const [ann, bob] = [await world.enter('ann'), await world.enter('bob', { node: b })];
    const cid = await world.enter('cid', { node: b });
    b.sessions.update(cid.session.sessionId, (session) =>
      session.state === 'present' ? loseSocket(session, 0, 0) : session,
    );
    b.hub.suspend(cid.session);
    const command = (text: string) =>
      ({
        t: 'command',
        roomId: 'lobby',
        fromUser: { userId: 'ann', userName: '' },
        command: text,
        sendTime: 1,
      }) as const;
    world.a.hub.command(ann.session, command('to bob'), ['bob', 'nobody']);
    world.a.hub.command(ann.session, command('to cid'), ['cid']);
    world.a.hub.command(ann.session, command('to all'), []);
    await world.settle();
    const texts = bob.sink.framesOf('command').map((frame) => frame['command']);
    expect(texts).toEqual(['to bob', 'to all']);
    const kept = b.sessions.takeKept(cid.session.sessionId).commands.map((one) => one.command);
    expect(kept).toEqual(['to cid', 'to all']);
    expect(ann.sink.framesOf('command')).toEqual([]);
  });
});
