import { privilegePayload } from '@roomkey/token';
import { sealFixed } from '@roomkey/token/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy } from '#policy';
import { decideRejudge, type Rejudgement } from './decide-rejudge.ts';
import { areGrantsWithin } from './grants.ts';
import type { SessionView } from './session-view.ts';
import {
  allGrants,
  createSealer,
  makeKeys,
  makeProof,
  makeRevocation,
  makeRules,
  makeSession,
  now,
  nowSeconds,
  type TokenWish,
  verify,
} from './testing/make-admission.ts';

const seal = createSealer(sealFixed);

function tokenSession(wish: TokenWish = {}, over: Parameters<typeof makeSession>[1] = {}): SessionView {
  return makeSession(verify({ token: seal({ seconds: 7_200, ...wish }) }), over);
}

function guest(lease: Partial<SessionView['lease']> = {}): SessionView {
  return makeSession(verify({ appSignProof: makeProof() }), { lease: { method: 'appSign', ...lease } });
}

function rejudge(
  session: SessionView,
  policy: Partial<Policy> = {},
  over: Parameters<typeof makeRules>[1] = {},
): Rejudgement {
  return decideRejudge(makeRules(policy, over), session, now);
}

const endByRules = (error: string, withinSeconds = 0): object => ({
  verdict: 'end',
  cause: { cause: 'rules', error },
  withinSeconds,
});

describe('sessions of AppSign when rules change', () => {
  it('[AD5] forcing keeps, ends, or ends within N minutes, as the owner chose', () => {
    const forced = (onForce: Policy['onForce']): Rejudgement => rejudge(guest(), { forced: true, onForce });
    expect(forced({ mode: 'keep' })).toEqual({ verdict: 'keep' });
    expect(forced({ mode: 'end' })).toMatchObject(endByRules('noToken'));
    expect(forced({ mode: 'endWithin', minutes: 7 })).toMatchObject(endByRules('noToken', 420));
    expect(rejudge(guest(), { forced: false, onForce: { mode: 'end' } })).toEqual({ verdict: 'keep' });
  });

  it('[AD5] forcing leaves alone whoever holds a token', () => {
    const forced = { forced: true, onForce: { mode: 'end' } } as const;
    expect(rejudge(tokenSession(), forced)).toEqual({ verdict: 'keep' });
    const both = makeSession(verify({ token: seal({ seconds: 7_200 }), appSignProof: makeProof() }), {
      lease: { method: 'both' },
    });
    expect(rejudge(both, forced)).toEqual({ verdict: 'keep' });
  });

  it('[AD12] when AppSign is suspended or destroyed its sessions end as forcing says; token sessions stay', () => {
    const over = { keys: makeKeys({ appSignActive: false }) };
    expect(rejudge(guest(), { onForce: { mode: 'end' } }, over)).toMatchObject(
      endByRules('appSignIncorrect'),
    );
    expect(rejudge(guest(), { onForce: { mode: 'keep' } }, over)).toEqual({ verdict: 'keep' });
    expect(rejudge(tokenSession(), { onForce: { mode: 'end' } }, over)).toEqual({ verdict: 'keep' });
  });

  it('[AD5a] a shorter bound for AppSign moves the end, and ends who is past it', () => {
    // Granted for two hours one hour ago.
    const session = guest({ grantedMs: 7_200_000 });
    expect(rejudge(session, { appSignMaxSessionSeconds: 5_400 })).toMatchObject({
      verdict: 'replace',
      endsAt: now + 1_800_000,
    });
    expect(rejudge(session, { appSignMaxSessionSeconds: 3_000 })).toMatchObject({
      verdict: 'end',
      cause: { cause: 'appSignEnded' },
    });
    expect(rejudge(session, { appSignMaxSessionSeconds: 86_400 })).toEqual({ verdict: 'keep' });
  });

  it('[AD11b] a revoked user id ends its AppSign sessions', () => {
    const revocations = [makeRevocation({ kind: 'user', userId: 'alice' }, { marginSeconds: 30 })];
    expect(rejudge(guest(), {}, { revocations })).toMatchObject({
      cause: { cause: 'revoked', revocationId: 'revocation-1' },
      withinSeconds: 30,
    });
  });

  it('[AD3a] a session whose expired token fell back is ended when that token is revoked', () => {
    const token = seal({ ctime: nowSeconds - 7_200, seconds: 60 });
    const fell = makeSession(verify({ token, appSignProof: makeProof() }), { lease: { method: 'appSign' } });
    expect(rejudge(fell)).toEqual({ verdict: 'keep' });
    const revocations = [makeRevocation({ kind: 'issuedBefore', atSeconds: nowSeconds - 60 })];
    expect(rejudge(fell, {}, { revocations })).toMatchObject({ cause: { cause: 'revoked' } });
  });
});

