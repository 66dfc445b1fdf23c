import type { RenewedResult, RenewMessage } from '@roomkey/protocol';
import {
  decideRenewal,
  type RenewalDecision,
  type Renewed,
  ruleViewOf,
  type VerifiedCredential,
  verifyCredential,
} from '#admission';
import { type AppRules, policyFor } from '#policy';
import {
  type Connection,
  createLease,
  createResumeTicket,
  type Lease,
  type LiveSession,
  renewLease,
  toLeaseRecord,
  wireLease,
} from '#sessions';
import type { Answer, RefusedAnswer } from './access.ts';
import { endSession, sessionRefOf } from './end-session.ts';
import { factsOf } from './enter-ask.ts';
import { findSession } from './find-session.ts';
import { noteOpened } from './judge-login.ts';
import { loginRecordOf, outcomeOf } from './login-record.ts';
import type { AccessParts } from './parts.ts';
import { refuse } from './refuse.ts';

const tries = 3;

/** A renewal as it was judged by one version of the rules. */
interface JudgedRenewal {
  readonly rules: AppRules;
  readonly verified: VerifiedCredential;
  readonly decision: RenewalDecision;
  readonly candidateOutcome: string | null;
}

/**
 * Brings a new token to a running session: a full admission, and the old lease stands whatever is refused (AD9).
 *
 * It counts only if the directory takes it while the session is not gone, so that no renewal outlives a hard end, a
 * kick or a revocation.
 */
export async function renew(
  parts: AccessParts,
  connection: Connection,
  message: RenewMessage,
): Promise<Answer<RenewedResult>> {
  const session = findSession(parts, connection, message.roomId);
  if (session === undefined) return { ok: false, error: 'notInRoom' };
  const outcome = await renewSession(parts, { session, token: message.token, connection, verb: 'renew' });
  if (!outcome.ok) return outcome;
  const renewed = parts.sessions.find(session.sessionId);
  if (renewed === undefined) return { ok: false, error: 'notInRoom' };
  return {
    ok: true,
    result: {
      lease: wireLease(renewed, parts.clock.monoMs()),
      resumeTicket: outcome.ticket,
      ...(outcome.unchanged ? { unchanged: true } : {}),
    },
  };
}

/** Who renews with what; `resume` brings a token along (SE7). */
export interface RenewAsk {
  readonly session: LiveSession;
  readonly token: string;
  readonly connection: Connection;
  readonly verb: 'renew' | 'resume';
}

type RenewOutcome =
  | { readonly ok: true; readonly unchanged: boolean; readonly ticket: string }
  | RefusedAnswer;

/** The steps of a renewal, for `renew` and for a resume with a fresh token. */
export async function renewSession(parts: AccessParts, ask: RenewAsk): Promise<RenewOutcome> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const session = parts.sessions.find(ask.session.sessionId);
    const rules = session && parts.rules.find(session.appId);
    if (session === undefined || rules === undefined) return { ok: false, error: 'notInRoom' };
    const judged = judgeRenewal(parts, rules, { ask, session });
    const { decision } = judged;
    if (!decision.allowed) return await refuseRenewal(parts, { ask, session, judged, refused: decision });
    const outcome = await applyRenewal(parts, { ask, session, judged, decision });
    if (outcome !== 'stale') return outcome;
  }
  return { ok: false, error: 'rulesUnsettled', retryAfterMs: 1_000 };
}

function judgeRenewal(
  parts: AccessParts,
  rules: AppRules,
  { ask, session }: { readonly ask: RenewAsk; readonly session: LiveSession },
): JudgedRenewal {
  const { host, connectionId } = ask.connection;
  const { appId, roomId, userId, sessionId, lease } = session;
  const binding = {
    host,
    connectionId,
    verb: 'resume' as const,
    appId,
    roomId,
    userId,
    challenge: undefined,
  };
  const verified = verifyCredential({ token: ask.token }, rules.keys, binding);
  const facts = { ...factsOf(ask.connection, session), sessionId };
  noteOpened(parts, facts, verified);
  const now = parts.now();
  const view = { sessionId, appId, roomId, userId, lease, streams: parts.streams.ofSession(sessionId) };
  const { active, candidate } = policyFor(rules, facts, now);
  const decision = decideRenewal(ruleViewOf(rules, active), verified, view, now);
  const shadow = candidate && decideRenewal(ruleViewOf(rules, candidate), verified, view, now);
  return { rules, verified, decision, candidateOutcome: outcomeOf(shadow) };
}

