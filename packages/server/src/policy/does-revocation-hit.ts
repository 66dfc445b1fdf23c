import type { UnixMillis } from '#kernel';
import type { Revocation, RevocationSubject, RevocationTarget } from './app-rules.ts';

/** The opened token of a subject. */
export type SubjectToken = NonNullable<RevocationSubject['token']>;

/** Whether a revocation is still in force. */
export function isInForce(revocation: Revocation, now: UnixMillis): boolean {
  return revocation.expiresAt === null || revocation.expiresAt > now;
}

/** The instant before which a revocation hits tokens, in Unix seconds (AD11, AD11a); undefined for those by name. */
export function revokedBefore(revocation: Revocation): number | undefined {
  const { target, revokedAt } = revocation;
  if (target.kind === 'token' || target.kind === 'session') return undefined;
  return target.kind === 'issuedBefore' ? target.atSeconds : revokedAt / 1_000;
}

/** Whether a token counts as issued before the revocation, by that key's clock or by having been seen (AD11a). */
export function isIssuedBefore(revocation: Revocation, token: SubjectToken): boolean {
  const before = revokedBefore(revocation);
  if (before === undefined) return false;
  const ahead = Object.hasOwn(revocation.aheadSecondsByKey, token.keyId)
    ? (revocation.aheadSecondsByKey[token.keyId] ?? 0)
    : 0;
  return token.ctime < before + ahead || revocation.aheadDigests.includes(token.digest);
}

/** Whether the target of a revocation names this subject, leaving aside when its token was issued. */
export function isTargeted(target: RevocationTarget, subject: RevocationSubject): boolean {
  switch (target.kind) {
    case 'token':
      return subject.token?.digest === target.digest;
    case 'session':
      return (
        (subject.sessionId !== undefined && subject.sessionId === target.sessionId) ||
        (target.digest !== null && subject.token?.digest === target.digest)
      );
    case 'user':
      return subject.userId === target.userId;
    case 'room':
      return subject.roomId === target.roomId;
    case 'secret':
      return subject.token?.keyId === target.secretId;
    case 'issuedBefore':
      return true;
  }
}

/** Whether a revocation hits an opened token (AD11). The index must agree with this for every list (AD15). */
export function doesHitToken(revocation: Revocation, subject: RevocationSubject, now: UnixMillis): boolean {
  if (!isInForce(revocation, now) || !isTargeted(revocation.target, subject)) return false;
  if (revokedBefore(revocation) === undefined) return true;
  return subject.token !== undefined && isIssuedBefore(revocation, subject.token);
}

/**
 * Whether a revocation refuses AppSign under this user id, or hits this session (AD11b). A token that is given beside
 * AppSign is judged by `doesHitToken`.
 */
export function doesHitAppSign(revocation: Revocation, subject: RevocationSubject, now: UnixMillis): boolean {
  const { target, appSignRefusedUntil } = revocation;
  if (!isInForce(revocation, now)) return false;
  if (target.kind === 'session') {
    return subject.sessionId !== undefined && subject.sessionId === target.sessionId;
  }
  if (target.kind !== 'user' || target.userId !== subject.userId) return false;
  return appSignRefusedUntil !== null && appSignRefusedUntil > now;
}
