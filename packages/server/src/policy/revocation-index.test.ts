import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Revocation, RevocationSubject, RevocationTarget } from './app-rules.ts';
import { doesHitAppSign, doesHitToken } from './does-revocation-hit.ts';
import { RevocationIndex } from './revocation-index.ts';

const now = 1_795_488_930_000;
const second = now / 1000;

function makeRevocation(target: RevocationTarget, more: Partial<Revocation> = {}): Revocation {
  return {
    revocationId: `r-${target.kind}`,
    target,
    revokedAt: now,
    expiresAt: null,
    aheadSecondsByKey: {},
    aheadDigests: [],
    appSignRefusedUntil: target.kind === 'user' ? now + 86_400_000 : null,
    marginSeconds: 0,
    ...more,
  };
}

function makeSubject(ctime: number, more: Partial<RevocationSubject> = {}): RevocationSubject {
  return { appId: 7, userId: 'u', roomId: 'r', token: { digest: 'd1', keyId: 'k1', ctime }, ...more };
}

function indexOf(...revocations: readonly Revocation[]): RevocationIndex {
  const index = new RevocationIndex();
  for (const [at, revocation] of revocations.entries()) index.append(revocation, at + 1);
  return index;
}

describe('what a revocation hits', () => {
  it.each<[RevocationTarget, Partial<RevocationSubject>]>([
    [{ kind: 'user', userId: 'u' }, { userId: 'other' }],
    [{ kind: 'room', roomId: 'r' }, { roomId: 'other' }],
    [{ kind: 'secret', secretId: 'k1' }, { token: { digest: 'd1', keyId: 'k2', ctime: second - 1 } }],
    [{ kind: 'issuedBefore', atSeconds: second }, { token: { digest: 'd1', keyId: 'k1', ctime: second } }],
  ])('[AD11] %j hits what was issued before it, not what came after, not others', (target, other) => {
    const view = indexOf(makeRevocation(target)).view(1);
    expect(view.findForToken(makeSubject(second - 1), now)?.target).toEqual(target);
    expect(view.findForToken(makeSubject(second), now)).toBeUndefined();
    expect(view.findForToken(makeSubject(second - 1, other), now)).toBeUndefined();
  });

  it('[AD11] a token by digest and a session by id or digest are hit whenever issued', () => {
    const byDigest = indexOf(makeRevocation({ kind: 'token', digest: 'd1' })).view(1);
    expect(byDigest.findForToken(makeSubject(second + 99), now)).toBeDefined();
    const other = { token: { digest: 'd2', keyId: 'k1', ctime: second - 99 } };
    expect(byDigest.findForToken(makeSubject(0, other), now)).toBeUndefined();
    const session = indexOf(makeRevocation({ kind: 'session', sessionId: 's1', digest: 'd1' })).view(1);
    expect(session.findForToken(makeSubject(second + 99), now)).toBeDefined();
    expect(session.findForToken(makeSubject(0, { ...other, sessionId: 's1' }), now)).toBeDefined();
    expect(session.findForToken(makeSubject(0, { ...other, sessionId: 's2' }), now)).toBeUndefined();
    const appSign = { appId: 7, userId: 'u', roomId: 'r' };
    expect(session.findForAppSign({ ...appSign, sessionId: 's1' }, now)).toBeDefined();
    expect(session.findForAppSign({ ...appSign, sessionId: 's2' }, now)).toBeUndefined();
  });

  it('[AD11a] an issuer that runs ahead does not carry old tokens over the instant', () => {
    const target = { kind: 'issuedBefore', atSeconds: second } as const;
    const bounds = { aheadSecondsByKey: { k1: 30 }, aheadDigests: ['seen'] };
    const view = indexOf(makeRevocation(target, bounds)).view(1);
    expect(view.findForToken(makeSubject(second + 29), now)).toBeDefined();
    expect(view.findForToken(makeSubject(second + 30), now)).toBeUndefined();
    const slow = { token: { digest: 'd1', keyId: 'k2', ctime: second } };
    expect(view.findForToken(makeSubject(0, slow), now)).toBeUndefined();
    const seen = { token: { digest: 'seen', keyId: 'k2', ctime: second + 9_999 } };
    expect(view.findForToken(makeSubject(0, seen), now)).toBeDefined();
    const proto = { token: { digest: 'd1', keyId: 'constructor', ctime: second } };
    expect(view.findForToken(makeSubject(0, proto), now)).toBeUndefined();
  });

  it('[AD11b] a revoked user is kept out by AppSign for a day, others are not', () => {
    const view = indexOf(makeRevocation({ kind: 'user', userId: 'u' })).view(1);
    const subject = { appId: 7, userId: 'u', roomId: 'r' };
    expect(view.findForAppSign(subject, now + 86_399_999)).toBeDefined();
    expect(view.findForAppSign(subject, now + 86_400_000)).toBeUndefined();
    expect(view.findForAppSign({ ...subject, userId: 'other' }, now)).toBeUndefined();
    const room = indexOf(makeRevocation({ kind: 'room', roomId: 'r' })).view(1);
    expect(room.findForAppSign(subject, now)).toBeUndefined();
  });

  it('[CL2] a snapshot of older rules does not see what came later', () => {
    const index = indexOf(makeRevocation({ kind: 'user', userId: 'other' }));
    const before = index.view(1);
    index.append(makeRevocation({ kind: 'user', userId: 'u' }), 2);
    const subject = makeSubject(second - 1);
    expect([before.size, index.view(2).size]).toEqual([1, 2]);
    expect(before.findForToken(subject, now)).toBeUndefined();
    expect(before.findForAppSign(subject, now)).toBeUndefined();
    expect(index.view(2).findForToken(subject, now)).toBeDefined();
  });

  it('[AD11] what has expired hits nothing, and is taken out', () => {
    const target = { kind: 'user', userId: 'u' } as const;
    const index = indexOf(
      makeRevocation(target, { expiresAt: now + 1 }),
      makeRevocation(target, { revocationId: 'stays' }),
    );
    const subject = makeSubject(second - 1);
    const older = index.view(1);
    expect(older.findForToken(subject, now)).toBeDefined();
    expect(older.findForToken(subject, now + 1)).toBeUndefined();
    expect(index.prune(now + 1)).toBe(0);
    expect(index.prune(now + 2 * 3_600_000)).toBe(1);
    expect(index.size).toBe(1);
    expect(index.view(2).findForToken(subject, now)?.revocationId).toBe('stays');
  });
});

