import type { ResumedResult, ResumeMessage, RoomkeyErrorName } from '@roomkey/protocol';
import { decideAction, decideRejudge, ruleViewOf } from '#admission';
import type { ClaimOutcome, SessionRecord } from '#cluster';
import { policyFor } from '#policy';
import type { MissedRoom, Seat } from '#rooms';
import {
  attachSocket,
  type Connection,
  createResumeTicket,
  hashResumeTicket,
  type LiveSession,
  loseSocket,
  type Present,
  wireLease,
} from '#sessions';
import type { Answer, RefusedAnswer } from './access.ts';
import { applyRejudgement } from './apply-rules.ts';
import { endSession } from './end-session.ts';
import { factsOf } from './enter-ask.ts';
import { loginRecordOf } from './login-record.ts';
import type { AccessParts } from './parts.ts';
import { refuse } from './refuse.ts';
import { renewSession } from './renew.ts';

const noRuleOutcomes = { either: 'admitted', appSignFirst: 'admitted', both: 'admitted' };
const claimRefusals: Readonly<Record<Extract<ClaimOutcome, { ok: false }>['refusal'], RoomkeyErrorName>> = {
  fenced: 'connectFailed',
  stale: 'rulesUnsettled',
  unknown: 'resumeUnknown',
  reused: 'resumeTicketReused',
  displaced: 'userElsewhere',
};

/**
 * Takes a session up again on a new connection (SE7): the ticket first, then admission under today's rules, by the
 * stored credential or by a fresh token in the same call; then what was missed.
 *
 * A refusal leaves the session as it was, detached or absent, so that a fresh token can still save it.
 */
export async function resume(
  parts: AccessParts,
  connection: Connection,
  message: ResumeMessage,
): Promise<Answer<ResumedResult>> {
  const found = parts.sessions.find(message.sessionId);
  const room = found ?? { appId: 0, roomId: '' };
  const seat = await parts.rooms.reserve(room);
  let resumed = false;
  try {
    const answer = await resumeAt(parts, connection, { message, seat });
    resumed = answer.ok;
    return answer;
  } finally {
    if (!resumed) seat.release();
  }
}

interface Resuming {
  readonly message: ResumeMessage;
  readonly seat: Seat;
}

async function resumeAt(
  parts: AccessParts,
  connection: Connection,
  { message, seat }: Resuming,
): Promise<Answer<ResumedResult>> {
  const ticket = createResumeTicket();
  const claimed = await parts.directory.claim({
    nodeId: parts.nodes.self,
    sessionId: message.sessionId,
    connectionId: connection.connectionId,
    ticketHash: hashResumeTicket(message.ticket),
    nextTicketHash: ticket.hash,
    rulesVersion: parts.rules.find(parts.sessions.find(message.sessionId)?.appId ?? 0)?.version ?? 0,
    now: parts.now(),
  });
  if (!claimed.ok) return await claimRefused(parts, claimed, message.sessionId);
  const before = parts.sessions.find(message.sessionId);
  if (before === undefined) return { ok: false, error: 'resumeUnknown' };
  closeOld(before, connection);
  const present = takeFence(parts, claimed.session, { before, connection });
  const refused = await admitAgain(parts, { session: present, connection, message });
  const session = parts.sessions.find(message.sessionId);
  if (refused !== undefined || session?.state !== 'present') {
    if (session?.state === 'present') detachAgain(parts, session, before);
    return refused ?? { ok: false, error: 'resumeUnknown' };
  }
  const marked = await parts.directory.present({
    nodeId: parts.nodes.self,
    sessionId: session.sessionId,
    fence: session.fence,
    state: 'present',
  });
  const missed = marked.ok ? await parts.rooms.missed(session, message.lastRoomSeq, session) : undefined;
  const after = parts.sessions.find(message.sessionId);
  if (missed === undefined || after?.state !== 'present') return { ok: false, error: 'resumeUnknown' };
  return resumedAnswer(parts, { session: after, missed, ticket: ticket.ticket, seat });
}

/** A ticket from before the last rotation ends the session: two hold what only one should (SE7a). */
async function claimRefused(
  parts: AccessParts,
  claimed: Extract<ClaimOutcome, { readonly ok: false }>,
  sessionId: string,
): Promise<RefusedAnswer> {
  if (claimed.refusal === 'reused') {
    await endSession(
      parts,
      sessionId,
      { cause: 'resumeTicketReused' },
      { alreadyLeft: claimed.ended !== undefined },
    );
  }
  return { ok: false, error: claimRefusals[claimed.refusal] };
}

