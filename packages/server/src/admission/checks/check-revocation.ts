import type { UnixMillis } from '#kernel';
import type { Revocation, RevocationSubject } from '#policy';
import type { OpenedToken } from '../decision.ts';
import type { RuleView } from '../rule-view.ts';
import { type Finding, formatInstant, makeRow } from '../trace.ts';
import { clockSkewSeconds } from './check-clock.ts';
import type { AdmissionSubject } from './check-identity.ts';

/** Whether a revocation hits this token (AD11). A fresh one that is caught is told when a new one passes (AD11a). */
export function checkTokenRevocation(
  rules: RuleView,
  token: OpenedToken,
  subject: AdmissionSubject,
  now: UnixMillis,
): Finding {
  const { digest, keyId, ctime } = token;
  const named = { ...subjectOf(subject), token: { digest, keyId, ctime } };
  const revocation = rules.revocations.findForToken(named, now);
  if (revocation === undefined) {
    return { row: makeRow('revoked', 'pass', { expected: 'no', got: 'no' }) };
  }
  const retryAfterMs = findWait(revocation, token, now);
  const hint = retryAfterMs === undefined ? undefined : 'issued-before-clock';
  const row = makeRow('revoked', 'fail', { expected: 'no', got: describe(revocation, token), hint });
  return {
    row,
    error: 'revoked',
    revocation,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** The revocation that keeps AppSign from admitting under this user id, or hits this session (AD11b). */
export function findAppSignRevocation(
  rules: RuleView,
  subject: AdmissionSubject,
  now: UnixMillis,
): Revocation | undefined {
  return rules.revocations.findForAppSign(subjectOf(subject), now);
}

function subjectOf(subject: AdmissionSubject): RevocationSubject {
  const { appId, userId, roomId, sessionId } = subject;
  return { appId, userId, roomId, ...(sessionId === undefined ? {} : { sessionId }) };
}

function describe(revocation: Revocation, token: OpenedToken): string {
  const what = `by ${revocation.target.kind}, ${revocation.revocationId}`;
  const threshold = findThreshold(revocation, token.keyId);
  if (threshold === undefined) return what;
  if (token.ctime >= threshold) return `${what}: seen before it, its ctime then ahead of our clock`;
  return `${what}: made ${formatInstant(token.ctime)}, must be from ${formatInstant(threshold)}`;
}

/** From which ctime a token of this key escapes the revocation, in Unix seconds; none where it hits by name. */
function findThreshold(revocation: Revocation, keyId: string): number | undefined {
  const { target } = revocation;
  if (target.kind === 'token' || target.kind === 'session') return undefined;
  const ahead = revocation.aheadSecondsByKey[keyId] ?? 0;
  const instant = target.kind === 'issuedBefore' ? target.atSeconds : Math.ceil(revocation.revokedAt / 1000);
  return instant + ahead;
}

/** How long until a token made by the same issuer, on the same clock, escapes; only for fresh tokens (AD11a). */
function findWait(revocation: Revocation, token: OpenedToken, now: UnixMillis): number | undefined {
  const threshold = findThreshold(revocation, token.keyId);
  const isFresh = now / 1000 - token.ctime <= clockSkewSeconds;
  if (threshold === undefined || !isFresh || token.ctime >= threshold) return undefined;
  return (threshold - token.ctime) * 1000;
}
