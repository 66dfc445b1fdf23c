import { describe, expect, it } from 'vitest';
import { RoomWorld } from '#testing';
import { StreamChanges } from './stream-changes.ts';

async function publishing() {
  const world = new RoomWorld();
  const { directory } = world.a.cluster;
  const changes = new StreamChanges(world.clock, directory);
  const [ann, bob] = [await world.enter('ann'), await world.enter('bob')];
  const claim = (streamId: string) =>
    directory.claimStream({ ...ann.call, streamId, extraInfo: '', leaseGeneration: 1 });
  const up = (streamId: string) => changes.change(ann.call, { kind: 'up', streamId });
  const down = (streamId: string) => changes.change(ann.call, { kind: 'down', streamId, reason: 1 });
  return { world, directory, changes, ann, bob, claim, up, down };
}

describe('StreamChanges', () => {
  it('[WS15] one session shows the room at most two stream changes a second, all in order', async () => {
    const { world, changes, bob, claim, up } = await publishing();
    const began = world.clock.monoMs();
    const at: number[] = [];
    const send = bob.sink.send.bind(bob.sink);
    bob.sink.send = (frame, kind) => {
      at.push(world.clock.monoMs() - began);
      send(frame, kind);
    };
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (const streamId of ids) await claim(streamId);
    const outcomes = ids.map(up);
    await world.clock.advance(2_000);
    expect(at).toEqual([0, 0, 1_000, 1_000, 2_000]);
    expect(await Promise.all(outcomes)).toEqual(ids.map(() => ({ ok: true })));
    await world.clock.advance(1_000);
    expect(changes.size).toBe(0);
  });

  it('[WS15] a stream that goes before the room saw it is never shown, and its id is free at once', async () => {
    const { world, directory, bob, claim, up, down } = await publishing();
    for (const streamId of ['a', 'b', 'c']) await claim(streamId);
    const outcomes = ['a', 'b', 'c'].map(up);
    expect(await down('c')).toEqual({ ok: true });
    expect(await outcomes[2]).toEqual({ ok: false, refusal: 'gone' });
    const free = { ...bob.call, streamId: 'c', extraInfo: '', leaseGeneration: 1 };
    expect(await directory.claimStream(free)).toMatchObject({ ok: true });
    await world.clock.advance(5_000);
    expect(JSON.stringify(bob.sink.frames)).not.toContain('"c"');
  });

  it('[WS15] only the session that hurries waits; one that left is answered', async () => {
    const { world, directory, changes, ann, bob, claim, up } = await publishing();
    for (const streamId of ['a', 'b', 'c']) await claim(streamId);
    const outcomes = ['a', 'b', 'c'].map(up);
    await directory.claimStream({ ...bob.call, streamId: 'x', extraInfo: '', leaseGeneration: 1 });
    expect(await changes.change(bob.call, { kind: 'up', streamId: 'x' })).toEqual({ ok: true });
    changes.drop(ann.call.sessionId);
    expect(await outcomes[2]).toEqual({ ok: false, refusal: 'gone' });
    changes.stop();
    await world.settle();
  });
});
