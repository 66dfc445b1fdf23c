import { lapsedTable } from '@roomkey/protocol';
import { describe, expect, it } from 'vitest';
import { changesSeen, type Entered, eventsOf, resumeOf, Stage, verdictOf } from './stage.ts';

/** What a session asks for, by verb; `s1` is an own stream that runs, `theirs` one of another in the room. */
const bodies = {
  publish: { streamId: 's2', channel: 1 },
  play: { streamId: 'theirs' },
  planeTicket: { plane: 'board' },
  sendBroadcast: { message: 'hello' },
  sendBarrage: { message: 'hello' },
  sendCommand: { command: 'hello', toUserIds: ['other'] },
  setRoomExtraInfo: { key: 'k', value: 'v' },
  setStreamExtraInfo: { streamId: 's1', extraInfo: 'more' },
  switchRoom: { toRoomId: 'room2' },
} as const;
type Asked = keyof typeof bodies;
const asked = Object.keys(bodies) as Asked[];

const codes: Readonly<Record<string, number>> = {
  publishRefused: 1003072,
  playRefused: 1004003,
  leaseLapsed: 1002078,
};

async function publishes(stage: Stage, { client, answer }: Entered, streamId: string): Promise<void> {
  const { ticket } = await client.request('publish', { roomId: 'room1', streamId, channel: 0 });
  const dialled = stage.media.dial(ticket.token, answer['lease'].generation);
  if (!dialled.ok) throw new Error(`not dialled: ${dialled.error}`);
}

async function openRoom(stage: Stage, seconds = 60) {
  const other = await stage.enter({ userId: 'other', config: { isUserStatusNotify: true } });
  await publishes(stage, other, 'theirs');
  const own = await stage.enter({ seconds });
  await publishes(stage, own, 's1');
  return { other, own };
}

describe('the end of a soft lease', () => {
  it.each(asked)('[SE4] refuses %s as the table says, and a renewal gives it back', async (verb) => {
    const stage = await Stage.open({ expiry: 'soft' });
    const { own } = await openRoom(stage);
    const extra = verb === 'switchRoom' ? { token: stage.seal() } : {};
    const ask = () => own.client.request(verb, { roomId: 'room1', ...bodies[verb], ...extra });
    await stage.pass(60_000);
    expect(eventsOf(own.client, 'tokenExpired')).toEqual([
      { t: 'tokenExpired', roomId: 'room1', mode: 'soft' },
    ]);
    const { error } = lapsedTable[verb];
    expect(verdictOf(await ask())).toBe(`${codes[error]} ${error}`);
    await stage.pass(5_000);
    const renewed = await own.client.request('renew', { roomId: 'room1', token: stage.seal() });
    expect(renewed).toMatchObject({ t: 'ok', lease: { ttlMs: 3_600_000 } });
    expect(verdictOf(await ask())).toBe('ok');
  });

  it('[SE4] leaves the session in its room with what runs, and lets it stop and go', async () => {
    const stage = await Stage.open({ expiry: 'soft' });
    const { own, other } = await openRoom(stage);
    const { id } = own.answer['session'];
    await stage.pass(600_000);
    expect(stage.stateOf(own.answer)).toBe('present');
    expect(stage.media.sendPacket(id)).toBe(true);
    expect(stage.media.callsOf('stop')).toEqual([]);
    await other.client.request('sendBroadcast', { roomId: 'room1', message: 'to all' });
    await stage.pass(1_000);
    expect(JSON.stringify(eventsOf(own.client, 'room'))).toContain('to all');
    const ask = (t: string, body: object = {}) => own.client.request(t, { roomId: 'room1', ...body });
    for (const [verb, body] of [
      ['snapshot', {}],
      ['ping', {}],
      ['stopPlay', { streamId: 'theirs' }],
      ['unpublish', { streamId: 's1' }],
      ['logout', {}],
    ] as const) {
      expect(`${verb} ${verdictOf(await ask(verb, body))}`).toBe(`${verb} ok`);
    }
    expect(stage.stateOf(own.answer)).toBe('gone');
  });

  it('[SE4] voids a ticket that was not dialled before it', async () => {
    const stage = await Stage.open({ expiry: 'soft' });
    const { own } = await openRoom(stage);
    await stage.pass(55_000);
    const { ticket } = await own.client.request('publish', { roomId: 'room1', streamId: 's2', channel: 1 });
    await stage.pass(5_000);
    expect(stage.media.dial(ticket.token, 1)).toMatchObject({ ok: false, error: 'publishRefused' });
  });

  it('[SE4] ends the session when it has lapsed for as long as policy allows, not one that renewed', async () => {
    const stage = await Stage.open({ expiry: 'soft', softMaxSeconds: 100 });
    const { own, other } = await openRoom(stage);
    const renews = await stage.enter({ userId: 'renews', seconds: 60 });
    await stage.pass(70_000);
    const token = stage.seal({ userId: 'renews' });
    expect(await renews.client.request('renew', { roomId: 'room1', token })).toMatchObject({ t: 'ok' });
    await stage.pass(89_999);
    expect(stage.stateOf(own.answer)).toBe('present');
    await stage.pass(1);
    expect(await own.client.next('kicked')).toMatchObject({ code: 1002056 });
    expect((await own.client.closed).code).toBe(4410);
    await stage.pass(60_000);
    expect(stage.stateOf(renews.answer)).toBe('present');
    expect(changesSeen(other.client, 'roomStreamUpdate')).toContain('delete s1 4');
  });
});

