import { describe, expect, it } from 'vitest';
import { changesSeen, eventsOf, resumeOf, Stage, verdictOf } from './stage.ts';

describe('the same user elsewhere', () => {
  it('[SE6] displaces the earlier one with all its rooms, and that one cannot come back', async () => {
    const stage = await Stage.open();
    const watcher = await stage.enter({ userId: 'watcher', config: { isUserStatusNotify: true } });
    const first = await stage.enter();
    const second = await stage.enter({ client: first.client, roomId: 'room2' });
    const later = await stage.enter({ roomId: 'room3' });
    expect((await first.client.closed).code).toBe(4409);
    const kicks = eventsOf(first.client, 'kicked').sort((a, b) => a['roomId'].localeCompare(b['roomId']));
    expect(kicks).toMatchObject([
      { roomId: 'room1', code: 1002050, name: 'kickedElsewhere' },
      { roomId: 'room2', code: 1002050, name: 'kickedElsewhere' },
    ]);
    const back = await stage.connect();
    for (const { answer } of [first, second]) {
      expect(verdictOf(await back.request('resume', resumeOf(answer)))).toBe('1002086 userElsewhere');
    }
    // A fresh token in the same call is no way round it.
    const fresh = resumeOf(first.answer, { token: stage.seal() });
    expect(verdictOf(await back.request('resume', fresh))).toBe('1002086 userElsewhere');
    await stage.pass(1_000);
    expect(changesSeen(watcher.client, 'roomUserUpdate').at(-1)).toBe('delete demo');
    expect([later, watcher].map(({ answer }) => stage.stateOf(answer))).toEqual(['present', 'present']);
  });

  it('[SE6] displaces one that waits to be taken up again', async () => {
    const stage = await Stage.open();
    const first = await stage.enter();
    await stage.cut(first);
    await stage.enter();
    expect(stage.stateOf(first.answer)).toBe('gone');
    const back = await stage.connect();
    expect(verdictOf(await back.request('resume', resumeOf(first.answer)))).toBe('1002086 userElsewhere');
  });

  it('[SE6] the same id in another app is another user', async () => {
    const stage = await Stage.open();
    const first = await stage.enter();
    const app = await stage.server.importApp();
    const { appId, secret } = app;
    const client = await stage.connect();
    const token = stage.seal({ appId, secret });
    expect(await client.login({ appId, roomId: 'room1', userId: 'demo', token })).toMatchObject({ t: 'ok' });
    expect(stage.stateOf(first.answer)).toBe('present');
  });

  it('[SE6] with rejectNew the newcomer is refused, until the earlier one has left', async () => {
    const stage = await Stage.open({ sameUser: 'rejectNew' });
    const first = await stage.enter();
    expect(verdictOf((await stage.knock({ roomId: 'room2' })).answer)).toBe('1002086 userElsewhere');
    expect(stage.stateOf(first.answer)).toBe('present');
    await first.client.request('logout', { roomId: 'room1' });
    await stage.enter({ roomId: 'room2' });
  });

  it('[SE6a] by AppSign displaces no session of a token, whether live or to be taken up again', async () => {
    const stage = await Stage.open();
    const first = await stage.enter();
    expect(verdictOf((await stage.knock({ byAppSign: true })).answer)).toBe('1002086 userElsewhere');
    await stage.cut(first);
    expect(verdictOf((await stage.knock({ byAppSign: true })).answer)).toBe('1002086 userElsewhere');
    const back = await stage.connect();
    expect(await back.request('resume', resumeOf(first.answer))).toMatchObject({ t: 'ok' });
    // The control: a guest under another id enters, and gives way to a token.
    const guest = await stage.enter({ userId: 'guest', byAppSign: true });
    await stage.enter({ userId: 'guest' });
    expect(await guest.client.next('kicked')).toMatchObject({ code: 1002050 });
  });

  it('[SE6a] by AppSign displaces where the owner allows it', async () => {
    const stage = await Stage.open({ appSignDisplaces: true });
    const first = await stage.enter();
    await stage.enter({ byAppSign: true });
    expect(await first.client.next('kicked')).toMatchObject({ code: 1002050 });
  });
});

describe('several rooms on one connection', () => {
  it('[RM5][SE6] do not displace each other; a sixth, one twice and another user are refused', async () => {
    const stage = await Stage.open();
    const { client, ...first } = await stage.enter();
    const rooms = ['room2', 'room3', 'room4', 'room5'];
    const more = [];
    for (const roomId of rooms) more.push(await stage.enter({ client, roomId }));
    await stage.arrive();
    expect(eventsOf(client, 'kicked')).toEqual([]);
    expect([first, ...more].map(({ answer }) => stage.stateOf(answer))).toEqual(Array(5).fill('present'));
    expect(verdictOf((await stage.knock({ client, roomId: 'room6' })).answer)).toBe(
      '1002037 multiRoomCountExceeded',
    );
    // The control: with one room fewer it enters.
    await client.request('logout', { roomId: 'room5' });
    await stage.enter({ client, roomId: 'room6' });
    expect(verdictOf((await stage.knock({ client, roomId: 'room1' })).answer)).toBe(
      '1002001 roomCountExceeded',
    );
    expect(verdictOf((await stage.knock({ client, roomId: 'room7', userId: 'other' })).answer)).toBe(
      '1002018 multiRoomOtherUser',
    );
  });

  it('[RM5] one is switched for another in one step, and a refused switch leaves all as it was', async () => {
    const stage = await Stage.open();
    const here = await stage.enter({ userId: 'here', config: { isUserStatusNotify: true } });
    const there = await stage.enter({
      userId: 'there',
      roomId: 'room2',
      config: { isUserStatusNotify: true },
    });
    const { client, answer } = await stage.enter();
    const to = (token: string) => client.request('switchRoom', { roomId: 'room1', toRoomId: 'room2', token });
    expect(verdictOf(await to(stage.seal({ userId: 'other' })))).toBe('1002077 tokenUser');
    expect(stage.stateOf(answer)).toBe('present');
    const switched = await to(stage.seal());
    expect(switched).toMatchObject({ t: 'ok', room: { roomId: 'room2' }, lease: { generation: 1 } });
    expect(stage.stateOf(answer)).toBe('gone');
    await stage.pass(1_000);
    expect(changesSeen(here.client, 'roomUserUpdate').at(-1)).toBe('delete demo');
    expect(changesSeen(there.client, 'roomUserUpdate').at(-1)).toBe('add demo');
    expect(eventsOf(client, 'kicked')).toEqual([]);
    expect(verdictOf(await client.request('renew', { roomId: 'room1', token: stage.seal() }))).toBe(
      '1002002 notInRoom',
    );
    expect(await client.request('renew', { roomId: 'room2', token: stage.seal() })).toMatchObject({
      t: 'ok',
    });
  });
});
