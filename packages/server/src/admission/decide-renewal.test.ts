import { privilegePayload } from '@roomkey/token';
import { sealFixed } from '@roomkey/token/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRenewal, type RenewalDecision } from './decide-renewal.ts';
import type { VerifiedCredential } from './decision.ts';
import { areGrantsWithin } from './grants.ts';
import type { SessionView } from './session-view.ts';
import {
  createSealer,
  makeProof,
  makeRevocation,
  makeRules,
  makeSession,
  now,
  nowSeconds,
  otherSecret,
  type TokenWish,
  verify,
} from './testing/make-admission.ts';

const seal = createSealer(sealFixed);
const checked = { checkLogin: true, checkPublish: true } as const;
const current = { ctime: nowSeconds - 60, seconds: 3_660 };

function payload(over: Partial<Parameters<typeof privilegePayload>[0]> = {}): { payload: string } {
  return { payload: privilegePayload({ login: true, publish: true, ...over }) };
}

function sessionOf(wish: TokenWish, over: Parameters<typeof makeSession>[1] = {}): SessionView {
  return makeSession(verify({ token: seal(wish) }), over);
}

const session = sessionOf(current);

function renew(
  wish: TokenWish,
  of: SessionView = session,
  rules: ReturnType<typeof makeRules> = makeRules(),
): RenewalDecision {
  return decideRenewal(rules, verify({ token: seal(wish) }), of, now);
}

/** The session after a renewal: what the caller does with a decision. */
function apply(decision: RenewalDecision, to: SessionView): SessionView {
  if (!decision.allowed || decision.unchanged) return to;
  const { method, grants, endsAt, credential } = decision;
  return { ...to, lease: { ...to.lease, method, grants, endsAt, credential, lapsedAtMono: undefined } };
}

