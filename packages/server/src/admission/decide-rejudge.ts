import type { ExpiryMode, RoomkeyErrorName } from '@roomkey/protocol';
import type { UnixMillis } from '#kernel';
import type { Revocation } from '#policy';
import { applyCredentialRule } from './apply-credential-rule.ts';
import { findAppSignRevocation } from './checks/check-revocation.ts';
import type { Check, Grants, TokenEvidence } from './decision.ts';
import { appSignGrants, areGrantsEqual, intersectGrants } from './grants.ts';
import { judgeToken, type TokenVerdict } from './judge-token.ts';
import type { RejudgeRules } from './rule-view.ts';
import type { JudgedSession } from './session-view.ts';

/** Why judging again ends a session; the name decides code, close code and stream reason where sessions end. */
export type RejudgeEnd =
  | { readonly cause: 'revoked'; readonly revocationId?: string }
  | { readonly cause: 'rules'; readonly error: RoomkeyErrorName }
  | { readonly cause: 'appSignEnded' }
  | { readonly cause: 'leaseEnded' };

/** What becomes of a running session under changed rules (SE10). */
export type Rejudgement =
  | { readonly verdict: 'keep' }
  /** The lease goes on under these terms: never wider, never longer than before. */
  | {
      readonly verdict: 'replace';
      readonly grants: Grants;
      readonly expiry: ExpiryMode;
      readonly endsAt: UnixMillis;
    }
  /**
   * It ends in so many seconds, 0 = at once. Judged again it may be told a new wait: the earlier of two ends counts.
   */
  | {
      readonly verdict: 'end';
      readonly cause: RejudgeEnd;
      readonly withinSeconds: number;
      readonly trace: readonly Check[];
    };

/**
 * Judges a running session again by today's rules, from its verified credential (SE10, AD5).
 *
 * The clock is left out: leases end by the monotonic one, and a lapse is no reason to end (SE3a, SE4). Sessions that
 * AppSign alone admitted, and would not admit now, end as the owner chose when forcing (AD5); the same when AppSign
 * is suspended or destroyed. A token whose key is no longer active counts as unopened (AD12).
 */
export function decideRejudge(rules: RejudgeRules, session: JudgedSession, now: UnixMillis): Rejudgement {
  if (rules.findForbid(session.userId, session.roomId, now) !== undefined) {
    return endByRules('userForbidden', []);
  }
  const evidence = asOfToday(rules, session.lease.credential.token);
  const token = judgeToken(rules, evidence, session, { now, judged: false });
  return session.lease.method === 'appSign'
    ? rejudgeAppSign(rules, session, token, now)
    : rejudgeToken(rules, session, token, now);
}

function asOfToday(rules: RejudgeRules, evidence: TokenEvidence): TokenEvidence {
  if (evidence.state !== 'opened') return evidence;
  const { keyId, format, expire } = evidence.token;
  if (rules.keys.formats.get(keyId)?.includes(format)) return evidence;
  return { state: 'unopened', format, outerExpire: expire };
}

function rejudgeToken(
  rules: RejudgeRules,
  session: JudgedSession,
  token: TokenVerdict,
  now: UnixMillis,
): Rejudgement {
  const { policy, keys } = rules;
  if ('revocation' in token && token.revocation !== undefined)
    return endRevoked(token.revocation, token.rows);
  // An AppSign that is no longer active proves nothing and disproves nothing about a session that has a token.
  const appSign = keys.appSign === undefined ? 'none' : session.lease.credential.appSign;
  const result = applyCredentialRule(policy.forced ? 'forced' : policy.credentialRule, appSign, token);
  if (!result.admitted) return endByRules(result.error, token.rows);
  // A lease that was the token's is never turned into one of AppSign behind the client's back.
  if (token.outcome !== 'ok') return endByRules('tokenUnopened', token.rows);
  return replaceLease(rules, session, { grants: token.grants, endsAt: token.endsAt }, now);
}

function rejudgeAppSign(
  rules: RejudgeRules,
  session: JudgedSession,
  token: TokenVerdict,
  now: UnixMillis,
): Rejudgement {
  const { policy, keys } = rules;
  const revocation = findAppSignRevocation(rules, session, now);
  if (revocation !== undefined) return endRevoked(revocation, []);
  if ('revocation' in token && token.revocation !== undefined)
    return endRevoked(token.revocation, token.rows);
  if (token.outcome === 'refuses') return endByRules(token.error, token.rows);
  const needsToken = policy.forced || policy.credentialRule === 'both';
  if (needsToken || keys.appSign === undefined) {
    const { onForce } = policy;
    const error = needsToken ? 'noToken' : 'appSignIncorrect';
    if (onForce.mode === 'end') return endByRules(error, token.rows);
    if (onForce.mode === 'endWithin') return endByRules(error, token.rows, onForce.minutes * 60);
  }
  const { lease } = session;
  const endsAt = lease.endsAt - lease.grantedMs + policy.appSignMaxSessionSeconds * 1000;
  if (endsAt <= now && endsAt < lease.endsAt && lease.lapsedAtMono === undefined) {
    return { verdict: 'end', cause: { cause: 'appSignEnded' }, withinSeconds: 0, trace: token.rows };
  }
  return replaceLease(rules, session, { grants: appSignGrants, endsAt }, now);
}

function replaceLease(
  rules: RejudgeRules,
  session: JudgedSession,
  today: { readonly grants: Grants; readonly endsAt: UnixMillis },
  now: UnixMillis,
): Rejudgement {
  const { lease } = session;
  const { expiry } = rules.policy;
  const isLapsed = lease.lapsedAtMono !== undefined;
  if (isLapsed && expiry === 'hard') {
    return { verdict: 'end', cause: { cause: 'leaseEnded' }, withinSeconds: 0, trace: [] };
  }
  const grants = intersectGrants(lease.grants, today.grants);
  // A lapsed lease has ended already; one that is cut behind now ends now, at the hand of its own deadline.
  const endsAt = isLapsed ? lease.endsAt : Math.min(lease.endsAt, Math.max(today.endsAt, now));
  const same = areGrantsEqual(grants, lease.grants) && endsAt === lease.endsAt && expiry === lease.expiry;
  return same ? { verdict: 'keep' } : { verdict: 'replace', grants, expiry, endsAt };
}

function endRevoked(revocation: Revocation, trace: readonly Check[]): Rejudgement {
  const { revocationId, marginSeconds } = revocation;
  return { verdict: 'end', cause: { cause: 'revoked', revocationId }, withinSeconds: marginSeconds, trace };
}

function endByRules(error: RoomkeyErrorName, trace: readonly Check[], withinSeconds = 0): Rejudgement {
  return { verdict: 'end', cause: { cause: 'rules', error }, withinSeconds, trace };
}
