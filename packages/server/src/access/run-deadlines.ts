import type { TokenWillExpireMessage } from '@roomkey/protocol';
import {
  becomeAbsent,
  type Deadline,
  dueEndCause,
  type LiveSession,
  lapseLease,
  loseSocket,
  type Present,
  remainingMs,
  toLeaseRecord,
} from '#sessions';
import { endSession, stopPlanes } from './end-session.ts';
import type { AccessParts } from './parts.ts';
import { narrowPlanes } from './renew.ts';

/** Carries out what is due for a session (SE3, SE4): called by the one wheel, never waits. */
export function runDeadline(parts: AccessParts, session: LiveSession, kind: Deadline['kind']): void {
  const work = stepOf(parts, session, kind);
  work?.catch((failure: unknown) => {
    // The table asks again in a second; until then nothing that was refused is allowed.
    parts.logger.error(
      { err: failure, sessionId: session.sessionId, kind },
      'a deadline was not carried out',
    );
  });
}

function stepOf(
  parts: AccessParts,
  session: LiveSession,
  kind: Deadline['kind'],
): Promise<unknown> | undefined {
  switch (kind) {
    case 'warn':
    case 'lastWarn':
      if (session.state === 'present') sendWarning(parts, session);
      return undefined;
    case 'lapse':
      return lapse(parts, session);
    case 'end':
      return endSession(parts, session.sessionId, dueEndCause(session, parts.clock.monoMs()));
    case 'absent':
      return leaveRoom(parts, session);
    case 'forget':
      return endSession(parts, session.sessionId, { cause: 'timeout' }, { alreadyLeft: false });
  }
}

/** Tells a client how long it may still act (SE3). */
export function sendWarning(parts: AccessParts, session: Present): void {
  const ttlMs = remainingMs(session, parts.clock.monoMs());
  const warning: TokenWillExpireMessage = {
    t: 'tokenWillExpire',
    roomId: session.roomId,
    remainTimeInSecond: Math.ceil(ttlMs / 1_000),
    ttlMs,
  };
  session.connection.sink.send(warning, 'event');
}

/** A soft lease is over: the session stays, with what the table of lapsed sessions leaves it (SE4). */
async function lapse(parts: AccessParts, session: LiveSession): Promise<void> {
  const { appId, sessionId, lease: before } = session;
  const softMaxSeconds = parts.rules.find(appId)?.policy.softMaxSeconds ?? null;
  const softMaxMs = softMaxSeconds === null ? null : softMaxSeconds * 1_000;
  const now = parts.clock.monoMs();
  const lapsed = parts.sessions.update(sessionId, (each) => lapseLease(each, now, softMaxMs));
  if (lapsed === undefined) return;
  if (lapsed.state === 'present') {
    lapsed.connection.sink.send({ t: 'tokenExpired', roomId: lapsed.roomId, mode: 'soft' }, 'event');
  }
  narrowPlanes(parts, lapsed, before);
  const { self: nodeId } = parts.nodes;
  const rulesVersion = parts.rules.find(appId)?.version ?? 0;
  await parts.directory.touch({
    nodeId,
    sessionId,
    fence: lapsed.fence,
    rulesVersion,
    lease: toLeaseRecord(lapsed.lease),
  });
}

/** The room sees the leave and media ends: nobody receives media whom the room does not list (SE7). */
async function leaveRoom(parts: AccessParts, session: LiveSession): Promise<void> {
  const absent = parts.sessions.update(session.sessionId, (each) =>
    each.state === 'detached' ? becomeAbsent(each) : each,
  );
  if (absent?.state !== 'absent') return;
  const { sessionId, fence } = absent;
  stopPlanes(parts, absent, { cause: 'timeout' });
  parts.rooms.drop(absent);
  parts.streams.drop(sessionId);
  parts.streamChanges.drop(sessionId);
  await parts.directory.present({ nodeId: parts.nodes.self, sessionId, fence, state: 'absent' });
}

/** The socket is gone: its sessions wait to be taken up again (SE1). */
export function connectionLost(parts: AccessParts, connectionId: string, lastFrameAtMono: number): void {
  const now = parts.clock.monoMs();
  for (const session of parts.sessions.ofConnection(connectionId)) {
    if (session.state !== 'present') continue;
    const { sessionId, fence } = session;
    parts.sessions.update(sessionId, (each) =>
      each.state === 'present' ? loseSocket(each, lastFrameAtMono, now) : each,
    );
    parts.rooms.suspend(session);
    parts.directory
      .present({ nodeId: parts.nodes.self, sessionId, fence, state: 'detached' })
      .catch((failure: unknown) =>
        parts.logger.warn({ err: failure, sessionId }, 'a lost socket was not noted'),
      );
  }
}
