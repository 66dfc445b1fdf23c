import {
  checkStreamId,
  limits,
  type PlaneName,
  type PlaneTicketMessage,
  type PlayMessage,
  type PublishMessage,
  planes as planeNames,
  type RoomkeyErrorName,
  type SetStreamExtraInfoMessage,
  type StopPlayMessage,
  streamDeleteReasons,
  type UnpublishMessage,
  utf8Length,
  type WireTicket,
} from '@roomkey/protocol';
import { type ActionDecision, decideAction, decidePlane, decidePlay, decidePublish } from '#admission';
import type { OwnerCall } from '#cluster';
import type { Plane, TicketPurpose } from '#planes';
import type { Connection, Present } from '#sessions';
import type { Answer } from './access.ts';
import { sessionRefOf } from './end-session.ts';
import { findSession } from './find-session.ts';
import type { AccessParts } from './parts.ts';

type TicketAnswer = Answer<{ ticket: WireTicket | null }>;

const claimErrors: Readonly<
  Record<'fenced' | 'stale' | 'gone' | 'duplicate' | 'staleLease', RoomkeyErrorName>
> = {
  fenced: 'connectFailed',
  stale: 'rulesUnsettled',
  gone: 'notInRoom',
  duplicate: 'streamDuplicate',
  staleLease: 'publishRefused',
};

/**
 * Admits one stream against the lease and claims its id, unique in the app (RM3). The claim carries the generation of
 * the lease it was admitted by: a lapse or a narrowing between the two voids it. Without a media plane the ticket is
 * null, and the claim is handed back after 10 s.
 */
export async function publish(
  parts: AccessParts,
  connection: Connection,
  message: PublishMessage,
): Promise<TicketAnswer> {
  const session = findSession(parts, connection, message.roomId);
  if (session === undefined) return { ok: false, error: 'notInRoom' };
  const { streamId, extraInfo = '' } = message;
  const fault = checkStreamId(streamId) ?? findExtraInfoFault(extraInfo);
  if (fault !== undefined) return { ok: false, error: fault };
  const refused = refusalOf(decidePublish(session.lease, streamId, parts.clock.monoMs()));
  if (refused !== undefined) return refused;
  if (parts.streams.find(session.sessionId, streamId) !== undefined)
    return { ok: false, error: 'alreadyPublishing' };
  const leaseGeneration = session.lease.generation;
  const claimed = await parts.directory.claimStream({
    ...callOf(parts, session),
    streamId,
    extraInfo,
    leaseGeneration,
  });
  if (!claimed.ok) return { ok: false, error: claimErrors[claimed.refusal] };
  // Ended or lapsed while the claim was on its way: the end has released it, or this does.
  if (parts.sessions.find(session.sessionId)?.lease.generation !== leaseGeneration) {
    await releaseStream(parts, session, streamId);
    return { ok: false, error: 'publishRefused' };
  }
  parts.streams.claim(session.sessionId, streamId, leaseGeneration);
  return await openTicket(parts, session, { plane: 'media', purpose: { kind: 'publish', streamId } });
}

/** Gives a stream back: the plane stops it, the room is told (reason 1). */
export async function unpublish(
  parts: AccessParts,
  connection: Connection,
  message: UnpublishMessage,
): Promise<Answer<object>> {
  const session = findSession(parts, connection, message.roomId);
  if (session === undefined) return { ok: false, error: 'notInRoom' };
  const { streamId } = message;
  if (!parts.streams.release(session.sessionId, streamId)) return { ok: false, error: 'streamNotExist' };
  await closeOnPlane(parts, session, { kind: 'publish', streamId });
  await releaseStream(parts, session, streamId);
  return { ok: true, result: {} };
}

/** Admits one play: the stream must be listed in the room. */
export async function play(
  parts: AccessParts,
  connection: Connection,
  message: PlayMessage,
): Promise<TicketAnswer> {
  const session = findSession(parts, connection, message.roomId);
  if (session === undefined) return { ok: false, error: 'notInRoom' };
  const { streamId } = message;
  const fault = checkStreamId(streamId);
  if (fault !== undefined) return { ok: false, error: fault };
  const refused = refusalOf(decidePlay(session.lease, parts.clock.monoMs()));
  if (refused !== undefined) return refused;
  const { appId, roomId } = session;
  const streams = await parts.directory.streams({ appId, roomId });
  if (!streams.some((stream) => stream.streamId === streamId && stream.up))
    return { ok: false, error: 'streamNotExist' };
  return await openTicket(parts, session, { plane: 'media', purpose: { kind: 'play', streamId } });
}

