import { lapsedTable, type SessionAction } from '@roomkey/protocol';
import { describe, expect, it } from 'vitest';
import { type ActingLease, decideAction, decidePlane, decidePlay, decidePublish } from './decide-action.ts';
import type { Grants } from './decision.ts';
import { allGrants } from './testing/make-admission.ts';

const live: ActingLease = { grants: allGrants, endsAtMono: 1_000, lapsedAtMono: undefined };
const lapsed: ActingLease = { ...live, lapsedAtMono: 900 };

function withGrants(grants: Partial<Grants>): ActingLease {
  return { ...live, grants: { ...allGrants, ...grants } };
}

describe('what a lease allows', () => {
  it('[AD7] publishing needs the right, the stream on the list, and the media plane', () => {
    const cases: readonly [ActingLease, string][] = [
      [live, 'allowed'],
      [withGrants({ publish: false }), 'publishRefused'],
      [withGrants({ streams: ['s1', 's2'] }), 'allowed'],
      [withGrants({ streams: ['s2'] }), 'publishRefused'],
      [withGrants({ streams: [] }), 'publishRefused'],
      [withGrants({ planes: ['board'] }), 'wrongAudience'],
    ];
    for (const [lease, expected] of cases) {
      const decision = decidePublish(lease, 's1', 500);
      expect(decision.allowed ? 'allowed' : decision.error).toBe(expected);
      expect(decision.trace.some(({ verdict }) => verdict === 'fail')).toBe(expected !== 'allowed');
    }
  });

  it('[AD7] a plane outside the audience is refused there, media for plays too', () => {
    expect(decidePlane(live, 'recorder', 500)).toMatchObject({ error: 'wrongAudience' });
    expect(decidePlane(live, 'board', 500).allowed).toBe(true);
    expect(decidePlane(withGrants({ planes: ['recorder'] }), 'recorder', 500).allowed).toBe(true);
    expect(decidePlay(withGrants({ planes: ['files'] }), 500)).toMatchObject({ error: 'wrongAudience' });
    expect(decidePlay(withGrants({ publish: false }), 500).allowed).toBe(true);
  });

  it('[SE4] a lapsed lease refuses new publishing, plays and tickets', () => {
    expect(decidePublish(lapsed, 's1', 950)).toMatchObject({ error: 'publishRefused' });
    expect(decidePlay(lapsed, 950)).toMatchObject({ error: 'playRefused' });
    expect(decidePlane(lapsed, 'board', 950)).toMatchObject({ error: 'leaseLapsed' });
  });

  it.each(Object.keys(lapsedTable) as SessionAction[])(
    '[SE4] %s on a lapsed lease is as the table says',
    (action) => {
      const row = lapsedTable[action];
      const expected = row.verdict === 'allowed' ? 'allowed' : 'error' in row ? row.error : 'leaseLapsed';
      const decision = decideAction(lapsed, action, 950);
      expect(decision.allowed ? 'allowed' : decision.error).toBe(expected);
      expect(decideAction(live, action, 950).allowed).toBe(true);
    },
  );

  it('[SE5] a lease is over at its end, even before the sweep has seen it', () => {
    expect(decidePublish(live, 's1', 999).allowed).toBe(true);
    expect(decidePublish(live, 's1', 1_000)).toMatchObject({ error: 'publishRefused' });
  });
});
