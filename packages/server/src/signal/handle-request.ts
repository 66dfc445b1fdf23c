import { type ClientMessage, errorFacts, limits, type RoomSnapshot } from '@roomkey/protocol';
import type { Answer, CredentialContext, RefusedAnswer } from '#access';
import { createId, RoomkeyError } from '#kernel';
import { answerError, type SaidError } from './answer-error.ts';
import { greet } from './greet.ts';
import { isRated, RequestBuckets } from './request-buckets.ts';
import type { SignalConnection } from './signal-connection.ts';
import type { SignalParts } from './signal-parts.ts';

const overInARowCloses = 3;

/** A request other than the greeting. */
type Request = Exclude<ClientMessage, { readonly t: 'hello' }>;

/** Answers one request, exactly once (WS3). Never rejects. */
export async function handleRequest(
  parts: SignalParts,
  connection: SignalConnection,
  message: ClientMessage,
): Promise<void> {
  if (message.t === 'hello') {
    greet(parts, connection, message);
    return;
  }
  const isProven = message.t === 'login' || message.t === 'switchRoom';
  // Spent before anything looks at the proof, and whatever comes of it (AD2).
  const challenge = isProven ? connection.spendChallenge() : undefined;
  const next = isProven ? { nextChallenge: connection.nextChallenge() } : {};
  if (isTurnedAway(parts, connection, message, next)) return;
  if (message.t === 'snapshot') {
    await answerSnapshot(parts, connection, message);
    return;
  }
  const answer = await ask(parts, connection, message, { challenge, origin: connection.origin });
  noteOutcome(parts, connection, message, answer);
  if (!answer.ok) {
    answerError(connection, message.id, { ...answer, ...next });
    return;
  }
  connection.send({ t: 'ok', id: message.id, ...answer.result, ...next }, 'answer');
  // In the same turn: events of the room follow the answer, and none is missed (RM6).
  guard(parts, connection, () => answer.afterSend?.());
}

/** What costs nothing to refuse is refused before anything is asked (AD10, WS2, WS15). */
function isTurnedAway(
  parts: SignalParts,
  connection: SignalConnection,
  message: Request,
  next: Pick<SaidError, 'nextChallenge'>,
): boolean {
  if (message.t === 'login' && connection.refusedLogins >= limits.refusedLoginsPerConnection) {
    answerError(connection, message.id, { error: 'tooManyRefusedLogins', ...next });
    connection.end('refused');
    return true;
  }
  const now = parts.clock.monoMs();
  if (isRated(message.t)) connection.buckets ??= new RequestBuckets();
  const overMs = connection.buckets?.take(message, now) ?? 0;
  if (overMs > 0) {
    const error = message.t === 'ping' ? 'appCallsTooFrequent' : 'roomCallsTooFrequent';
    answerError(connection, message.id, { error, retryAfterMs: overMs, ...next });
    connection.overInARow += 1;
    if (connection.overInARow >= overInARowCloses) connection.end('tooMany');
    return true;
  }
  connection.overInARow = 0;
  const waitMs = countsRefusals(message.t) ? (connection.buckets?.refusalWaitMs(now) ?? 0) : 0;
  if (waitMs === 0) return false;
  answerError(connection, message.id, { error: 'tooManyFailures', retryAfterMs: waitMs, ...next });
  return true;
}

function countsRefusals(t: Request['t']): boolean {
  return t === 'renew' || t === 'resume' || t === 'switchRoom' || t === 'planeTicket';
}

async function ask(
  parts: SignalParts,
  connection: SignalConnection,
  message: Exclude<Request, { readonly t: 'snapshot' }>,
  context: CredentialContext,
): Promise<Answer<object>> {
  try {
    if (message.t === 'ping') return { ok: true, result: { serverTime: Math.floor(parts.wallMs()) } };
    if (message.t === 'challenge') return { ok: true, result: { challenge: connection.nextChallenge() } };
    if (message.t === 'login') return await parts.access.login(connection, message, context);
    if (message.t === 'switchRoom') return await parts.access.switchRoom(connection, message, context);
    if (message.t === 'resume') return await parts.access.resume(connection, message, context);
    if (message.t === 'logout') return await parts.access.logout(connection, message.roomId);
    // Every other verb has its own name in access and takes its own message.
    const verb: (connection: SignalConnection, message: never) => Promise<Answer<object>> =
      parts.access[message.t];
    return await verb.call(parts.access, connection, message as never);
  } catch (failure) {
    return refusalOf(parts, connection, failure);
  }
}

async function answerSnapshot(
  parts: SignalParts,
  connection: SignalConnection,
  { id, roomId }: { readonly id: number; readonly roomId: string },
): Promise<void> {
  let isAnswered = false;
  const send = (snapshot: RoomSnapshot): void => {
    if (isAnswered) return;
    isAnswered = true;
    connection.send({ t: 'ok', id, ...snapshot }, 'answer');
  };
  let refused: RefusedAnswer | undefined;
  try {
    refused = await parts.access.snapshot(connection, roomId, send);
  } catch (failure) {
    refused = refusalOf(parts, connection, failure);
  }
  if (!isAnswered) answerError(connection, id, refused ?? { error: 'internal' });
}

function noteOutcome(
  parts: SignalParts,
  connection: SignalConnection,
  message: Request,
  answer: Answer<object>,
): void {
  if (answer.ok) {
    if (message.t === 'login') connection.refusedLogins = 0;
    if (message.t === 'logout') connection.hasLoggedOut = true;
    return;
  }
  // Our own troubles are not the client's failures.
  if (errorFacts[answer.error][1] >= 500) return;
  const now = parts.clock.monoMs();
  if (countsRefusals(message.t)) connection.buckets?.noteRefusal(now);
  if (message.t === 'login') connection.refusedLogins += 1;
  // A client whose resume was refused fetches a token and logs in afresh: once it is given the time for it.
  const prolongs = message.t === 'login' || (message.t === 'resume' && !connection.wasProlonged);
  if (message.t === 'resume') connection.wasProlonged = true;
  if (prolongs) connection.stepByMono = now + limits.loginWithinMs;
}

function refusalOf(parts: SignalParts, connection: SignalConnection, failure: unknown): RefusedAnswer {
  if (failure instanceof RoomkeyError) return { ok: false, error: failure.errorName };
  const { connectionId } = connection;
  parts.logger.error({ err: failure, failureId: createId(), connectionId }, 'a request failed');
  return { ok: false, error: 'internal' };
}

function guard(parts: SignalParts, connection: SignalConnection, step: () => void): void {
  try {
    step();
  } catch (failure) {
    const { connectionId } = connection;
    parts.logger.error(
      { err: failure, failureId: createId(), connectionId },
      'a step after an answer failed',
    );
  }
}
