import { describe, expect, it } from 'vitest';
import { sampleLease, sampleSession } from '#testing';
import { dueEndCause, nextDeadline } from './next-deadline.ts';
import { becomeAbsent, endSession, endSessionBy, lapseLease, loseSocket, markWarned } from './transitions.ts';

const ttlMs = 600_000;
const hard = () => sampleSession('s', sampleLease(ttlMs, 0));
const soft = () => sampleSession('s', sampleLease(ttlMs, 0, { expiry: 'soft' }));

describe('what is due next', () => {
  it('[SE3] a warning 30 s before the end, another at 10 s, then the end', () => {
    const session = hard();
    expect(nextDeadline(session)).toEqual({ at: ttlMs - 30_000, kind: 'warn' });
    const once = markWarned(session, 'warn', ttlMs - 30_000);
    expect(nextDeadline(once)).toEqual({ at: ttlMs - 10_000, kind: 'lastWarn' });
    const twice = markWarned(once, 'lastWarn', ttlMs - 10_000);
    expect(nextDeadline(twice)).toEqual({ at: ttlMs, kind: 'end' });
  });

  it('[SE3] with less than 30 s left the warning is due at once, with 10 s or less it is the only one', () => {
    const short = sampleSession('s', sampleLease(20_000, 0));
    expect(nextDeadline(short)).toEqual({ at: -10_000, kind: 'warn' });
    expect(nextDeadline(markWarned(short, 'warn', 0))).toEqual({ at: 10_000, kind: 'lastWarn' });
    const shorter = sampleSession('s', sampleLease(8_000, 0));
    expect(nextDeadline(markWarned(shorter, 'warn', 0))).toEqual({ at: 8_000, kind: 'end' });
  });

  it('[SE4] soft lapses and ends at its bound, or never; hard ends', () => {
    const warned = { ...soft(), warned: 2 as const };
    expect(nextDeadline(warned)).toEqual({ at: ttlMs, kind: 'lapse' });
    expect(nextDeadline(lapseLease(warned, ttlMs, 3_600_000))).toEqual({
      at: ttlMs + 3_600_000,
      kind: 'end',
    });
    expect(nextDeadline(lapseLease(warned, ttlMs, null))).toBeUndefined();
    expect(nextDeadline({ ...hard(), warned: 2 })).toEqual({ at: ttlMs, kind: 'end' });
  });

  it('[AD5a] an AppSign lease ends whatever the mode', () => {
    const session = sampleSession('s', sampleLease(ttlMs, 0, { expiry: 'soft', method: 'appSign' }));
    expect(nextDeadline({ ...session, warned: 2 })).toEqual({ at: ttlMs, kind: 'end' });
    expect(dueEndCause(session, ttlMs)).toEqual({ cause: 'appSignEnded' });
  });

  it('[AD5][AD11] an end by rules comes before the lease and is warned of', () => {
    const cause = { cause: 'rules', error: 'noToken' } as const;
    const session = endSessionBy(soft(), 100_000, cause);
    expect(nextDeadline(session)).toEqual({ at: 70_000, kind: 'warn' });
    expect(nextDeadline({ ...session, warned: 2 })).toEqual({ at: 100_000, kind: 'end' });
    expect(dueEndCause(session, 100_000)).toEqual(cause);
    expect(nextDeadline(endSessionBy(lapseLease(soft(), ttlMs, null), ttlMs + 5, cause))).toEqual({
      at: ttlMs + 5,
      kind: 'end',
    });
  });

  it('[SE1] a lost socket is absent 100 s after its last frame, forgotten at the end of its window', () => {
    const lost = loseSocket(hard(), 40_000, 50_000);
    expect(nextDeadline(lost)).toEqual({ at: 140_000, kind: 'absent' });
    const long = loseSocket(sampleSession('s', sampleLease(10 * ttlMs, 0)), 40_000, 50_000);
    expect(nextDeadline(becomeAbsent(long))).toEqual({ at: 50_000 + 1_200_000, kind: 'forget' });
    // The lease ends whether anybody is there or not.
    expect(nextDeadline(becomeAbsent(lost))).toEqual({ at: ttlMs, kind: 'end' });
  });

  it('[SE3] nothing is due for one that is gone, or whose lease has no end', () => {
    expect(nextDeadline(endSession(hard(), { cause: 'logout' }))).toBeUndefined();
    const lease = { ...sampleLease(ttlMs, 0), endsAtMono: Number.POSITIVE_INFINITY };
    expect(nextDeadline(sampleSession('s', lease))).toBeUndefined();
  });

  it('[SE4] says why an end is due', () => {
    expect(dueEndCause(hard(), ttlMs)).toEqual({ cause: 'leaseEnded' });
    expect(dueEndCause(lapseLease(soft(), ttlMs, 1), ttlMs + 1)).toEqual({ cause: 'lapsedTooLong' });
  });
});