/** Stops one play. */
export async function stopPlay(
  parts: AccessParts,
  connection: Connection,
  message: StopPlayMessage,
): Promise<Answer<object>> {
  const session = findSession(parts, connection, message.roomId);
  if (session === undefined) return { ok: false, error: 'notInRoom' };
  await closeOnPlane(parts, session, { kind: 'play', streamId: message.streamId });
  return { ok: true, result: {} };
}

/** A ticket of another plane: board, files, recorder (PL2). */
export async function planeTicket(
  parts: AccessParts,
  connection: Connection,
  message: PlaneTicketMessage,
): Promise<Answer<{ ticket: WireTicket }>> {
  const session = findSession(parts, connection, message.roomId);
  if (session === undefined) return { ok: false, error: 'notInRoom' };
  const plane = planeNames.find((name) => name === message.plane);
  if (plane === undefined) return { ok: false, error: 'illegalParam' };
  const refused = refusalOf(decidePlane(session.lease, plane, parts.clock.monoMs()));
  if (refused !== undefined) return refused;
  const answer = await openTicket(parts, session, { plane, purpose: { kind: 'plane', plane } });
  if (!answer.ok) return answer;
  const { ticket } = answer.result;
  return ticket === null ? { ok: false, error: 'planeUnavailable' } : { ok: true, result: { ticket } };
}

/** Changes what the room sees beside an own stream. */
export async function setStreamExtraInfo(
  parts: AccessParts,
  connection: Connection,
  message: SetStreamExtraInfoMessage,
): Promise<Answer<object>> {
  const session = findSession(parts, connection, message.roomId);
  if (session === undefined) return { ok: false, error: 'notInRoom' };
  const { streamId, extraInfo } = message;
  const fault = checkStreamId(streamId) ?? findExtraInfoFault(extraInfo);
  if (fault !== undefined) return { ok: false, error: fault };
  const refused = refusalOf(decideAction(session.lease, 'setStreamExtraInfo', parts.clock.monoMs()));
  if (refused !== undefined) return refused;
  if (parts.streams.find(session.sessionId, streamId) === undefined)
    return { ok: false, error: 'streamNotExist' };
  const outcome = await parts.streamChanges.change(callOf(parts, session), {
    kind: 'extraInfo',
    streamId,
    extraInfo,
  });
  return outcome.ok ? { ok: true, result: {} } : { ok: false, error: 'streamExtraInfoFailed' };
}

/** A claim nobody dialled in 10 s goes back, so that another may have the id (RM3). */
export function releaseUndialled(parts: AccessParts, sessionId: string, streamId: string): void {
  const session = parts.sessions.find(sessionId);
  if (!parts.streams.release(sessionId, streamId) || session === undefined) return;
  const reason = streamDeleteReasons.connectionLost;
  const { fence } = session;
  parts.directory
    .releaseStream({ nodeId: parts.nodes.self, sessionId, fence, streamId, reason })
    .catch((failure: unknown) =>
      parts.logger.warn({ err: failure, sessionId }, 'a claim was not handed back'),
    );
}

async function releaseStream(parts: AccessParts, session: Present, streamId: string): Promise<void> {
  const reason = streamDeleteReasons.userStopped;
  await parts.streamChanges.change(callOf(parts, session), { kind: 'down', streamId, reason });
}

async function openTicket(
  parts: AccessParts,
  session: Present,
  wanted: { readonly plane: PlaneName; readonly purpose: TicketPurpose },
): Promise<TicketAnswer> {
  const plane = findPlane(parts, wanted.plane);
  if (plane === undefined) {
    return wanted.plane === 'media'
      ? { ok: true, result: { ticket: null } }
      : { ok: false, error: 'planeUnavailable' };
  }
  return { ok: true, result: { ticket: await plane.open(sessionRefOf(session), wanted.purpose) } };
}

async function closeOnPlane(parts: AccessParts, session: Present, purpose: TicketPurpose): Promise<void> {
  await findPlane(parts, 'media')?.close(sessionRefOf(session), purpose);
}

function findPlane(parts: AccessParts, name: PlaneName): Plane | undefined {
  return parts.planes.find((plane) => plane.name === name);
}

function callOf(parts: AccessParts, { sessionId, fence }: Present): OwnerCall {
  return { nodeId: parts.nodes.self, sessionId, fence };
}

function refusalOf(
  decision: ActionDecision,
): { readonly ok: false; readonly error: RoomkeyErrorName } | undefined {
  return decision.allowed ? undefined : { ok: false, error: decision.error };
}

function findExtraInfoFault(extraInfo: string): RoomkeyErrorName | undefined {
  return utf8Length(extraInfo, limits.streamExtraInfoMaxBytes) > limits.streamExtraInfoMaxBytes
    ? 'streamExtraInfoTooLong'
    : undefined;
}
