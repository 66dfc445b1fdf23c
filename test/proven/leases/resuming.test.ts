import type { TestFrame } from '@roomkey/server/testing';
import { describe, expect, it } from 'vitest';
import { changesSeen, eventsOf, resumeOf, Stage, verdictOf } from './stage.ts';

const messagesOf = (events: readonly TestFrame[]): string[] =>
  events.flatMap((event) => (event['messages'] ?? []).map(({ message }: { message: string }) => message));

async function openRoom(stage: Stage, seconds = 3_600) {
  const other = await stage.enter({ userId: 'other', config: { isUserStatusNotify: true } });
  const own = await stage.enter({ seconds });
  await stage.pass(1_000);
  return { other, own };
}

describe('a session whose socket was cut', () => {
  it('[SE7][WS7] is taken up again with all that it missed, in order, and the commands kept for it', async () => {
    const stage = await Stage.open();
    const { other, own } = await openRoom(stage);
    await stage.cut(own);
    const ask = (t: string, body: object) => other.client.request(t, { roomId: 'room1', ...body });
    const sent = ['one', 'two', 'three', 'four'];
    for (const message of sent) {
      expect(await ask('sendBroadcast', { message })).toMatchObject({ t: 'ok' });
      expect(await ask('sendCommand', { command: `to ${message}`, toUserIds: ['demo'] })).toMatchObject({
        t: 'ok',
      });
      await stage.pass(1_000);
    }
    const client = await stage.connect();
    const resumed = await client.request('resume', resumeOf(own.answer));
    expect(resumed).toMatchObject({
      t: 'ok',
      session: own.answer['session'],
      lease: { generation: 1, ttlMs: 3_595_000 },
    });
    const { from, to, events } = resumed['missed'];
    expect([from, to - from + 1]).toEqual([own.answer['room'].seq + 1, sent.length]);
    expect(messagesOf(events)).toEqual(sent);
    await stage.arrive();
    expect(eventsOf(client, 'command').map((frame) => frame['command'])).toEqual(
      sent.map((message) => `to ${message}`),
    );
    // What comes now joins on without a gap, and the room never saw a leave.
    await ask('sendBroadcast', { message: 'five' });
    expect(await client.next('room')).toMatchObject({ from: to + 1, to: to + 1 });
    expect(changesSeen(other.client, 'roomUserUpdate')).not.toContain('delete demo');
  });

  it('[SE7][WS13] whose lease has lapsed comes back only with a fresh token in the same call', async () => {
    const stage = await Stage.open({ expiry: 'soft' });
    const { own } = await openRoom(stage, 60);
    await stage.cut(own);
    await stage.pass(60_000);
    const client = await stage.connect();
    const ask = (changes: object) => client.request('resume', resumeOf(own.answer, changes));
    expect(verdictOf(await ask({}))).toBe('1002078 tokenExpired');
    expect(verdictOf(await ask({ token: stage.seal({ userId: 'other' }) }))).toBe('1002077 tokenUser');
    // Refused, it waits on as it was.
    expect(stage.stateOf(own.answer)).toBe('detached');
    const resumed = await ask({ token: stage.seal() });
    expect(resumed).toMatchObject({ t: 'ok', lease: { ttlMs: 3_600_000 } });
    expect(resumed['lease'].generation).toBeGreaterThan(1);
    expect(await client.request('sendBroadcast', { roomId: 'room1', message: 'back' })).toMatchObject({
      t: 'ok',
    });
  });

  it('[SE7][SE3] is warned anew where it comes back shortly before its end', async () => {
    const stage = await Stage.open();
    const { own } = await openRoom(stage, 100);
    await stage.pass(72_000);
    expect(eventsOf(own.client, 'tokenWillExpire')).toHaveLength(1);
    await stage.cut(own);
    await stage.pass(5_000);
    const client = await stage.connect();
    expect(await client.request('resume', resumeOf(own.answer))).toMatchObject({ t: 'ok' });
    await stage.pass(1);
    expect(eventsOf(client, 'tokenWillExpire')).toMatchObject([{ remainTimeInSecond: 22 }]);
  });

  it('[SE7] is judged by the rules of today, not by those it entered under', async () => {
    const stage = await Stage.open();
    const guest = await stage.enter({ userId: 'guest', byAppSign: true });
    const holder = await stage.enter();
    await stage.cut(guest);
    await stage.cut(holder);
    await stage.server.setPolicy(stage.app.appId, { forced: true, onForce: { mode: 'end' } });
    const [one, two] = [await stage.connect(), await stage.connect()];
    expect(await one.request('resume', resumeOf(guest.answer))).toMatchObject({ t: 'error' });
    expect(await two.request('resume', resumeOf(holder.answer))).toMatchObject({ t: 'ok' });
  });

  it('[SE7][SE1] leaves the room 100 s after its last frame, with its streams, and may still come back', async () => {
    const stage = await Stage.open();
    const { other, own } = await openRoom(stage);
    const { ticket } = await own.client.request('publish', { roomId: 'room1', streamId: 's1', channel: 0 });
    expect(stage.media.dial(ticket.token, 1)).toMatchObject({ ok: true });
    const { id } = own.answer['session'];
    await stage.cut(own);
    await stage.pass(99_000);
    expect(stage.stateOf(own.answer)).toBe('detached');
    expect(stage.media.sendPacket(id)).toBe(true);
    await stage.pass(2_000);
    expect(stage.stateOf(own.answer)).toBe('absent');
    expect(stage.media.sendPacket(id)).toBe(false);
    await stage.pass(500);
    expect(changesSeen(other.client, 'roomUserUpdate').slice(-2)).toEqual(['add demo', 'delete demo']);
    expect(changesSeen(other.client, 'roomStreamUpdate')).toEqual(['add s1', 'delete s1 2']);
    const client = await stage.connect();
    expect(await client.request('resume', resumeOf(own.answer))).toMatchObject({ t: 'ok' });
    await stage.pass(500);
    expect(changesSeen(other.client, 'roomUserUpdate').at(-1)).toBe('add demo');
    expect(stage.stateOf(own.answer)).toBe('present');
  });

  it.each([
    ['linux', 20],
    ['web', 5],
  ])('[SE7] may come back on %s for %i min, then it is unknown', async (platform, minutes) => {
    const stage = await Stage.open();
    const early = await stage.enter({ platform });
    const late = await stage.enter({ userId: 'late', platform });
    for (const entered of [early, late]) await stage.cut(entered);
    await stage.pass(minutes * 60_000 - 1_000);
    const client = await stage.connect(platform);
    expect(verdictOf(await client.request('resume', resumeOf(early.answer)))).toBe('ok');
    await stage.pass(1_001);
    const unknown = await client.request('resume', resumeOf(late.answer));
    expect(verdictOf(unknown)).toBe('1002053 resumeUnknown');
  });

  it('[SE7] that is silent for 100 s is taken for lost, with its socket', async () => {
    const stage = await Stage.open();
    const silent = await stage.enter();
    await stage.clock.advance(101_000);
    expect((await silent.client.closed).code).toBe(4408);
    const client = await stage.connect();
    expect(await client.request('resume', resumeOf(silent.answer))).toMatchObject({ t: 'ok' });
  });
});