describe('the index', () => {
  const names = fc.constantFrom('a', 'b', 'c');
  const offset = fc.integer({ min: -40, max: 40 });
  const target: fc.Arbitrary<RevocationTarget> = fc.oneof(
    fc.record({ kind: fc.constant('token' as const), digest: names }),
    fc.record({ kind: fc.constant('user' as const), userId: names }),
    fc.record({ kind: fc.constant('room' as const), roomId: names }),
    fc.record({ kind: fc.constant('secret' as const), secretId: names }),
    fc.record({ kind: fc.constant('session' as const), sessionId: names, digest: fc.option(names) }),
    offset.map((by) => ({ kind: 'issuedBefore' as const, atSeconds: second + by })),
  );
  const revocation = fc
    .record({
      target,
      revokedAt: offset.map((by) => now + by * 1000 + 500),
      expiresAt: fc.option(offset.map((by) => now + by * 1000)),
      ahead: fc.dictionary(names, fc.integer({ min: 1, max: 30 })),
      aheadDigests: fc.uniqueArray(names),
    })
    .map(({ target: named, revokedAt, expiresAt, ahead, aheadDigests }) => {
      const isTimed = named.kind !== 'token' && named.kind !== 'session';
      return makeRevocation(named, {
        revokedAt,
        expiresAt,
        ...(isTimed ? { aheadSecondsByKey: ahead, aheadDigests } : {}),
        appSignRefusedUntil: named.kind === 'user' ? revokedAt + 20_000 : null,
      });
    });
  const subject = fc
    .record({
      userId: names,
      roomId: names,
      sessionId: fc.option(names, { nil: undefined }),
      token: fc.option(fc.record({ digest: names, keyId: names, ctime: offset.map((by) => second + by) }), {
        nil: undefined,
      }),
    })
    .map(({ userId, roomId, sessionId, token }) => ({
      appId: 7,
      userId,
      roomId,
      ...(sessionId === undefined ? {} : { sessionId }),
      ...(token === undefined ? {} : { token }),
    }));
  const time = offset.map((by) => now + by * 1000);

  it('[AD15] answers as a walk through all of them from the newest would, at every version, pruned or not', () => {
    let hits = 0;
    fc.assert(
      fc.property(
        fc.array(revocation, { maxLength: 30 }),
        subject,
        time,
        fc.nat(30),
        (all, asked, at, version) => {
          const index = indexOf(...all);
          const seen = all.slice(0, version).reverse();
          const view = index.view(version);
          const token = seen.find((each) => doesHitToken(each, asked, at));
          const appSign = seen.find((each) => doesHitAppSign(each, asked, at));
          expect(view.findForToken(asked, at)).toBe(token);
          expect(view.findForAppSign(asked, at)).toBe(appSign);
          index.prune(at);
          expect(view.findForToken(asked, at)).toBe(token);
          expect(view.findForAppSign(asked, at)).toBe(appSign);
          if (token !== undefined) hits += 1;
        },
      ),
      { numRuns: 2_000 },
    );
    expect(hits).toBeGreaterThan(200);
  });

  it('[AD15] a fresh token meets one entry of each list, however many there are of one user', () => {
    const index = new RevocationIndex();
    let read = 0;
    for (let at = 1; at <= 1_000; at += 1) {
      const made = makeRevocation({ kind: 'user', userId: 'u' }, { revokedAt: now - 1_000_000 + at });
      const counted = new Proxy(made, {
        get(object, name, receiver) {
          if (name === 'target') read += 1;
          return Reflect.get(object, name, receiver);
        },
      });
      index.append(counted, at);
    }
    read = 0;
    expect(index.view(1_000).findForToken(makeSubject(second), now)).toBeUndefined();
    expect(read).toBe(0);
    expect(index.view(1_000).findForToken(makeSubject(second - 9_999), now)).toBeDefined();
    expect(read).toBeLessThan(10);
  });
});
