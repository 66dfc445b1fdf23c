import { limits, type RoomkeyErrorName } from '@roomkey/protocol';
import type { Admitted, Check } from '#admission';
import type { EnterOutcome, EnterRequest } from '#cluster';
import { createId } from '#kernel';
import type { AppRules, LoginFacts } from '#policy';
import { type Seat, viewRoom } from '#rooms';
import {
  type Connection,
  createLease,
  createResumeTicket,
  type EndCause,
  enterSession,
  meaningOf,
  toLeaseRecord,
  wireLease,
} from '#sessions';
import type { Answer, Entered, RefusedAnswer } from './access.ts';
import { rejudgeOne } from './apply-rules.ts';
import { endSession } from './end-session.ts';
import { type EnterAsk, factsOf, findIdFault } from './enter-ask.ts';
import { type Judged, judgeLogin } from './judge-login.ts';
import { loginRecordOf } from './login-record.ts';
import type { AccessParts } from './parts.ts';
import { type Refusal, refuse } from './refuse.ts';

const tries = 3;
const retryWhenUnsettledMs = 1_000;

/**
 * Lets a credential into a room, or refuses it with one code: ids and bounds first, then the crypto once, the decision,
 * and entering under the version of the rules it was decided by. Rules that moved on meanwhile mean deciding again,
 * three times at most (CL2).
 */
export async function enterRoom(
  parts: AccessParts,
  connection: Connection,
  ask: EnterAsk,
): Promise<Answer<Entered>> {
  const fault = findIdFault(ask) ?? findStandingFault(parts, connection, ask);
  if (fault !== undefined) return { ok: false, error: fault };
  const seat = await parts.rooms.reserve(ask);
  let entered = false;
  try {
    for (let attempt = 0; attempt < tries; attempt++) {
      const answer = await enterOnce(parts, connection, { ask, seat });
      if (answer === 'stale') continue;
      entered = answer.ok;
      return answer;
    }
    return { ok: false, error: 'rulesUnsettled', retryAfterMs: retryWhenUnsettledMs };
  } finally {
    // Who entered takes the seat when the answer is out.
    if (!entered) seat.release();
  }
}

async function enterOnce(
  parts: AccessParts,
  connection: Connection,
  { ask, seat }: { readonly ask: EnterAsk; readonly seat: Seat },
): Promise<Answer<Entered> | 'stale'> {
  const rules = parts.rules.find(ask.appId);
  const early = findRulesFault(parts, rules, { connection, ask });
  if (rules === undefined || early !== undefined) return early ?? { ok: false, error: 'appUnknown' };
  const facts = factsOf(connection, ask);
  const { verb, credential, context, appId, roomId, userId } = ask;
  const { host, connectionId } = connection;
  const binding = { host, connectionId, verb, appId, roomId, userId, challenge: context.challenge };
  const judged = judgeLogin(parts, rules, { facts, credential, binding });
  const { decision } = judged;
  const asked = { connection, ask, facts, judged };
  if (!decision.allowed) {
    return await refuseLogin(parts, asked, { ...decision, extra: [] });
  }
  const request = enterRequestOf(parts, { ...asked, decision });
  const outcome = await parts.directory.enter(request);
  if (!outcome.ok) return await notEntered(parts, asked, outcome.refusal);
  return await settle(parts, { ...asked, decision, request, outcome, seat });
}

interface Asked {
  readonly connection: Connection;
  readonly ask: EnterAsk;
  readonly facts: LoginFacts;
  readonly judged: Judged;
}

interface Settling extends Asked {
  readonly decision: Admitted;
  readonly request: ReturnType<typeof enterRequestOf>;
  readonly outcome: Extract<EnterOutcome, { readonly ok: true }>;
  readonly seat: Seat;
}

