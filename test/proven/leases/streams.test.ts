import type { TestFrame } from '@roomkey/server/testing';
import { describe, expect, it } from 'vitest';
import { changesSeen, type Entered, Stage, verdictOf } from './stage.ts';

const publish = ({ client }: Entered, streamId: string, roomId = 'room1'): Promise<TestFrame> =>
  client.request('publish', { roomId, streamId, channel: 0, extraInfo: 'hello' });

async function openStreams(policy = {}) {
  const stage = await Stage.open(policy);
  const other = await stage.enter({ userId: 'other' });
  const own = await stage.enter({ seconds: 600 });
  return { stage, other, own };
}

async function bringUp(stage: Stage, own: Entered): Promise<void> {
  const { ticket } = await publish(own, 's1');
  expect(stage.media.dial(ticket.token, 1)).toMatchObject({ ok: true });
  await stage.pass(1_000);
}

describe('a stream that was claimed', () => {
  it('[RM3] is shown when its publisher is there and not before', async () => {
    const { stage, other, own } = await openStreams();
    const { ticket } = await publish(own, 's1');
    await stage.pass(1_000);
    expect(changesSeen(other.client, 'roomStreamUpdate')).toEqual([]);
    const play = () => other.client.request('play', { roomId: 'room1', streamId: 's1' });
    expect(verdictOf(await play())).toBe('1004002 streamNotExist');
    expect(stage.media.dial(ticket.token, 1)).toMatchObject({ ok: true });
    const { events } = await other.client.next('room');
    expect(events).toMatchObject([
      {
        t: 'roomStreamUpdate',
        updateType: 'add',
        streams: [{ streamId: 's1', user: { userId: 'demo' }, extraInfo: 'hello' }],
      },
    ]);
    expect(verdictOf(await play())).toBe('ok');
    const late = await stage.enter({ userId: 'late' });
    expect(late.answer['room'].streams).toMatchObject([{ streamId: 's1' }]);
  });

  it('[RM3] goes back when nobody has dialled for 10 s, and its ticket opens nothing any more', async () => {
    const { stage, other, own } = await openStreams();
    const { ticket } = await publish(own, 's1');
    await stage.pass(9_999);
    expect(verdictOf(await publish(other, 's1'))).toBe('1003028 streamDuplicate');
    await stage.pass(1);
    const theirs = await publish(other, 's1');
    expect(verdictOf(theirs)).toBe('ok');
    expect(stage.media.dial(ticket.token, 1)).toMatchObject({ ok: false, error: 'publishRefused' });
    expect(stage.media.dial(theirs['ticket'].token, 1)).toMatchObject({ ok: true });
    await stage.pass(20_000);
    // One that was dialled stays.
    expect(verdictOf(await publish(own, 's1'))).toBe('1003028 streamDuplicate');
  });

  it('[RM3] is unique in its app, whatever the room; another app has its own', async () => {
    const { stage, own } = await openStreams();
    expect(verdictOf(await publish(own, 's1'))).toBe('ok');
    expect(verdictOf(await publish(own, 's1'))).toBe('1003023 alreadyPublishing');
    const elsewhere = await stage.enter({ userId: 'elsewhere', roomId: 'room2' });
    expect(verdictOf(await publish(elsewhere, 's1', 'room2'))).toBe('1003028 streamDuplicate');
    expect(verdictOf(await publish(elsewhere, 's2', 'room2'))).toBe('ok');
    const { appId, secret } = await stage.server.importApp();
    const client = await stage.connect();
    const token = stage.seal({ appId, secret });
    const answer = await client.login({ appId, roomId: 'room1', userId: 'demo', token });
    expect(verdictOf(await publish({ client, answer }, 's1'))).toBe('ok');
  });
});

describe('a stream that ends', () => {
  const ends: readonly (readonly [string, string, (stage: Stage, own: Entered) => Promise<unknown>])[] = [
    [
      'an unpublish',
      '1',
      (_, { client }) => client.request('unpublish', { roomId: 'room1', streamId: 's1' }),
    ],
    ['a logout', '1', (_, { client }) => client.request('logout', { roomId: 'room1' })],
    [
      'a switch of rooms',
      '1',
      (stage, { client }) =>
        client.request('switchRoom', { roomId: 'room1', toRoomId: 'room2', token: stage.seal() }),
    ],
    [
      'a lost socket',
      '2',
      async (stage, own) => {
        await stage.cut(own);
        await stage.pass(101_000);
      },
    ],
    ['the same user elsewhere', '3', (stage) => stage.enter({ roomId: 'room2' })],
    [
      'a kick',
      '4',
      ({ server, app }) =>
        server.server.ownerDesk.kick(app.appId, { userId: 'demo' }, { name: 'owner of the test' }),
    ],
    ['a hard end', '4', (stage) => stage.pass(600_000)],
    [
      'a publisher that the plane has lost',
      '5',
      async ({ media }, { answer }) => media.loseStream(answer['session'].id, 's1'),
    ],
  ];
  it.each(ends)(
    '[RM3] by %s is deleted with reason %s, once, and its id is free',
    async (_by, reason, end) => {
      const { stage, other, own } = await openStreams({ expiry: 'hard' });
      await bringUp(stage, own);
      await end(stage, own);
      await stage.pass(1_500);
      expect(changesSeen(other.client, 'roomStreamUpdate')).toEqual(['add s1', `delete s1 ${reason}`]);
      expect(stage.media.connections(own.answer['session'].id)).toEqual([]);
      expect(verdictOf(await publish(other, 's1'))).toBe('ok');
    },
  );
});