async function refuseRenewal(
  parts: AccessParts,
  refusal: {
    readonly ask: RenewAsk;
    readonly session: LiveSession;
    readonly judged: JudgedRenewal;
    readonly refused: Extract<RenewalDecision, { readonly allowed: false }>;
  },
): Promise<RefusedAnswer> {
  const { ask, session, judged, refused } = refusal;
  const facts = { ...factsOf(ask.connection, session), sessionId: session.sessionId };
  const { addressKey } = ask.connection;
  return await refuse(parts, { verb: ask.verb, facts, addressKey, ...judged, ...refused });
}

interface Renewing {
  readonly ask: RenewAsk;
  readonly session: LiveSession;
  readonly judged: JudgedRenewal;
  readonly decision: Renewed;
}

async function applyRenewal(parts: AccessParts, renewing: Renewing): Promise<RenewOutcome | 'stale'> {
  const { ask, session, judged, decision } = renewing;
  const lease =
    decision.unchanged && session.lease.lapsedAtMono === undefined
      ? session.lease
      : nextLease(parts, renewing);
  const ticket = createResumeTicket();
  const touched = await parts.directory.touch({
    nodeId: parts.nodes.self,
    sessionId: session.sessionId,
    fence: session.fence,
    rulesVersion: judged.rules.version,
    lease: toLeaseRecord(lease),
    nextTicketHash: ticket.hash,
  });
  if (!touched.ok) return touched.refusal === 'stale' ? 'stale' : { ok: false, error: 'notInRoom' };
  if (!takeLease(parts, session, lease)) return 'stale';
  const { verb } = ask;
  const facts = { ...factsOf(ask.connection, session), sessionId: session.sessionId };
  const { method, fellBack, ruleOutcomes } = decision;
  const { rules, verified, candidateOutcome } = judged;
  const login = { verb, rules, facts, verified, ruleOutcomes, candidateOutcome, method, fellBack };
  const { sessionId } = session;
  await parts.book.record(loginRecordOf(login, { at: parts.now(), diagnosis: null, sessionId }));
  return { ok: true, unchanged: lease === session.lease, ticket: ticket.ticket };
}

function nextLease(parts: AccessParts, { session, decision }: Renewing): Lease {
  const generation = session.lease.generation + 1;
  const { credential } = decision;
  return createLease({
    decision,
    credential,
    generation,
    decidedAt: parts.now(),
    monoNow: parts.clock.monoMs(),
  });
}

/** Puts the lease in force. False when another change of the lease came between: then it is judged anew. */
function takeLease(parts: AccessParts, before: LiveSession, lease: Lease): boolean {
  const { sessionId } = before;
  if (lease === before.lease) return parts.sessions.find(sessionId) !== undefined;
  const current = parts.sessions.find(sessionId);
  if (current === undefined || current.lease.generation >= lease.generation) return false;
  const renewed = parts.sessions.update(sessionId, (session) => renewLease(session, lease));
  if (renewed !== undefined) narrowPlanes(parts, renewed, before.lease);
  return renewed !== undefined;
}

/** Tells planes of a lease that changed: rights that went away are taken from what runs (PL1). */
export function narrowPlanes(parts: AccessParts, session: LiveSession, before: Lease): void {
  if (session.lease === before) return;
  const ref = sessionRefOf(session);
  for (const plane of parts.planes) {
    plane.narrow(ref, session.lease).catch((failure: unknown) => {
      // A plane that cannot take a right away must not keep it: the session ends instead.
      parts.logger.error(
        { err: failure, plane: plane.name, sessionId: ref.sessionId },
        'a plane did not narrow',
      );
      void endSession(parts, ref.sessionId, { cause: 'internal' });
    });
  }
}
