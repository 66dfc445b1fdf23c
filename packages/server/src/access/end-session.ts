import { errorFacts } from '@roomkey/protocol';
import type { Plane, SessionRef } from '#planes';
import { endSession as becomeGone, type EndCause, type Gone, type LiveSession, meaningOf } from '#sessions';
import type { AccessParts } from './parts.ts';

const firstRetryMs = 200;
const longestRetryMs = 10_000;
const alarmAfterMs = 2_000;

/** How far the world already knows of an end. */
export interface EndOptions {
  /** The directory has taken the session out in the step that caused this end (SE6, SE7a). */
  readonly alreadyLeft?: boolean;
  /** The socket stays, whatever it carries: it goes on to another room. */
  readonly keepSocket?: boolean;
}

/**
 * Ends a session: the only way one does (SE5).
 *
 * At once: gone from the table, its tickets with it, frames stop. Then the room is told once, the client hears why, and
 * each plane is stopped until it has confirmed. Resolves when the room has been told; undefined when the session had
 * ended already. Planes go on being stopped behind it.
 */
export async function endSession(
  parts: AccessParts,
  sessionId: string,
  cause: EndCause,
  options: EndOptions = {},
): Promise<Gone | undefined> {
  const before = parts.sessions.find(sessionId);
  const gone = parts.sessions.update(sessionId, (session) => becomeGone(session, cause));
  if (before === undefined || gone === undefined) return undefined;
  parts.rooms.drop(before);
  parts.streamChanges.drop(sessionId);
  parts.streams.drop(sessionId);
  stopPlanes(parts, before, cause);
  const meaning = meaningOf(cause);
  if (options.alreadyLeft !== true) {
    const { sessionId: id, fence } = before;
    const displaced = cause.cause === 'displaced';
    await parts.directory.leave({
      nodeId: parts.nodes.self,
      sessionId: id,
      fence,
      reason: meaning.streams,
      displaced,
    });
  }
  if (parts.answering.has(sessionId)) parts.answering.set(sessionId, cause);
  else tellClient(parts, before, cause, options);
  parts.logger.info({ sessionId, appId: before.appId, cause: cause.cause }, 'session ended');
  return gone;
}

function tellClient(parts: AccessParts, before: LiveSession, cause: EndCause, options: EndOptions): void {
  if (before.state !== 'present') return;
  const { sink, connectionId } = before.connection;
  const { kicked, close } = meaningOf(cause);
  if (cause.cause === 'leaseEnded')
    sink.send({ t: 'tokenExpired', roomId: before.roomId, mode: 'hard' }, 'event');
  if (kicked !== undefined) {
    sink.send({ t: 'kicked', roomId: before.roomId, code: errorFacts[kicked][0], name: kicked }, 'event');
  }
  const isAsked = cause.cause === 'logout' || options.keepSocket === true;
  if (!isAsked && parts.sessions.ofConnection(connectionId).length === 0) sink.close(close);
}

/** Stops what a session runs on every plane, each until it has confirmed (PL3). */
export function stopPlanes(parts: AccessParts, session: LiveSession, cause: EndCause): void {
  const ref = sessionRefOf(session);
  for (const plane of parts.planes) void stopUntilConfirmed(parts, plane, { ref, cause });
}

async function stopUntilConfirmed(
  parts: AccessParts,
  plane: Plane,
  { ref, cause }: { readonly ref: SessionRef; readonly cause: EndCause },
): Promise<void> {
  const begun = parts.clock.monoMs();
  for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, longestRetryMs)) {
    try {
      await plane.stop(ref, cause);
      return;
    } catch (failure) {
      const late = parts.clock.monoMs() - begun > alarmAfterMs;
      const line = { err: failure, plane: plane.name, sessionId: ref.sessionId };
      if (late) parts.logger.error(line, 'a plane has not confirmed an end');
      else parts.logger.warn(line, 'a plane did not confirm an end yet');
    }
    await new Promise<void>((resolve) => void parts.clock.setTimer(waitMs, resolve));
  }
}

/** A session as planes know it. */
export function sessionRefOf(session: LiveSession): SessionRef {
  const { sessionId, appId, roomId, userId } = session;
  return { sessionId, appId, roomId, userId };
}
