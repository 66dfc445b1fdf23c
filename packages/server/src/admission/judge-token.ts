import type { RoomkeyErrorName } from '@roomkey/protocol';
import type { TokenFormat } from '@roomkey/token';
import type { UnixMillis } from '#kernel';
import type { Policy, Revocation } from '#policy';
import { checkClock, findTokenEnd } from './checks/check-clock.ts';
import { type AdmissionSubject, checkIdentity } from './checks/check-identity.ts';
import { checkPrivileges } from './checks/check-privileges.ts';
import { checkTokenRevocation } from './checks/check-revocation.ts';
import type { Check, Grants, OpenedToken, TokenEvidence } from './decision.ts';
import { findOpened } from './find-opened.ts';
import { grantsOfToken } from './grants.ts';
import type { RuleView } from './rule-view.ts';
import { type Finding, formatInstant, makeRow } from './trace.ts';

/** A token under one policy, before the credential rule looks at AppSign too. */
export type TokenVerdict =
  | { readonly outcome: 'none'; readonly rows: readonly Check[] }
  | {
      readonly outcome: 'ok';
      readonly token: OpenedToken;
      readonly grants: Grants;
      readonly endsAt: UnixMillis;
      readonly capped: boolean;
      readonly rows: readonly Check[];
    }
  | TokenFault;

/**
 * A token that does not pass. `mayFallBack`: it did not open, or is merely expired, so AppSign may still admit;
 * `refuses`: it opened and says something else, so the login is refused whatever AppSign says (AD3a).
 */
export interface TokenFault {
  readonly outcome: 'mayFallBack' | 'refuses';
  readonly error: RoomkeyErrorName;
  readonly retryAfterMs?: number;
  readonly revocation?: Revocation;
  readonly rows: readonly Check[];
}

/** The instant of the judgement; not `judged` where the clock ends leases by itself (SE10). */
export interface JudgeClock {
  readonly now: UnixMillis;
  readonly judged: boolean;
}

/** Judges what a token says: app, user, privileges, revocation, and the clock last (AD3a, AD4). */
export function judgeToken(
  rules: RuleView,
  evidence: TokenEvidence,
  subject: AdmissionSubject,
  clock: JudgeClock,
): TokenVerdict {
  const { policy } = rules;
  if (evidence.state === 'none') {
    return { outcome: 'none', rows: [makeRow('token', 'skip', { expected: 'a token', got: 'none' })] };
  }
  if (evidence.state === 'malformed') {
    const row = makeRow('format', 'fail', { expected: 'token03 or token04', got: evidence.error });
    return { outcome: 'mayFallBack', error: evidence.error, rows: [row] };
  }
  const token = findOpened(policy, evidence);
  if (token === undefined) return judgeUnopened(policy, evidence, clock);
  const findings = [
    ...checkIdentity(token, subject),
    ...checkPrivileges(policy, token, subject.roomId),
    checkTokenRevocation(rules, token, subject, clock.now),
    ...(clock.judged ? checkClock(policy, token, clock.now) : []),
  ];
  const rows = [...showOpened(token), ...findings.map((finding) => finding.row)];
  const fault = findings.find((finding) => finding.error !== undefined);
  if (fault?.error !== undefined) return faultOf(fault, fault.error, rows);
  const { seconds, capped } = findTokenEnd(policy, token);
  const grants = grantsOfToken(policy, token, subject.roomId);
  return { outcome: 'ok', token, grants, endsAt: seconds * 1000, capped, rows };
}

function faultOf(fault: Finding, error: RoomkeyErrorName, rows: readonly Check[]): TokenFault {
  const { retryAfterMs, revocation } = fault;
  return {
    outcome: error === 'tokenExpired' ? 'mayFallBack' : 'refuses',
    error,
    rows,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(revocation === undefined ? {} : { revocation }),
  };
}

/**
 * One outcome for what no key opens and for what the CBC rules refuse: built from format and outer expiry alone,
 * which anyone can see, so that neither code nor trace tells the two apart (TK13).
 */
function judgeUnopened(
  policy: Policy,
  evidence: Extract<TokenEvidence, { state: 'unopened' | 'opened' }>,
  clock: JudgeClock,
): TokenFault {
  const seen = evidence.state === 'opened' ? evidence.token : evidence;
  const outerExpire = evidence.state === 'opened' ? evidence.token.expire : evidence.outerExpire;
  const isPast = clock.judged && clock.now >= outerExpire * 1000;
  const rows = [
    showFormat(policy, seen.format),
    makeRow('opened', 'fail', { expected: 'by an active key', got: 'no' }),
    makeRow('outerExpire', isPast ? 'fail' : 'pass', {
      expected: 'later than now',
      got: formatInstant(outerExpire),
    }),
  ];
  return { outcome: 'mayFallBack', error: isPast ? 'tokenExpired' : 'tokenUnopened', rows };
}

function showFormat(policy: Policy, format: TokenFormat): Check {
  if (format === '04-gcm') return makeRow('format', 'pass', { expected: 'GCM or CBC', got: format });
  if (policy.cbc === 'deny') {
    return makeRow('format', 'fail', { expected: '04-gcm', got: format, hint: 'cbc-denied' });
  }
  const expected = `GCM, or CBC by the rules ${policy.cbc} and shape ${policy.cbcShape}`;
  return makeRow('format', 'note', { expected, got: format });
}

function showOpened(token: OpenedToken): readonly Check[] {
  return [
    makeRow('format', 'pass', { expected: 'GCM or CBC', got: token.format }),
    makeRow('opened', 'pass', { expected: 'by an active key', got: `by key ${token.keyId}` }),
  ];
}
