import { sealFixed } from '@roomkey/token/testing';
import { describe, expect, it } from 'vitest';
import { eventsOf, Stage } from './stage.ts';

const warnings = (client: Parameters<typeof eventsOf>[0]): number[] =>
  eventsOf(client, 'tokenWillExpire').map((frame) => frame['remainTimeInSecond']);

describe('the warning before the end of a lease', () => {
  it('[SE3][WS8] comes 30 s before the end, again at 10 s, and says how long is left', async () => {
    const stage = await Stage.open();
    const { client } = await stage.enter({ seconds: 200 });
    await stage.pass(169_999);
    expect(warnings(client)).toEqual([]);
    await stage.pass(1);
    expect(eventsOf(client, 'tokenWillExpire')).toEqual([
      { t: 'tokenWillExpire', roomId: 'room1', remainTimeInSecond: 30, ttlMs: 30_000 },
    ]);
    await stage.pass(19_999);
    expect(warnings(client)).toEqual([30]);
    await stage.pass(1);
    expect(warnings(client)).toEqual([30, 10]);
    await stage.pass(9_000);
    expect(warnings(client)).toEqual([30, 10]);
  });

  it.each([
    [25, [25], [25, 10]],
    [8, [8], [8]],
  ])('[SE3] comes at once when %i s are left', async (seconds, atOnce, later) => {
    const stage = await Stage.open();
    const { client } = await stage.enter({ seconds });
    await stage.pass(1);
    expect(warnings(client)).toEqual(atOnce);
    await stage.pass(seconds * 1_000 - 1_000);
    expect(warnings(client)).toEqual(later);
  });

  it('[SE3][WS6] a renewal takes it back, and the new end has warnings of its own', async () => {
    const stage = await Stage.open();
    const { client } = await stage.enter({ seconds: 100 });
    await stage.pass(71_000);
    expect(warnings(client)).toEqual([30]);
    const token = stage.seal({ expiresInSeconds: 120 });
    expect(await client.request('renew', { roomId: 'room1', token })).toMatchObject({ t: 'ok' });
    await stage.pass(89_999);
    expect(warnings(client)).toEqual([30]);
    expect(eventsOf(client, 'tokenExpired')).toEqual([]);
    await stage.pass(20_001);
    expect(warnings(client)).toEqual([30, 30, 10]);
  });

  it('[SE3] is for each room by itself on one connection', async () => {
    const stage = await Stage.open();
    const { client } = await stage.enter({ seconds: 100 });
    await stage.enter({ client, roomId: 'room2', seconds: 300 });
    await stage.pass(80_000);
    expect(eventsOf(client, 'tokenWillExpire').map((frame) => frame['roomId'])).toEqual(['room1']);
  });

  it.each([
    ['30 days', 30 * 86_400],
    ['15 years', 15 * 365 * 86_400],
  ])('[SE3] a lease of %s is neither warned of nor over at once', async (_long, seconds) => {
    const stage = await Stage.open({ expiry: 'hard' });
    const { appId, secret } = stage.app;
    const nowSeconds = Math.floor(stage.clock.wallMs() / 1_000);
    const token = sealFixed({
      format: '04-gcm',
      appId,
      userId: 'demo',
      key: secret,
      seconds,
      iv: new Uint8Array(12),
      nonce: '7',
      nowSeconds,
    });
    const long = await stage.enter({ token });
    const short = await stage.enter({ userId: 'short', seconds: 100 });
    expect(long.answer['lease'].ttlMs).toBe(seconds * 1_000);
    await stage.pass(200_000);
    expect(warnings(long.client)).toEqual([]);
    expect(stage.stateOf(long.answer)).toBe('present');
    // The control: the same passing of time ends who has less.
    expect(stage.stateOf(short.answer)).toBe('gone');
  });

  it('[SE3] a day passes, and the lease ends to the millisecond, warned of in time', async () => {
    const stage = await Stage.open({ expiry: 'hard' });
    const seconds = 86_400;
    const entered = await stage.enter({ seconds });
    await stage.pass(seconds * 1_000 - 30_001);
    expect(warnings(entered.client)).toEqual([]);
    await stage.pass(30_000);
    expect(warnings(entered.client)).toEqual([30, 10]);
    expect(stage.stateOf(entered.answer)).toBe('present');
    await stage.pass(1);
    expect((await entered.client.closed).code).toBe(4410);
  });
});

describe('a step of the wall clock', () => {
  it.each([4, -4, 6, -6])('[SE3a] of %i min ends nobody early and keeps nobody late', async (minutes) => {
    const stage = await Stage.open({ expiry: 'hard' });
    const entered = await stage.enter({ seconds: 600 });
    await stage.pass(60_000);
    stage.clock.stepWall(minutes * 60_000);
    await stage.pass(509_999);
    expect(warnings(entered.client)).toEqual([]);
    await stage.pass(1);
    expect(warnings(entered.client)).toEqual([30]);
    await stage.pass(29_999);
    expect(stage.stateOf(entered.answer)).toBe('present');
    await stage.pass(1);
    expect(stage.stateOf(entered.answer)).toBe('gone');
    expect(await entered.client.next('kicked')).toMatchObject({ code: 1002056 });
  });

  it('[SE3a] backwards by 4 min is waited out: a token that had run out does not come to life', async () => {
    const stage = await Stage.open();
    const token = stage.seal({ expiresInSeconds: 100 });
    await stage.enter({ token });
    await stage.pass(101_000);
    expect((await stage.knock({ token })).answer).toMatchObject({ name: 'tokenExpired' });
    stage.clock.stepWall(-4 * 60_000);
    expect((await stage.knock({ token })).answer).toMatchObject({ name: 'tokenExpired' });
    await stage.enter({ token: stage.seal({ expiresInSeconds: 3_600 }) });
  });
});
