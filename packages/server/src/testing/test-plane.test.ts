import { describe, expect, it } from 'vitest';
import type { LeaseDesk } from '#planes';
import { TestPlane } from './test-plane.ts';

const session = { sessionId: 's1', appId: 7, roomId: 'lobby', userId: 'ann' };
const purpose = { kind: 'publish', streamId: 'x' } as const;

function dialling(admits: () => boolean = () => true) {
  const plane = new TestPlane();
  const told: string[] = [];
  const desk: LeaseDesk = {
    admitDial: (asked, what, leaseGeneration) =>
      admits()
        ? { ok: true, session: asked, purpose: what, leaseGeneration }
        : { ok: false, error: 'publishRefused', again: false },
    stillAdmitted: () => true,
    streamUp: (sessionId, streamId) => told.push(`${sessionId} up ${streamId}`),
    streamDown: (sessionId, streamId) => told.push(`${sessionId} down ${streamId}`),
  };
  plane.useDesk(desk);
  return { plane, told };
}

describe('TestPlane', () => {
  it('[RM3][PL1] dials by its desk, reports the stream up, and passes packets until it is stopped', async () => {
    const { plane, told } = dialling();
    expect(plane.sendPacket('s1')).toBe(false);
    const ticket = await plane.open(session, purpose);
    expect(plane.dial(ticket?.token ?? '', 1)).toMatchObject({ ok: true });
    expect(plane.dial(ticket?.token ?? '', 1)).toMatchObject({ ok: false });
    expect([told, plane.sendPacket('s1'), plane.packets('s1')]).toEqual([['s1 up x'], true, 1]);
    await plane.stop(session, { cause: 'leaseEnded' });
    expect([plane.sendPacket('s1'), plane.packets('s1')]).toEqual([false, 1]);
    expect(plane.callsOf('stop')).toMatchObject([{ cause: { cause: 'leaseEnded' } }]);
  });

  it('[PL1] the desk is asked twice, so an end between dial and join is seen', async () => {
    let left = 1;
    const { plane } = dialling(() => left-- > 0);
    const ticket = await plane.open(session, purpose);
    expect(plane.dial(ticket?.token ?? '', 1)).toMatchObject({ ok: false, error: 'publishRefused' });
  });

  it('[PL3] can refuse or hang, and goes on when it is let go', async () => {
    const { plane, told } = dialling();
    plane.dial((await plane.open(session, purpose))?.token ?? '', 1);
    plane.temper = 'refuses';
    await expect(plane.stop(session, { cause: 'kicked' })).rejects.toThrow('refuses');
    plane.temper = 'hangs';
    let stopped = false;
    const stopping = plane.stop(session, { cause: 'kicked' }).then(() => {
      stopped = true;
    });
    await Promise.resolve();
    expect([stopped, plane.sendPacket('s1')]).toEqual([false, true]);
    plane.letGo();
    await stopping;
    expect(plane.sendPacket('s1')).toBe(false);
    plane.dial((await plane.open(session, purpose))?.token ?? '', 1);
    plane.loseStream('s1', 'x');
    expect(told.at(-1)).toBe('s1 down x');
    plane.dial((await plane.open(session, purpose))?.token ?? '', 1);
    expect(await plane.reconcile(() => false)).toEqual(['s1']);
  });
});