describe('sessions of tokens when rules change', () => {
  it('[AD5] nothing changed: nothing happens, expired or not', () => {
    expect(rejudge(tokenSession())).toEqual({ verdict: 'keep' });
    const lapsed = { endsAt: now - 60_000, lapsedAtMono: -60_000 };
    expect(rejudge(tokenSession({ ctime: nowSeconds - 660, seconds: 600 }, { lease: lapsed }))).toEqual({
      verdict: 'keep',
    });
  });

  it('[AD11] a revocation ends with its margin; forbidding ends at once, also who is in a margin', () => {
    for (const target of [
      { kind: 'user', userId: 'alice' },
      { kind: 'session', sessionId: 'session-1', digest: null },
      { kind: 'secret', secretId: 'k1' },
    ] as const) {
      const revocations = [makeRevocation(target, { marginSeconds: 30 })];
      expect(rejudge(tokenSession(), {}, { revocations })).toMatchObject({
        cause: { cause: 'revoked' },
        withinSeconds: 30,
      });
      expect(rejudge(tokenSession(), {}, { revocations, forbidden: 'alice' })).toMatchObject(
        endByRules('userForbidden'),
      );
    }
  });

  it('[AD12] a retired key no longer opens: its sessions end, on AppSign or not', () => {
    const keys = makeKeys({ withKey: false });
    expect(rejudge(tokenSession(), {}, { keys })).toMatchObject(endByRules('tokenUnopened'));
    const both = makeSession(verify({ token: seal({ seconds: 7_200 }), appSignProof: makeProof() }), {
      lease: { method: 'both' },
    });
    expect(rejudge(both, {}, { keys })).toMatchObject(endByRules('tokenUnopened'));
    expect(rejudge(tokenSession(), {}, { keys: makeKeys({ formats: ['04-cbc'] }) })).toMatchObject(
      endByRules('tokenUnopened'),
    );
  });

  it('[TK12] a stricter CBC rule ends the sessions it would not let in', () => {
    const cbc = tokenSession({ format: '04-cbc' });
    expect(rejudge(cbc, { cbc: 'deny' })).toMatchObject(endByRules('tokenUnopened'));
    expect(rejudge(cbc, { cbc: 'appIdFirst' })).toEqual({ verdict: 'keep' });
    expect(rejudge(tokenSession(), { cbc: 'deny' })).toEqual({ verdict: 'keep' });
  });

  it('[AD7] privilege checks switched on narrow the lease, or end who may not be in the room', () => {
    const payload = privilegePayload({ roomId: 'room-1', login: true, publish: false });
    const session = tokenSession({ payload });
    expect(rejudge(session, { checkPublish: true })).toMatchObject({
      verdict: 'replace',
      grants: { ...allGrants, publish: false },
      endsAt: session.lease.endsAt,
    });
    const without = privilegePayload({ roomId: 'room-1', login: false, publish: true });
    expect(rejudge(tokenSession({ payload: without }), { checkLogin: true })).toMatchObject(
      endByRules('loginBitMissing'),
    );
  });

  it("[AD8] another expiry mode replaces the lease's, and hard ends who has lapsed", () => {
    expect(rejudge(tokenSession(), { expiry: 'hard' })).toMatchObject({ verdict: 'replace', expiry: 'hard' });
    const lapsed = tokenSession({}, { lease: { endsAt: now - 1, lapsedAtMono: -1 } });
    expect(rejudge(lapsed, { expiry: 'hard' })).toMatchObject({
      verdict: 'end',
      cause: { cause: 'leaseEnded' },
    });
  });

  it('[AD11] a lower bound of lifetime cuts the lease, never behind now', () => {
    const session = tokenSession();
    expect(rejudge(session, { maxTokenLifetimeSeconds: 120 })).toMatchObject({ endsAt: now + 60_000 });
    expect(rejudge(session, { maxTokenLifetimeSeconds: 10 })).toMatchObject({ endsAt: now });
  });

  it('[AD3] a rule that wants AppSign too ends who never proved it', () => {
    expect(rejudge(tokenSession(), { credentialRule: 'both' })).toMatchObject(endByRules('appSignMissing'));
    expect(rejudge(tokenSession(), { credentialRule: 'appSignFirst' })).toEqual({ verdict: 'keep' });
  });

  it('[AD5] judging again never widens or lengthens a lease, whatever the policy', () => {
    const anyPolicy = fc.record({
      checkLogin: fc.boolean(),
      checkPublish: fc.boolean(),
      basicTokens: fc.constantFrom('allow', 'refuse'),
      expiry: fc.constantFrom('soft', 'hard'),
      forced: fc.boolean(),
      maxTokenLifetimeSeconds: fc.constantFrom(null, 60, 3_600, 90_000),
      appSignMaxSessionSeconds: fc.constantFrom(60, 3_600, 90_000),
    });
    const leases = fc.record({
      publish: fc.boolean(),
      streams: fc.constantFrom('any' as const, ['s1'], ['s2', 's3']),
      planes: fc.subarray(['media', 'board', 'files', 'recorder'] as const),
    });
    const rights = fc.record({
      login: fc.boolean(),
      publish: fc.boolean(),
      streamIds: fc.constantFrom(['s1'], ['s3']),
    });
    fc.assert(
      fc.property(anyPolicy, leases, rights, fc.boolean(), (policy, grants, payload, byAppSign) => {
        const lease = { grants: { login: true, ...grants } };
        const session = byAppSign
          ? guest(lease)
          : tokenSession({ payload: privilegePayload(payload) }, { lease });
        const found = rejudge(session, policy as Partial<Policy>);
        if (found.verdict !== 'replace') return;
        expect(areGrantsWithin(found.grants, session.lease.grants)).toBe(true);
        expect(found.endsAt).toBeLessThanOrEqual(session.lease.endsAt);
      }),
      { numRuns: 300 },
    );
  });
});