describe('renewal', () => {
  it('[AD9] a newer token replaces the lease, even by a shorter or narrower one', () => {
    const longer = renew({ ctime: nowSeconds, seconds: 7_200 });
    expect(longer).toMatchObject({
      allowed: true,
      unchanged: false,
      method: 'token',
      endsAt: now + 7_200_000,
    });
    const narrower = renew(
      { ctime: nowSeconds, seconds: 60, ...payload({ publish: false }) },
      session,
      makeRules(checked),
    );
    expect(narrower).toMatchObject({ allowed: true, endsAt: now + 60_000, grants: { publish: false } });
  });

  const refusals: readonly [string, TokenWish, string][] = [
    ['of another user', { ctime: nowSeconds, userId: 'bob' }, 'tokenUser'],
    ['of another app', { ctime: nowSeconds, appId: 7 }, 'tokenApp'],
    ['of another room', { ctime: nowSeconds, format: '03-cbc', roomId: 'room-2' }, 'otherRoom'],
    ['that does not open', { ctime: nowSeconds, key: otherSecret }, 'tokenUnopened'],
    ['that has expired', { ctime: nowSeconds - 120, seconds: 60 }, 'tokenExpired'],
  ];
  it.each(refusals)('[AD9] a renewal is a full admission: a token %s is refused', (_, wish, error) => {
    expect(renew(wish)).toMatchObject({ allowed: false, error });
    expect(renew({ ctime: nowSeconds }).allowed).toBe(true);
  });

  it('[AD9] never outlives a revocation or a forbid rule', () => {
    const revocations = [makeRevocation({ kind: 'user', userId: 'alice' })];
    const old = { ctime: nowSeconds - 1, seconds: 7_200 };
    expect(renew(old, session, makeRules({}, { revocations }))).toMatchObject({ error: 'revoked' });
    expect(renew(old, session, makeRules({}, { forbidden: 'alice' }))).toMatchObject({
      error: 'userForbidden',
    });
    expect(renew(old).allowed).toBe(true);
  });

  it('[AD9] needs a token, and a proof is worth nothing in it', () => {
    const proof = verify({ appSignProof: makeProof() });
    expect(decideRenewal(makeRules(), proof, session, now)).toMatchObject({ error: 'noToken' });
  });

  it('[AD9] while publishing, a token without the right for every running stream is refused', () => {
    const publishing = sessionOf(current, { streams: ['s1', 's2'] });
    const rules = makeRules(checked);
    const lost = [payload({ publish: false }), payload({ streamIds: ['s1'] })];
    for (const less of lost) {
      expect(renew({ ctime: nowSeconds, ...less }, publishing, rules)).toMatchObject({
        error: 'renewLosesPublish',
      });
      expect(renew({ ctime: nowSeconds, ...less }, session, rules).allowed).toBe(true);
    }
    const enough = { ctime: nowSeconds, ...payload({ streamIds: ['s2', 's1'] }) };
    expect(renew(enough, publishing, rules).allowed).toBe(true);
  });

  it('[AD9] the identical token with the same grants passes every check and changes nothing', () => {
    expect(renew(current)).toMatchObject({ allowed: true, unchanged: true });
    const revocations = [makeRevocation({ kind: 'user', userId: 'alice' })];
    expect(renew(current, session, makeRules({}, { revocations }))).toMatchObject({ error: 'revoked' });
    expect(renew({ ...current, nonce: '8' })).toMatchObject({ allowed: true, unchanged: false });
  });

  it('[AD9] the identical token whose grants the rules have narrowed is no no-op', () => {
    const wish = { ...current, ...payload({ publish: false }) };
    expect(renew(wish, sessionOf(wish), makeRules(checked))).toMatchObject({
      unchanged: false,
      grants: { publish: false },
    });
    // The other way round the same token would widen the lease: only a newer one may.
    const narrow = sessionOf(wish, { lease: { grants: { ...session.lease.grants, publish: false } } });
    expect(renew(wish, narrow)).toMatchObject({ error: 'staleToken' });
  });

  it('[AD9] a token that is older by more than the skew is stale, whatever it grants', () => {
    const ends = { seconds: 9_000 };
    expect(renew({ ctime: current.ctime - 61, ...ends })).toMatchObject({ error: 'staleToken' });
    expect(renew({ ctime: current.ctime - 60, ...ends })).toMatchObject({ allowed: true });
    const tight = makeRules({ renewSkewSeconds: 10 });
    expect(renew({ ctime: current.ctime - 60, ...ends }, session, tight)).toMatchObject({
      error: 'staleToken',
    });
  });

  it('[AD9] within the skew it counts only if it ends no earlier and grants no more', () => {
    const older = { ctime: current.ctime - 3 };
    const end = session.lease.endsAt / 1000;
    expect(renew({ ...older, seconds: end - older.ctime - 1 })).toMatchObject({ error: 'staleToken' });
    expect(renew({ ...older, seconds: end - older.ctime })).toMatchObject({ allowed: true });
    const narrow = {
      ...session,
      lease: { ...session.lease, grants: { ...session.lease.grants, publish: false } },
    };
    expect(renew({ ...older, seconds: 9_000 }, narrow)).toMatchObject({ error: 'staleToken' });
  });

  it('[AD9] two issuers 3 s apart renew in turn without a refusal', () => {
    let running = session;
    for (const [second, lag] of [
      [30, 0],
      [60, 3],
      [90, 0],
      [120, 3],
    ] as const) {
      const at = now + second * 1000;
      const token = seal({ ctime: nowSeconds + second - lag, seconds: 3_600 });
      const decision = decideRenewal(makeRules(), verify({ token }), running, at);
      expect(decision).toMatchObject({ allowed: true, unchanged: false });
      running = apply(decision, running);
    }
    expect(running.lease.endsAt).toBe(now + (120 - 3 + 3_600) * 1000);
  });

  it('[AD9] a chain of ever older tokens within the skew does not make a stale one look new', () => {
    const older = apply(renew({ ctime: current.ctime - 40, seconds: 9_000 }), session);
    expect(older.lease.endsAt).toBeGreaterThan(session.lease.endsAt);
    // Newer than the current token, older than the newest one that was shown: it may not shorten.
    expect(renew({ ctime: current.ctime - 20, seconds: 600 }, older)).toMatchObject({ error: 'staleToken' });
    expect(renew({ ctime: current.ctime - 80, seconds: 9_999 }, older)).toMatchObject({
      error: 'staleToken',
    });
  });

  it('[AD9] a soft lapse is restored', () => {
    const lapsed = sessionOf(
      { ctime: nowSeconds - 3_600, seconds: 3_000 },
      {
        lease: { endsAt: now - 600_000, endsAtMono: -600_000, lapsedAtMono: -600_000 },
      },
    );
    expect(renew({ ctime: nowSeconds }, lapsed)).toMatchObject({ allowed: true, endsAt: now + 3_600_000 });
  });

  it('[AD5a] a session that AppSign admitted renews with any good token and rests on it from then on', () => {
    const verified = verify({ appSignProof: makeProof() });
    const guest = makeSession(verified, { lease: { method: 'appSign' } });
    const decision = renew({ ctime: nowSeconds - 3_000 }, guest);
    expect(decision).toMatchObject({ allowed: true, method: 'token', credential: { appSign: 'none' } });
    const both = makeSession({ ...session.lease.credential, appSign: 'ok' }, { lease: { method: 'both' } });
    expect(renew({ ctime: nowSeconds }, both)).toMatchObject({
      method: 'both',
      credential: { appSign: 'ok' },
    });
  });

  it('[AD9] under `both` a renewal still needs the token alone', () => {
    expect(renew({ ctime: nowSeconds }, session, makeRules({ credentialRule: 'both' })).allowed).toBe(true);
  });
});