describe('resume tickets', () => {
  it('[SE7] take a session from a socket that is only half open, and the room sees nothing of it', async () => {
    const stage = await Stage.open();
    const { other, own } = await openRoom(stage);
    const client = await stage.connect();
    expect(await client.request('resume', resumeOf(own.answer))).toMatchObject({ t: 'ok' });
    expect((await own.client.closed).code).toBe(4409);
    await stage.pass(120_000);
    expect(stage.stateOf(own.answer)).toBe('present');
    expect(changesSeen(other.client, 'roomUserUpdate')).not.toContain('delete demo');
  });

  it('[SE7a] rotate with every renewal; the one before is good for 60 s while the new one is not used', async () => {
    const stage = await Stage.open();
    const own = await stage.enter();
    await stage.pass(5_000);
    const renewed = await own.client.request('renew', { roomId: 'room1', token: stage.seal() });
    expect(renewed['resumeTicket']).not.toBe(own.answer['resumeTicket']);
    await stage.cut(own);
    await stage.pass(58_000);
    const client = await stage.connect();
    expect(await client.request('resume', resumeOf(own.answer))).toMatchObject({ t: 'ok' });
  });

  it('[SE7a] that are older end the session, for whoever holds it: 1002057, 4411', async () => {
    const stage = await Stage.open();
    const { other, own } = await openRoom(stage);
    const holder = await stage.connect();
    const resumed = await holder.request('resume', resumeOf(own.answer));
    await stage.pass(61_000);
    const thief = await stage.connect();
    expect(verdictOf(await thief.request('resume', resumeOf(own.answer)))).toBe('1002057 resumeTicketReused');
    expect((await holder.closed).code).toBe(4411);
    expect(eventsOf(holder, 'kicked')).toMatchObject([{ code: 1002057, name: 'resumeTicketReused' }]);
    expect(stage.stateOf(own.answer)).toBe('gone');
    // Not even the newest of them brings it back.
    const newest = resumeOf(own.answer, { ticket: resumed['resumeTicket'] });
    expect(await thief.request('resume', newest)).toMatchObject({ t: 'error', name: 'resumeUnknown' });
    await stage.pass(500);
    expect(changesSeen(other.client, 'roomUserUpdate').at(-1)).toBe('delete demo');
  });

  it('[SE7a] that nobody ever issued change nothing', async () => {
    const stage = await Stage.open();
    const own = await stage.enter();
    const thief = await stage.connect();
    for (const ticket of ['x'.repeat(43), '', `${own.answer['resumeTicket']}x`]) {
      expect(verdictOf(await thief.request('resume', resumeOf(own.answer, { ticket })))).toBe(
        '1002053 resumeUnknown',
      );
    }
    expect(stage.stateOf(own.answer)).toBe('present');
    expect(await thief.request('resume', resumeOf(own.answer))).toMatchObject({ t: 'ok' });
  });
});