/** In the directory already: the session is taken in before anything waits, so that a sweep finds it. */
async function settle(parts: AccessParts, settling: Settling): Promise<Answer<Entered>> {
  const { connection, ask, facts, judged, decision, request, outcome, seat } = settling;
  const { lease, ticket } = request;
  const { sessionId, enteredAt } = request.session;
  const { appId, roomId, userId, userName, statusNotify } = ask;
  const present = enterSession({
    sessionId,
    roomSessionId: outcome.roomSessionId,
    appId,
    roomId,
    userId,
    userName,
    statusNotify,
    fence: outcome.fence,
    lease,
    enteredAt,
    connection,
  });
  parts.sessions.add(present);
  const endedBy = await whileAnswering(parts, sessionId, async () => {
    for (const earlier of outcome.displaced) {
      void endSession(parts, earlier.sessionId, { cause: 'displaced' }, { alreadyLeft: true });
    }
    if ((parts.rules.find(appId)?.version ?? 0) > judged.rules.version) await rejudgeOne(parts, present);
    const { method, fellBack, ruleOutcomes } = decision;
    const { verified, rules, candidateOutcome } = judged;
    const login = {
      verb: ask.verb,
      rules,
      facts,
      verified,
      ruleOutcomes,
      candidateOutcome,
      method,
      fellBack,
    };
    await parts.book.record(loginRecordOf(login, { at: parts.now(), diagnosis: null, sessionId }));
    const { replacing } = ask;
    if (replacing !== undefined) {
      await endSession(parts, replacing.sessionId, { cause: 'switchRoom' }, { keepSocket: true });
    }
  });
  const session = parts.sessions.find(sessionId);
  // Ended while its record was written, by a change of rules or the same user elsewhere; or the socket is gone.
  if (session?.state !== 'present') {
    const error = endedBy === undefined ? undefined : meaningOf(endedBy).kicked;
    return { ok: false, error: error ?? 'sessionException' };
  }
  const room = viewRoom(roomId, outcome.room, session);
  return {
    ok: true,
    result: {
      session: { id: sessionId, roomSessionId: outcome.roomSessionId },
      lease: wireLease(session, parts.clock.monoMs()),
      resumeTicket: ticket.ticket,
      room,
    },
    afterSend: () => {
      const still = parts.sessions.find(sessionId);
      if (still?.state === 'present') seat.take(still, outcome.room.seq);
      else seat.release();
    },
  };
}

/** Does what a login still needs before its answer; resolves to what ended the session meanwhile, if anything did. */
async function whileAnswering(
  parts: AccessParts,
  sessionId: string,
  work: () => Promise<void>,
): Promise<EndCause | undefined> {
  parts.answering.set(sessionId, undefined);
  try {
    await work();
    return parts.answering.get(sessionId);
  } finally {
    parts.answering.delete(sessionId);
  }
}

function enterRequestOf(parts: AccessParts, asked: Asked & { readonly decision: Admitted }) {
  const { ask, connection, judged, decision } = asked;
  const { policy, version } = judged.rules;
  const decidedAt = parts.now();
  const ticket = createResumeTicket();
  const lease = createLease({
    decision,
    credential: judged.verified,
    generation: 1,
    decidedAt,
    monoNow: parts.clock.monoMs(),
  });
  const { appId, roomId, userId, userName, statusNotify, maxMemberCount } = ask;
  const session = {
    sessionId: createId(),
    appId,
    roomId,
    userId,
    userName,
    connectionId: connection.connectionId,
    lease: toLeaseRecord(lease),
    statusNotify,
    enteredAt: decidedAt,
  };
  const request: EnterRequest = {
    nodeId: parts.nodes.self,
    rulesVersion: version,
    session,
    resumeTicketHash: ticket.hash,
    maxMemberCount,
    maxMembersPerRoom: policy.maxMembersPerRoom,
    sameUser: policy.sameUser,
    mayDisplaceToken: decision.method !== 'appSign' || policy.appSignDisplaces,
  };
  return { ...request, lease, ticket };
}