interface Offer {
  readonly ctime: number;
  readonly seconds: number;
  readonly publish: boolean;
  readonly streamIds: readonly string[] | undefined;
  readonly verified: VerifiedCredential;
}

const streamLists = [undefined, ['s1'], ['s1', 's2'], ['s2']];

const offers = fc.array(
  fc
    .record({
      ctime: fc.integer({ min: nowSeconds - 200, max: nowSeconds }),
      seconds: fc.integer({ min: 300, max: 900 }),
      publish: fc.boolean(),
      streamIds: fc.constantFrom(...streamLists),
    })
    .map((offer): Offer => {
      const { streamIds, ...rest } = offer;
      const rights = payload({ publish: offer.publish, ...(streamIds === undefined ? {} : { streamIds }) });
      return {
        ...offer,
        verified: verify({ token: seal({ ...rest, nonce: String(offer.seconds), ...rights }) }),
      };
    }),
  { minLength: 1, maxLength: 8 },
);

describe('renewals in any order', () => {
  const rules = makeRules(checked);
  const start = sessionOf(
    { ctime: nowSeconds - 300, seconds: 600, ...payload() },
    { lease: { endsAt: now + 300_000 } },
  );

  /** The offers in the order in which they arrive: late, twice, and out of order. */
  const arrivals = offers.chain((list) =>
    fc
      .array(fc.nat({ max: list.length - 1 }), { minLength: 1, maxLength: 16 })
      .map((picks) => picks.flatMap((pick) => list[pick] ?? [])),
  );

  it('[AD9] reordered, duplicated and late renewals never shorten a lease or widen it', () => {
    fc.assert(
      fc.property(arrivals, (list) => {
        let running = start;
        let newest: Offer | undefined;
        for (const offer of list) {
          const decision = decideRenewal(rules, offer.verified, running, now);
          const before = running.lease;
          running = apply(decision, running);
          if (newest === undefined || offer.ctime > newest.ctime) {
            expect(decision.allowed).toBe(true);
            newest = offer;
          } else {
            expect(running.lease.endsAt).toBeGreaterThanOrEqual(before.endsAt);
            expect(areGrantsWithin(running.lease.grants, before.grants)).toBe(true);
          }
        }
        expect(running.lease.endsAt).toBeGreaterThanOrEqual(
          ((newest?.ctime ?? 0) + (newest?.seconds ?? 0)) * 1000,
        );
        expect(running.lease.credential.newestCtime).toBe(newest?.ctime);
      }),
      { numRuns: 300 },
    );
  });
});
