import { describe, expect, it } from 'vitest';
import { sampleLease, sampleSession } from '#testing';
import { createLease, mayDialAgain, renewAfterMs, toLeaseRecord, wireLease } from './lease.ts';
import { endSessionBy, lapseLease } from './transitions.ts';

const hourMs = 3_600_000;

describe('a lease', () => {
  it('[SE3a] ends on the monotonic clock, fixed when it is granted', () => {
    const lease = sampleLease(hourMs, 5_000);
    expect([lease.endsAtMono, lease.grantedMs]).toEqual([5_000 + hourMs, hourMs]);
    const over = createLease({
      decision: { ...admitted(), endsAt: 1_000 },
      credential: lease.credential,
      generation: 1,
      decidedAt: 2_000,
      monoNow: 7,
    });
    expect([over.endsAtMono, over.grantedMs]).toEqual([7, 0]);
  });

  it('[SE3][WS10] is told as a duration: 15 years fit, a lapsed one has none left, an end by rules is nearer', () => {
    const years = 15 * 365 * 24 * hourMs;
    expect(wireLease(sampleSession('s', sampleLease(years, 0)), 1_000).ttlMs).toBe(years - 1_000);
    const soft = sampleSession('s', sampleLease(hourMs, 0, { expiry: 'soft' }));
    expect(wireLease(lapseLease(soft, hourMs, null), hourMs)).toMatchObject({ ttlMs: 0, generation: 2 });
    const byRules = endSessionBy(soft, 60_000, { cause: 'rules', error: 'noToken' });
    expect(wireLease(byRules, 10_000).ttlMs).toBe(50_000);
    expect(wireLease(soft, 2 * hourMs)).not.toHaveProperty('renewAfterMs');
  });

  it('[SE8] renewals are spread in [ttl/2, ttl − 45 s], the same for the same session, none below 120 s', () => {
    for (let n = 0; n < 1_000; n++) {
      const after = renewAfterMs(`session ${n}`, hourMs);
      expect(after).toBeGreaterThanOrEqual(hourMs / 2);
      expect(after).toBeLessThanOrEqual(hourMs - 45_000);
      expect(renewAfterMs(`session ${n}`, hourMs)).toBe(after);
    }
    expect(renewAfterMs('s', 119_999)).toBeUndefined();
    expect(renewAfterMs('s', 120_000)).toBeGreaterThanOrEqual(60_000);
  });

  it.each([5 * 60_000, hourMs, 24 * hourMs])(
    '[SE8] 100 000 sessions started together renew at no more than 3 times the average rate (ttl %i ms)',
    (ttlMs) => {
      const peakToAverage = (nextAfter: (sessionId: string) => number): number => {
        const windows = new Map<number, number>();
        const windowMs = ttlMs / 100;
        for (let n = 0; n < 100_000; n++) {
          const window = Math.floor(nextAfter(`Zk3${n.toString(36)}p`) / windowMs);
          windows.set(window, (windows.get(window) ?? 0) + 1);
        }
        return Math.max(...windows.values()) / (100_000 / 100);
      };
      expect(peakToAverage((sessionId) => renewAfterMs(sessionId, ttlMs) ?? 0)).toBeLessThanOrEqual(3);
      // Control: everybody at the warning is far above it.
      expect(peakToAverage(() => ttlMs - 30_000)).toBe(100);
    },
  );

  it('[SE8] whoever missed the planned instant while away is spread anew over what is left', () => {
    const session = sampleSession('s', sampleLease(hourMs, 0));
    const planned = renewAfterMs('s', hourMs) ?? 0;
    expect(wireLease(session, 60_000).renewAfterMs).toBe(planned - 60_000);
    const late = wireLease(session, planned + 1);
    const left = hourMs - planned - 1;
    expect(late.renewAfterMs).toBe(renewAfterMs('s', left));
  });

  it('[CL5] its record says enough to end and to judge it elsewhere, and whether a token proved it (SE6a)', () => {
    const record = toLeaseRecord(sampleLease(hourMs, 0));
    expect(record).toMatchObject({
      generation: 1,
      lapsed: false,
      byToken: true,
      publish: true,
      streams: 'any',
    });
    expect(JSON.parse(record.credential)).toMatchObject({ expiry: 'hard', credential: { appSign: 'none' } });
    expect(toLeaseRecord(sampleLease(hourMs, 0, { method: 'appSign' })).byToken).toBe(false);
  });

  it('[SE4] a lapsed lease lets what ran be dialled again for 60 s after a cut', () => {
    const lapsed = lapseLease(
      sampleSession('s', sampleLease(hourMs, 0, { expiry: 'soft' })),
      hourMs,
      null,
    ).lease;
    expect(mayDialAgain(lapsed, hourMs + 1_000, hourMs + 61_000)).toBe(true);
    expect(mayDialAgain(lapsed, hourMs + 1_000, hourMs + 61_001)).toBe(false);
    expect(mayDialAgain(sampleLease(hourMs, 0), 0, hourMs)).toBe(true);
  });
});

function admitted() {
  return {
    allowed: true,
    method: 'token',
    keyId: undefined,
    grants: { login: true, publish: true, streams: 'any', planes: [] },
    endsAt: 0,
    expiry: 'hard',
    fellBack: false,
    capped: false,
    ruleOutcomes: { either: 'admitted', appSignFirst: 'admitted', both: 'admitted' },
    trace: [],
  } as const;
}