async function notEntered(
  parts: AccessParts,
  asked: Asked,
  refusal: Extract<EnterOutcome, { readonly ok: false }>['refusal'],
): Promise<RefusedAnswer | 'stale'> {
  if (refusal === 'stale') return 'stale';
  if (refusal === 'fenced') return { ok: false, error: 'connectFailed', retryAfterMs: retryWhenUnsettledMs };
  const { decision } = asked.judged;
  const check = refusal === 'roomFull' ? 'roomFull' : 'sameUser';
  const expected = refusal === 'roomFull' ? 'a free place in the room' : 'no other live session of this user';
  const row: Check = { check, expected, got: 'no', verdict: 'fail' };
  return await refuseLogin(parts, asked, { ...decision, error: refusal, extra: [row] });
}

async function refuseLogin(
  parts: AccessParts,
  { connection, ask, facts, judged }: Asked,
  refused: Pick<Refusal, 'error' | 'trace' | 'ruleOutcomes' | 'retryAfterMs'> & {
    readonly extra: readonly Check[];
  },
): Promise<RefusedAnswer> {
  const { addressKey } = connection;
  // A credential that passes is never refused for failures, its own or others'; all that fail take from the bucket,
  // also a real token that has run out: its holder must not fill the disk with records (AD10, MG1a).
  const waitMs = judged.decision.allowed
    ? 0
    : parts.failures.noteFailure(addressKey, `${ask.appId} ${ask.userId}`, parts.clock.monoMs());
  const { rules, verified, candidateOutcome } = judged;
  if (waitMs > 0) {
    parts.book.countRefused({ at: parts.now(), appId: ask.appId, error: 'tooManyFailures', addressKey });
    return { ok: false, error: 'tooManyFailures', retryAfterMs: waitMs };
  }
  const { error, ruleOutcomes, retryAfterMs } = refused;
  const trace = [...refused.trace, ...refused.extra];
  const shared = { verb: ask.verb, rules, facts, verified, addressKey, candidateOutcome };
  return await refuse(parts, { ...shared, error, trace, ruleOutcomes, retryAfterMs });
}

/** What the connection carries already decides too: one user, one app, five rooms, each once (RM5). */
function findStandingFault(
  parts: AccessParts,
  connection: Connection,
  ask: EnterAsk,
): RoomkeyErrorName | undefined {
  const sessions = parts.sessions.ofConnection(connection.connectionId);
  if (sessions.some(({ roomId }) => roomId === ask.roomId)) return 'roomCountExceeded';
  if (sessions.some(({ appId, userId }) => appId !== ask.appId || userId !== ask.userId))
    return 'multiRoomOtherUser';
  const rooms = sessions.length - (ask.replacing === undefined ? 0 : 1);
  return rooms >= limits.roomsPerConnection ? 'multiRoomCountExceeded' : undefined;
}

function findRulesFault(
  parts: AccessParts,
  rules: AppRules | undefined,
  { connection, ask }: { readonly connection: Connection; readonly ask: EnterAsk },
): RefusedAnswer | undefined {
  if (!parts.nodes.isCurrent())
    return { ok: false, error: 'connectFailed', retryAfterMs: retryWhenUnsettledMs };
  const { addressKey } = connection;
  const error = rules === undefined ? 'appUnknown' : findOriginFault(rules, ask.context.origin);
  if (error === undefined) return undefined;
  const waitMs = parts.failures.noteFailure(addressKey, `${ask.appId}`, parts.clock.monoMs());
  parts.book.countRefused({ at: parts.now(), appId: rules?.appId ?? 0, error, addressKey });
  return waitMs > 0 ? { ok: false, error: 'tooManyFailures', retryAfterMs: waitMs } : { ok: false, error };
}

/** Browsers name the page they run in; an app that lists origins takes no other (WS14). */
function findOriginFault(rules: AppRules, origin: string | undefined): RoomkeyErrorName | undefined {
  const { allowedOrigins } = rules.app;
  if (origin === undefined || allowedOrigins.length === 0) return undefined;
  return allowedOrigins.includes(origin) ? undefined : 'originRefused';
}
