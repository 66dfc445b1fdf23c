import type { UnixMillis } from '#kernel';
import type { CredentialRule, Revocation } from '#policy';
import { applyCredentialRule, type EffectiveRule, type RuleResult } from './apply-credential-rule.ts';
import type { AdmissionSubject } from './checks/check-identity.ts';
import { findAppSignRevocation } from './checks/check-revocation.ts';
import type { Check, Decision, RuleOutcomes, VerifiedCredential } from './decision.ts';
import { appSignGrants } from './grants.ts';
import { judgeToken, type TokenVerdict } from './judge-token.ts';
import type { RuleView } from './rule-view.ts';
import { makeRow } from './trace.ts';

/**
 * Decides whether this credential may enter the room now.
 *
 * Pure: the same rules, credential, subject and time always give the same decision, so that the candidate policy and
 * the audit can ask again (AD1). Only app, room, user and session count of the facts: what a client says of itself
 * beside them widens nothing (AD17). Refused are the credential (AD3, AD4), a revoked AppSign user (AD11b), and last
 * a forbidden user (AD10).
 */
export function decideLogin(
  rules: RuleView,
  verified: VerifiedCredential,
  subject: AdmissionSubject,
  now: UnixMillis,
): Decision {
  const rule = rules.policy.forced ? 'forced' : rules.policy.credentialRule;
  return decideByRule({ rules, rule, verified, subject }, now);
}

/** One admission: a login by the owner's rule, or the part of a renewal that is one. */
export interface AdmissionCall {
  readonly rules: RuleView;
  readonly rule: EffectiveRule;
  readonly verified: VerifiedCredential;
  readonly subject: AdmissionSubject;
}

/** The way of a credential through all checks by a given rule; inside this module only. */
export function decideByRule({ rules, rule, verified, subject }: AdmissionCall, now: UnixMillis): Decision {
  const { policy } = rules;
  const token = judgeToken(rules, verified.token, subject, { now, judged: true });
  const revoked = verified.appSign === 'ok' ? findAppSignRevocation(rules, subject, now) : undefined;
  const judge = (by: EffectiveRule): RuleResult =>
    refuseRevoked(applyCredentialRule(by, verified.appSign, token), revoked);
  const result = judge(rule);
  const ruleOutcomes = judgeRules(judge);
  const forbid = rules.findForbid(subject.userId, subject.roomId, now);
  const trace = [
    ...showAppSign(verified, rule, revoked),
    ...token.rows,
    showRule(rule, result),
    makeRow('forbid', forbid === undefined ? 'pass' : 'fail', {
      expected: 'not forbidden',
      got: forbid === undefined ? 'no' : `by rule ${forbid.ruleId}`,
    }),
  ];
  if (!result.admitted)
    return { allowed: false, error: result.error, ...waitOf(result, token), ruleOutcomes, trace };
  if (forbid !== undefined) return { allowed: false, error: 'userForbidden', ruleOutcomes, trace };
  const expiry = policy.expiry;
  const { method, fellBack } = result;
  if (token.outcome !== 'ok') {
    const endsAt = now + policy.appSignMaxSessionSeconds * 1000;
    const lease = { grants: appSignGrants, endsAt, expiry, keyId: undefined };
    return { allowed: true, method, ...lease, fellBack, capped: false, ruleOutcomes, trace };
  }
  // If both pass, the lease is the token's (AD3a).
  const { grants, endsAt, capped } = token;
  const lease = { grants, endsAt, expiry, keyId: token.token.keyId };
  return { allowed: true, method, ...lease, fellBack, capped, ruleOutcomes, trace };
}

/** What each rule would say, so that readiness can show where the owner's choice matters (AD3); forcing aside. */
function judgeRules(judge: (rule: CredentialRule) => RuleResult): RuleOutcomes {
  const nameOf = (rule: CredentialRule): string => {
    const result = judge(rule);
    return result.admitted ? 'admitted' : result.error;
  };
  return { either: nameOf('either'), appSignFirst: nameOf('appSignFirst'), both: nameOf('both') };
}

// A fresh token proves the person anew, so only a login that rests on AppSign alone is caught (AD11b).
function refuseRevoked(result: RuleResult, revoked: Revocation | undefined): RuleResult {
  const isCaught = revoked !== undefined && result.admitted && result.method === 'appSign';
  return isCaught ? { admitted: false, error: 'revoked' } : result;
}

function waitOf(result: RuleResult, token: TokenVerdict): { retryAfterMs?: number } {
  if (result.admitted || !('error' in token) || token.error !== result.error) return {};
  return token.retryAfterMs === undefined ? {} : { retryAfterMs: token.retryAfterMs };
}

function showAppSign(
  verified: VerifiedCredential,
  rule: EffectiveRule,
  revoked: Revocation | undefined,
): readonly Check[] {
  const got = { none: 'none', ok: 'right', bad: 'wrong' }[verified.appSign];
  if (verified.appSign === 'none') return [makeRow('appSign', 'skip', { expected: 'a proof', got })];
  if (rule === 'forced' || rule === 'renewal') {
    return [makeRow('appSign', 'skip', { expected: 'ignored', got, hint: 'appsign-ignored' })];
  }
  const verdict = verified.appSign === 'ok' ? 'pass' : 'fail';
  const row = makeRow('appSign', verdict, { expected: 'a right proof', got });
  if (revoked === undefined) return [row];
  const hint = 'appsign-revoked';
  const values = { expected: 'no', got: `by ${revoked.target.kind}, ${revoked.revocationId}`, hint } as const;
  return [row, makeRow('appSignRevoked', 'fail', values)];
}

function showRule(rule: EffectiveRule, result: RuleResult): Check {
  const by = result.admitted ? `admitted by ${result.method}` : result.error;
  const got = result.admitted && result.fellBack ? `${by}, fell back` : by;
  const hint = rule === 'forced' && got === 'noToken' ? 'appsign-ignored' : undefined;
  return makeRow('rule', result.admitted ? 'pass' : 'fail', { expected: rule, got, hint });
}