describe('the end of a hard lease', () => {
  it('[SE4] is told to the client and once to the room, and the planes are stopped', async () => {
    const stage = await Stage.open({ expiry: 'hard' });
    const { own, other } = await openRoom(stage);
    const { id } = own.answer['session'];
    await stage.pass(59_999);
    expect(stage.media.sendPacket(id)).toBe(true);
    await stage.pass(1);
    expect((await own.client.closed).code).toBe(4410);
    expect(eventsOf(own.client, 'tokenExpired')).toMatchObject([{ mode: 'hard' }]);
    expect(eventsOf(own.client, 'kicked')).toEqual([
      { t: 'kicked', roomId: 'room1', code: 1002056, name: 'kickedTokenExpired' },
    ]);
    expect(stage.media.sendPacket(id)).toBe(false);
    expect(stage.media.callsOf('stop')).toMatchObject([
      { session: { sessionId: id }, cause: { cause: 'leaseEnded' } },
    ]);
    await stage.pass(130_000);
    expect(changesSeen(other.client, 'roomUserUpdate').filter((each) => each.startsWith('delete'))).toEqual([
      'delete demo',
    ]);
    expect(changesSeen(other.client, 'roomStreamUpdate').filter((each) => each.startsWith('delete'))).toEqual(
      ['delete s1 4'],
    );
    expect(stage.stateOf(other.answer)).toBe('present');
  });

  it('[SE4][SE7] is not undone by its resume ticket, with or without a fresh token; a fresh login enters', async () => {
    const stage = await Stage.open({ expiry: 'hard' });
    const own = await stage.enter({ seconds: 60 });
    await stage.pass(60_000);
    const back = await stage.connect();
    const token = stage.seal();
    for (const changes of [{}, { token }]) {
      expect(verdictOf(await back.request('resume', resumeOf(own.answer, changes)))).toBe(
        '1002053 resumeUnknown',
      );
    }
    await stage.enter({ client: back, token });
  });

  it('[SE4] comes to a session whose socket is lost too', async () => {
    const stage = await Stage.open({ expiry: 'hard' });
    const { own, other } = await openRoom(stage);
    await stage.pass(30_000);
    await stage.cut(own);
    await stage.pass(29_999);
    expect(stage.stateOf(own.answer)).toBe('detached');
    await stage.pass(1);
    expect(stage.stateOf(own.answer)).toBe('gone');
    await stage.pass(500);
    expect(changesSeen(other.client, 'roomStreamUpdate')).toContain('delete s1 4');
  });

  it('[SE4] of one room leaves the other rooms of the connection', async () => {
    const stage = await Stage.open({ expiry: 'hard' });
    const first = await stage.enter({ seconds: 60 });
    const second = await stage.enter({ client: first.client, roomId: 'room2' });
    await stage.pass(61_000);
    expect(eventsOf(first.client, 'kicked')).toMatchObject([{ roomId: 'room1', code: 1002056 }]);
    expect(stage.stateOf(second.answer)).toBe('present');
    expect(await first.client.request('snapshot', { roomId: 'room2' })).toMatchObject({ t: 'ok' });
  });
});