/** The half-open socket that still holds the session is closed; it announces no leave, the fence has moved on. */
function closeOld(before: LiveSession, connection: Connection): void {
  if (before.state !== 'present' || before.connection.connectionId === connection.connectionId) return;
  before.connection.sink.close('replaced');
}

function takeFence(
  parts: AccessParts,
  record: SessionRecord,
  { before, connection }: { readonly before: LiveSession; readonly connection: Connection },
): Present {
  parts.rooms.suspend(before);
  const { fence, roomSessionId } = record;
  const present = parts.sessions.update(before.sessionId, (session) =>
    attachSocket(session, { connection, fence, roomSessionId }),
  );
  if (present === undefined) throw new TypeError('a session that was found is in the table');
  return present;
}

/** As it was before the refused resume, but for the fence and the socket that was closed. */
function detachAgain(parts: AccessParts, session: Present, before: LiveSession): void {
  const { fence, lease } = session;
  const now = parts.clock.monoMs();
  parts.sessions.update(session.sessionId, (each) => {
    if (before.state !== 'present') return { ...before, fence, lease };
    return each.state === 'present' ? loseSocket(each, now, now) : each;
  });
  parts.rooms.suspend(session);
}

/** Admission under today's rules: with a fresh token a renewal, else the stored credential judged again (SE7). */
async function admitAgain(
  parts: AccessParts,
  {
    session,
    connection,
    message,
  }: { readonly session: Present; readonly connection: Connection; readonly message: ResumeMessage },
): Promise<RefusedAnswer | undefined> {
  if (message.token !== undefined && message.token !== '') {
    const outcome = await renewSession(parts, { session, token: message.token, connection, verb: 'resume' });
    return outcome.ok ? undefined : outcome;
  }
  const rules = parts.rules.find(session.appId);
  if (rules === undefined) return { ok: false, error: 'appUnknown' };
  const facts = { ...factsOf(connection, session), sessionId: session.sessionId };
  const now = parts.now();
  const { active } = policyFor(rules, facts, now);
  const judged = decideRejudge(ruleViewOf(rules, active), session, now);
  const lapsed = decideAction(session.lease, 'resume', parts.clock.monoMs());
  const verified = session.lease.credential;
  const shared = {
    verb: 'resume' as const,
    rules,
    facts,
    verified,
    ruleOutcomes: noRuleOutcomes,
    candidateOutcome: null,
  };
  if (judged.verdict === 'end' && judged.withinSeconds === 0) {
    await applyRejudgement(parts, session, judged);
    const { cause } = judged;
    const error =
      cause.cause === 'rules' ? cause.error : cause.cause === 'revoked' ? 'revoked' : 'tokenExpired';
    return await refuse(parts, { ...shared, error, trace: judged.trace, addressKey: connection.addressKey });
  }
  if (!lapsed.allowed) {
    return await refuse(parts, {
      ...shared,
      error: lapsed.error,
      trace: lapsed.trace,
      addressKey: connection.addressKey,
    });
  }
  await applyRejudgement(parts, session, judged);
  const { method } = session.lease;
  const { sessionId } = session;
  await parts.book.record(loginRecordOf({ ...shared, method }, { at: now, diagnosis: null, sessionId }));
  return undefined;
}

function resumedAnswer(
  parts: AccessParts,
  resumed: {
    readonly session: Present;
    readonly missed: MissedRoom;
    readonly ticket: string;
    readonly seat: Seat;
  },
): Answer<ResumedResult> {
  const { session, missed, ticket, seat } = resumed;
  const kept = parts.sessions.takeKept(session.sessionId);
  return {
    ok: true,
    result: {
      session: { id: session.sessionId, roomSessionId: session.roomSessionId },
      lease: wireLease(session, parts.clock.monoMs()),
      resumeTicket: ticket,
      ...(missed.kind === 'events'
        ? { missed: { from: missed.from, to: missed.to, events: missed.events } }
        : { snapshot: missed.snapshot }),
      ...(kept.lost === 0 ? {} : { commandsLost: kept.lost }),
    },
    afterSend: () => {
      const still = parts.sessions.find(session.sessionId);
      if (still?.state !== 'present') {
        seat.release();
        return;
      }
      seat.take(still, missed.to);
      for (const command of kept.commands) still.connection.sink.send(command, 'event');
    },
  };
}
