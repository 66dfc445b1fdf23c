import { privilegePayload } from '@roomkey/token';
import { describe, expect, it } from 'vitest';
import { type Entered, eventsOf, Stage, verdictOf, type Wanted } from './stage.ts';

const publisher = privilegePayload({ login: true, publish: true });
const listener = privilegePayload({ login: true, publish: false });

/** Renews and says in short what came of it, with the lease that is in force after it. */
async function renewal(stage: Stage, { client, answer }: Entered, token: string, roomId = 'room1') {
  const said = await client.request('renew', { roomId, token });
  const session = [...stage.server.server.sessions()].find(
    ({ sessionId }) => sessionId === answer['session'].id,
  );
  const leftMs = session === undefined ? 0 : session.lease.endsAtMono - stage.clock.monoMs();
  return {
    verdict: verdictOf(said),
    unchanged: said['unchanged'] === true,
    generation: session?.lease.generation,
    leftSeconds: Math.round(leftMs / 1_000),
    said,
  };
}

describe('a renewal', () => {
  it('[WS6][AD9] gives a new lease in a higher generation, and a new resume ticket', async () => {
    const stage = await Stage.open();
    const entered = await stage.enter({ seconds: 100 });
    await stage.pass(10_000);
    const first = await renewal(stage, entered, stage.seal({ expiresInSeconds: 500 }));
    expect(first.said).toMatchObject({ t: 'ok', lease: { generation: 2, ttlMs: 500_000, method: 'token' } });
    expect(first.said['resumeTicket']).not.toBe(entered.answer['resumeTicket']);
    await stage.pass(1_000);
    // The owner's newest word may also shorten.
    const second = await renewal(stage, entered, stage.seal({ expiresInSeconds: 50 }));
    expect(second).toMatchObject({ verdict: 'ok', generation: 3, leftSeconds: 50 });
  });

  it('[AD9] with the identical token changes nothing and says so', async () => {
    const stage = await Stage.open();
    const token = stage.seal({ expiresInSeconds: 300 });
    const entered = await stage.enter({ token });
    await stage.pass(20_000);
    const same = await renewal(stage, entered, token);
    expect(same).toMatchObject({ verdict: 'ok', unchanged: true, generation: 1, leftSeconds: 280 });
    const other = await renewal(stage, entered, stage.seal({ expiresInSeconds: 300 }));
    expect(other).toMatchObject({ verdict: 'ok', unchanged: false, generation: 2, leftSeconds: 300 });
  });

  it('[AD9] that comes late or out of order never shortens a lease', async () => {
    const stage = await Stage.open();
    const entered = await stage.enter({ seconds: 600 });
    const tokens: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      await stage.pass(2_000);
      tokens.push(stage.seal({ expiresInSeconds: 900 }));
    }
    const [oldest = '', middle = '', newest = ''] = tokens;
    expect(await renewal(stage, entered, newest)).toMatchObject({ verdict: 'ok', leftSeconds: 900 });
    for (const late of [oldest, middle]) {
      expect(await renewal(stage, entered, late)).toMatchObject({
        verdict: '1002074 staleToken',
        generation: 2,
        leftSeconds: 900,
      });
    }
    expect(await renewal(stage, entered, newest)).toMatchObject({ unchanged: true, generation: 2 });
  });

  it('[AD9] by two issuers whose clocks are 3 s apart: the one behind counts where it takes nothing away', async () => {
    const stage = await Stage.open();
    const entered = await stage.enter({ token: stage.seal({ expiresInSeconds: 600, aheadSeconds: 2 }) });
    const by = (aheadSeconds: number, wanted: Wanted) => stage.seal({ ...wanted, aheadSeconds });
    // Both at the same instant, for as long: the second ends 3 s earlier.
    await stage.pass(60_000);
    expect(await renewal(stage, entered, by(2, { expiresInSeconds: 600 }))).toMatchObject({ generation: 2 });
    expect(await renewal(stage, entered, by(-1, { expiresInSeconds: 600 }))).toMatchObject({
      verdict: '1002074 staleToken',
      generation: 2,
      leftSeconds: 602,
    });
    // It is behind, but gives more time.
    expect(await renewal(stage, entered, by(-1, { expiresInSeconds: 700 }))).toMatchObject({
      verdict: 'ok',
      generation: 3,
      leftSeconds: 699,
    });
    // Ten seconds on, its token is newer than both: it may shorten.
    await stage.pass(10_000);
    expect(await renewal(stage, entered, by(-1, { expiresInSeconds: 600 }))).toMatchObject({
      verdict: 'ok',
      generation: 4,
      leftSeconds: 599,
    });
  });

  it('[AD9] by an issuer more than the skew behind is stale whatever it gives', async () => {
    const stage = await Stage.open();
    const entered = await stage.enter({ seconds: 600 });
    const within = stage.seal({ expiresInSeconds: 2_000, aheadSeconds: -60 });
    const beyond = stage.seal({ expiresInSeconds: 2_000, aheadSeconds: -61 });
    expect(await renewal(stage, entered, beyond)).toMatchObject({ verdict: '1002074 staleToken' });
    expect(await renewal(stage, entered, within)).toMatchObject({ verdict: 'ok', leftSeconds: 1_940 });
  });

  it('[AD9] is refused with its code, and the old lease stands', async () => {
    const stage = await Stage.open();
    const entered = await stage.enter({ seconds: 600 });
    await stage.pass(10_000);
    const refusals = [
      [stage.seal({ userId: 'other' }), 'room1', '1002077 tokenUser'],
      [stage.seal({ appId: 1_999_999_999 }), 'room1', '1002076 tokenApp'],
      [stage.seal({ aheadSeconds: -100, expiresInSeconds: 50 }), 'room1', '1002078 tokenExpired'],
      [stage.seal(), 'room2', '1002002 notInRoom'],
    ] as const;
    for (const [token, roomId, verdict] of refusals) {
      expect(await renewal(stage, entered, token, roomId)).toMatchObject({
        verdict,
        generation: 1,
        leftSeconds: 590,
      });
    }
    expect(await renewal(stage, entered, stage.seal())).toMatchObject({ verdict: 'ok', generation: 2 });
  });

  it('[AD9] that takes the right to publish from who publishes is 1002082; from who does not it counts', async () => {
    const stage = await Stage.open({ checkPublish: true });
    const entered = await stage.enter({ token: stage.seal({ payload: publisher, expiresInSeconds: 600 }) });
    const ask = (t: string) => entered.client.request(t, { roomId: 'room1', streamId: 's1', channel: 0 });
    const { ticket } = await ask('publish');
    expect(stage.media.dial(ticket.token, 1)).toMatchObject({ ok: true });
    await stage.pass(5_000);
    const narrower = stage.seal({ payload: listener });
    expect(await renewal(stage, entered, narrower)).toMatchObject({
      verdict: '1002082 renewLosesPublish',
      generation: 1,
      leftSeconds: 595,
    });
    expect(stage.media.connections(entered.answer['session'].id)).toHaveLength(1);
    expect(await ask('unpublish')).toMatchObject({ t: 'ok' });
    const counted = await renewal(stage, entered, narrower);
    expect(counted).toMatchObject({ verdict: 'ok', generation: 2 });
    expect(counted.said['lease'].grants).toMatchObject({ publish: false });
    expect(verdictOf(await ask('publish'))).toBe('1003072 publishRefused');
  });

  it('[AD9] outlives no kick: in the other room of its connection it still counts', async () => {
    const stage = await Stage.open();
    const first = await stage.enter();
    const second = await stage.enter({ client: first.client, roomId: 'room2' });
    await stage.pass(5_000);
    const token = stage.seal();
    await stage.server.server.ownerDesk.kick(stage.app.appId, { roomId: 'room1' }, { name: 'test' });
    expect((await renewal(stage, first, token)).verdict).toBe('1002002 notInRoom');
    expect(await renewal(stage, second, token, 'room2')).toMatchObject({ verdict: 'ok', generation: 2 });
    expect(eventsOf(first.client, 'kicked')).toMatchObject([{ roomId: 'room1', code: 1002055 }]);
    expect([...stage.server.server.sessions()].map(({ roomId }) => roomId)).toEqual(['room2']);
  });
});
