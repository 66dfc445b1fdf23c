import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleConnection, sampleLease, sampleSession } from '#testing';
import type { Session } from './session.ts';
import {
  attachSocket,
  becomeAbsent,
  endSession,
  endSessionBy,
  lapseLease,
  loseSocket,
  markWarned,
  narrowLease,
  renewLease,
} from './transitions.ts';

const common = [
  'addressKey',
  'appId',
  'endByMono',
  'enteredAt',
  'fence',
  'lease',
  'platform',
  'product',
  'resumeWindowMs',
  'roomId',
  'roomSessionId',
  'sdkVersion',
  'sessionId',
  'state',
  'statusNotify',
  'userId',
  'userName',
  'warned',
];
const own = {
  present: ['connection'],
  detached: ['absentAtMono', 'connectionId', 'forgetAtMono', 'lostAtMono'],
  absent: ['connectionId', 'forgetAtMono'],
  gone: ['cause'],
} as const;

const verbs = ['lose', 'absent', 'attach', 'renew', 'narrow', 'lapse', 'warn', 'endBy', 'end'] as const;

/** The transition of this name where the state has it; the session itself where it has not. */
function apply(session: Session, verb: (typeof verbs)[number], now: number): Session {
  if (session.state === 'gone') return session;
  const grants = { ...session.lease.grants, publish: false };
  switch (verb) {
    case 'lose':
      return session.state === 'present' ? loseSocket(session, now - 5, now) : session;
    case 'absent':
      return session.state === 'detached' ? becomeAbsent(session) : session;
    case 'attach':
      return attachSocket(session, {
        connection: sampleConnection(`later ${now}`),
        fence: session.fence + 1,
        roomSessionId: 'life 2',
      });
    case 'renew':
      return renewLease(session, sampleLease(600_000, now, { generation: session.lease.generation + 1 }));
    case 'narrow':
      return narrowLease(session, grants);
    case 'lapse':
      return lapseLease(session, now, 60_000);
    case 'warn':
      return session.state === 'present' ? markWarned(session, 'warn', now) : session;
    case 'endBy':
      return endSessionBy(session, now + 1_000, { cause: 'rules', error: 'noToken' });
    case 'end':
      return endSession(session, { cause: 'kicked' });
  }
}

describe('transitions', () => {
  it('[SE1] whatever happens in whatever order, each state has its own fields and no others', () => {
    const property = fc.property(fc.array(fc.constantFrom(...verbs), { maxLength: 30 }), (steps) => {
      let session: Session = sampleSession('s', sampleLease(600_000, 0, { expiry: 'soft' }));
      for (const [now, verb] of steps.entries()) {
        const before = session;
        session = apply(session, verb, now);
        expect(Object.keys(session).sort()).toEqual([...common, ...own[session.state]].sort());
        expect(session.sessionId).toBe('s');
        // SE2: generation and fence only grow.
        expect(session.lease.generation).toBeGreaterThanOrEqual(before.lease.generation);
        expect(session.fence).toBeGreaterThanOrEqual(before.fence);
        if (before.state === 'gone') expect(session).toBe(before);
      }
    });
    fc.assert(property);
  });

  it('[SE1] nothing leads on from gone, even where the types were widened', () => {
    const gone = endSession(sampleSession('s', sampleLease(600_000, 0)), { cause: 'logout' });
    const widened = gone as never;
    const lease = sampleLease(1, 0, { generation: 9 });
    const attachment = { connection: sampleConnection('c'), fence: 9, roomSessionId: 'r' };
    const attempts = [
      () => loseSocket(widened, 0, 0),
      () => becomeAbsent(widened),
      () => attachSocket(widened, attachment),
      () => renewLease(widened, lease),
      () => narrowLease(widened, lease.grants),
      () => lapseLease(widened, 0, null),
      () => markWarned(widened, 'warn', 0),
      () => endSessionBy(widened, 0, { cause: 'kicked' }),
      () => endSession(widened, { cause: 'kicked' }),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(TypeError);
  });

  it('[SE2] a renewal needs a higher generation, clears the warning and an end set by rules', () => {
    const session = endSessionBy(sampleSession('s', sampleLease(60_000, 0)), 9, { cause: 'kicked' });
    const renewed = renewLease({ ...session, warned: 2 }, sampleLease(60_000, 5, { generation: 2 }));
    expect(renewed).toMatchObject({ warned: 0, endByMono: undefined, lease: { generation: 2 } });
    expect(() => renewLease(renewed, sampleLease(60_000, 5, { generation: 2 }))).toThrow(TypeError);
  });

  it('[SE4] a lapse grows the generation, so that claims made before it are void, and happens once', () => {
    const session = sampleSession('s', sampleLease(60_000, 0, { expiry: 'soft' }));
    const lapsed = lapseLease(session, 60_002, 1_000);
    expect(lapsed.lease).toMatchObject({ generation: 2, lapsedAtMono: 60_002, lapsedUntilMono: 61_000 });
    expect(lapseLease(lapsed, 60_500, 9_000)).toBe(lapsed);
    // It restores what a renewal restores.
    expect(
      renewLease(lapsed, sampleLease(60_000, 60_600, { generation: 3 })).lease.lapsedAtMono,
    ).toBeUndefined();
  });

  it('[SE10] narrowing keeps the end and the warnings', () => {
    const session = { ...sampleSession('s', sampleLease(60_000, 0)), warned: 1 as const };
    const narrowed = narrowLease(session, { ...session.lease.grants, publish: false });
    expect(narrowed).toMatchObject({ warned: 1, lease: { generation: 2, endsAtMono: 60_000 } });
    expect(narrowed.lease.grants.publish).toBe(false);
  });

  it('[SE7] a socket attaches under a higher fence only, and warnings are due anew', () => {
    const lost = loseSocket({ ...sampleSession('s', sampleLease(60_000, 0)), warned: 2 }, 0, 0);
    const attachment = { connection: sampleConnection('later'), fence: 2, roomSessionId: 'life 1' };
    expect(attachSocket(lost, attachment)).toMatchObject({ state: 'present', warned: 0, fence: 2 });
    expect(() => attachSocket(lost, { ...attachment, fence: 1 })).toThrow(TypeError);
  });

  it('[AD11] the earlier of two ends by rules stands', () => {
    const session = sampleSession('s', sampleLease(60_000, 0));
    const sooner = endSessionBy(session, 10, { cause: 'revoked', revocationId: 'r' });
    expect(endSessionBy(sooner, 20, { cause: 'kicked' })).toBe(sooner);
    expect(endSessionBy(sooner, 5, { cause: 'kicked' }).endByMono?.at).toBe(5);
  });
});
