import { describe, expect, it } from 'vitest';
import { FakeClock, RoomWorld } from '#testing';
import { checkRoomExtraInfo, MessageLimits } from './message-limits.ts';
import { RoomMessages } from './room-messages.ts';

const room = { appId: 7, roomId: 'lobby' };

async function talking() {
  const world = new RoomWorld();
  const { hub, cluster } = world.a;
  const messages = new RoomMessages({
    clock: world.clock,
    nodeId: 'a',
    directory: cluster.directory,
    hub,
    limits: new MessageLimits(world.clock),
  });
  const [ann, bob] = [await world.enter('ann'), await world.enter('bob')];
  return { world, messages, ann, bob };
}

describe('room messages', () => {
  it('[RM4] a broadcast reaches the others once, in the order of its sender, with a number as its id', async () => {
    const { world, messages, ann, bob } = await talking();
    const outcomes = [
      await messages.broadcast(ann.session, 'one'),
      await messages.broadcast(ann.session, 'two'),
    ];
    await world.settle();
    const ids = outcomes.map((outcome) => (outcome.ok ? outcome.messageId : ''));
    for (const id of ids) expect(id).toMatch(/^[1-9][0-9]{15,18}$/);
    expect(BigInt(ids[1] ?? 0) > BigInt(ids[0] ?? 0)).toBe(true);
    expect(bob.sink.framesOf('room')).toMatchObject([
      { events: [{ messages: [{ message: 'one', messageId: ids[0], fromUser: { userId: 'ann' } }] }] },
      { events: [{ messages: [{ message: 'two' }] }] },
    ]);
    expect(ann.sink.framesOf('room')).toEqual([]);
  });

  it('[RM4] limits answer with their code and the time to wait; the socket stays', async () => {
    const { world, messages, ann } = await talking();
    for (let n = 0; n < 2; n++) expect((await messages.broadcast(ann.session, 'x')).ok).toBe(true);
    expect(await messages.broadcast(ann.session, 'x')).toEqual({
      ok: false,
      error: 'broadcastTooFrequent',
      retryAfterMs: 500,
    });
    for (let n = 0; n < 20; n++) expect(messages.barrage(ann.session, 'x').ok).toBe(true);
    expect(messages.barrage(ann.session, 'x')).toMatchObject({ error: 'roomCallsTooFrequent' });
    for (let n = 0; n < 10; n++) expect(messages.command(ann.session, 'x', []).ok).toBe(true);
    expect(messages.command(ann.session, 'x', [])).toMatchObject({ error: 'roomCallsTooFrequent' });
    for (let n = 0; n < 200; n++) expect(messages.command(ann.session, 'x', ['bob']).ok).toBe(true);
    expect(messages.command(ann.session, 'x', ['bob'])).toMatchObject({ error: 'roomCallsTooFrequent' });
    expect(ann.sink.closed).toBeUndefined();
    await world.clock.advance(500);
    expect((await messages.broadcast(ann.session, 'x')).ok).toBe(true);
  });

  it('[RM4] a message has 1 to 1024 bytes of UTF-8', async () => {
    const { messages, ann } = await talking();
    expect(await messages.broadcast(ann.session, '')).toEqual({ ok: false, error: 'messageEmpty' });
    expect(messages.barrage(ann.session, 'é'.repeat(513))).toEqual({ ok: false, error: 'messageTooLong' });
    expect(messages.command(ann.session, 'é'.repeat(512), ['bob']).ok).toBe(true);
  });

  it('[RM4] one extra info per room: its key may change value, another key is refused', async () => {
    const { world, messages, ann, bob } = await talking();
    expect(await messages.setRoomExtraInfo(ann.session, 'k', 'one')).toEqual({ ok: true, messageId: '' });
    expect((await messages.setRoomExtraInfo(bob.session, 'k', 'two')).ok).toBe(true);
    expect(await messages.setRoomExtraInfo(ann.session, 'other', 'x')).toMatchObject({
      error: 'roomExtraInfoKeysExceeded',
    });
    const state = await world.a.cluster.directory.snapshot(room);
    expect(state?.extraInfo).toMatchObject([{ key: 'k', value: 'two', updateUser: { userId: 'bob' } }]);
    expect(checkRoomExtraInfo('', 'x', [])?.error).toBe('roomExtraInfoKeyEmpty');
    expect(checkRoomExtraInfo('k'.repeat(128), 'x', [])?.error).toBe('roomExtraInfoKeyTooLong');
    expect(checkRoomExtraInfo('k', 'x'.repeat(128), [])?.error).toBe('roomExtraInfoValueTooLong');
    expect(checkRoomExtraInfo('k'.repeat(127), 'x'.repeat(127), [])).toBeUndefined();
  });

  it('[RM4] a session that is not in the room any more says nothing', async () => {
    const { world, messages, ann } = await talking();
    await world.leave(ann);
    expect(await messages.broadcast(ann.session, 'x')).toEqual({ ok: false, error: 'notInRoom' });
  });

  it('[RM4] rooms and users have buckets of their own; a refusal takes nothing; full buckets are forgotten', async () => {
    const clock = new FakeClock();
    const limits = new MessageLimits(clock);
    for (let user = 0; user < 5; user++) {
      for (let n = 0; n < 2; n++) expect(limits.take(room, `u${user}`, 'broadcast')).toBeUndefined();
    }
    expect(limits.take(room, 'u9', 'broadcast')).toEqual({
      error: 'broadcastTooFrequent',
      retryAfterMs: 100,
    });
    expect(limits.take({ ...room, roomId: 'annex' }, 'u9', 'broadcast')).toBeUndefined();
    expect(limits.take({ ...room, roomId: 'annex' }, 'u9', 'broadcast')).toBeUndefined();
    expect(limits.take({ ...room, roomId: 'annex' }, 'u9', 'broadcast')).toMatchObject({ retryAfterMs: 500 });
    for (let n = 0; n < 5_000; n++) {
      limits.take({ appId: 7, roomId: `r${n}` }, 'u', 'barrage');
      await clock.advance(1);
    }
    expect(limits.size).toBeLessThan(4_000);
  });
});
