import type { CredentialMethod } from '@roomkey/protocol';
import type { UnixMillis } from '#kernel';
import type { Policy } from '#policy';
import { decideByRule } from './decide-login.ts';
import type { Admitted, OpenedToken, Refused, VerifiedCredential } from './decision.ts';
import { findOpened } from './find-opened.ts';
import { areGrantsEqual, areGrantsWithin, mayPublishStream } from './grants.ts';
import type { RuleView } from './rule-view.ts';
import type { SessionView } from './session-view.ts';
import { type Finding, formatInstant, makeFinding, makeRow } from './trace.ts';

/** A renewal that counts, or one that changes nothing and says so. */
export interface Renewed extends Admitted {
  /** The identical token with the same grants: the lease in force stands as it is (AD9). */
  readonly unchanged: boolean;
  /** What the new lease keeps: this, not what was verified, so that later renewals are compared rightly. */
  readonly credential: VerifiedCredential;
}

/** The outcome of a renewal; refused, the old lease stands. */
export type RenewalDecision = Renewed | Refused;

/**
 * Decides whether a token renews the lease of a running session (AD9).
 *
 * A full admission by the token alone (AppSign renews nothing), for the session's own app, user and room; then the
 * order of tokens by ctime, then running streams. A newer token is the owner's newest word and may narrow or
 * shorten; one that is not newer counts only if it ends no earlier and grants no more. A lapse does not matter here:
 * what is accepted restores it. Whether the session is in the room, and not ended meanwhile, the caller knows.
 */
export function decideRenewal(
  rules: RuleView,
  verified: VerifiedCredential,
  session: SessionView,
  now: UnixMillis,
): RenewalDecision {
  const { policy } = rules;
  const alone: VerifiedCredential = { token: verified.token, appSign: 'none' };
  const admission = decideByRule({ rules, rule: 'renewal', verified: alone, subject: session }, now);
  const token = findOpened(policy, verified.token);
  if (!admission.allowed || token === undefined) return admission.allowed ? noToken(admission) : admission;
  const current = currentToken(session);
  const unchanged =
    current?.digest === token.digest && areGrantsEqual(admission.grants, session.lease.grants);
  const order = checkOrder(policy, { token, admission }, session);
  const findings = [...(unchanged ? [] : [order]), checkStreams(admission, session)];
  const trace = [...admission.trace, ...findings.map((finding) => finding.row)];
  const error = findings.find((finding) => finding.error !== undefined)?.error;
  const { ruleOutcomes } = admission;
  if (error !== undefined) return { allowed: false, error, ruleOutcomes, trace };
  const method: CredentialMethod = session.lease.method === 'both' ? 'both' : 'token';
  const credential: VerifiedCredential = {
    token: verified.token,
    // A session that AppSign admitted rests on its token from now on: its proof must not take it back later.
    appSign: method === 'both' ? 'ok' : 'none',
    newestCtime: Math.max(token.ctime, newestCtimeOf(session) ?? token.ctime),
  };
  return { ...admission, method, unchanged, credential, trace };
}

function noToken(admission: Admitted): Refused {
  const { ruleOutcomes, trace } = admission;
  return { allowed: false, error: 'noToken', ruleOutcomes, trace };
}

function currentToken(session: SessionView): OpenedToken | undefined {
  const { method, credential } = session.lease;
  // A token that fell back admitted nobody, so nothing is compared with it.
  return method !== 'appSign' && credential.token.state === 'opened' ? credential.token.token : undefined;
}

function newestCtimeOf(session: SessionView): number | undefined {
  return session.lease.credential.newestCtime ?? currentToken(session)?.ctime;
}

function checkOrder(
  policy: Policy,
  renewal: { readonly token: OpenedToken; readonly admission: Admitted },
  session: SessionView,
): Finding {
  const { token, admission } = renewal;
  const newest = newestCtimeOf(session);
  const got = formatInstant(token.ctime);
  if (newest === undefined || token.ctime > newest) {
    const expected = newest === undefined ? 'any: no token before' : `after ${formatInstant(newest)}`;
    return { row: makeRow('order', 'pass', { expected, got }) };
  }
  const withinSkew = newest - token.ctime <= policy.renewSkewSeconds;
  const endsNoEarlier = admission.endsAt >= session.lease.endsAt;
  const grantsNoMore = areGrantsWithin(admission.grants, session.lease.grants);
  return makeFinding('order', withinSkew && endsNoEarlier && grantsNoMore, 'staleToken', {
    expected: `after ${formatInstant(newest)}, or at most ${policy.renewSkewSeconds} s before it, ending no earlier and granting no more`,
    got: `${got}, ${endsNoEarlier ? 'ends no earlier' : 'ends earlier'}, ${grantsNoMore ? 'grants no more' : 'grants more'}`,
  });
}

function checkStreams(admission: Admitted, session: SessionView): Finding {
  const lost = session.streams.filter((streamId) => !mayPublishStream(admission.grants, streamId));
  return makeFinding('running', lost.length === 0, 'renewLosesPublish', {
    expected: `${session.streams.length} running streams go on`,
    got: lost.length === 0 ? 'all may' : `${lost.length} may not`,
  });
}
