import { streamDeleteReasons } from '@roomkey/protocol';
import { decidePlane, decidePlay, decidePublish } from '#admission';
import type { DialGrant, DialRefusal, LeaseDesk, SessionRef, TicketPurpose } from '#planes';
import type { LiveSession } from '#sessions';
import { sessionRefOf } from './end-session.ts';
import type { AccessParts } from './parts.ts';

/**
 * Whom planes ask at every dial and at every join (PL1): the lease of this instant, from memory.
 *
 * A ticket handed out before a lapse or a narrowing carries an older generation, and a first dial with it is refused
 * (SE4); what runs already is dialled again under `stillAdmitted`.
 */
export function createLeaseDesk(parts: AccessParts): LeaseDesk {
  return {
    admitDial: (ref, purpose, leaseGeneration) => admitDial(parts, ref, { purpose, leaseGeneration }),
    stillAdmitted: (sessionId) => {
      const session = parts.sessions.find(sessionId);
      return session !== undefined && session.state !== 'absent';
    },
    streamUp: (sessionId, streamId) => streamUp(parts, sessionId, streamId),
    streamDown: (sessionId, streamId) => streamDown(parts, sessionId, streamId),
  };
}

function admitDial(
  parts: AccessParts,
  ref: SessionRef,
  { purpose, leaseGeneration }: { readonly purpose: TicketPurpose; readonly leaseGeneration: number },
): DialGrant | DialRefusal {
  const session = parts.sessions.find(ref.sessionId);
  if (session === undefined || session.state === 'absent')
    return { ok: false, error: 'notInRoom', again: false };
  const decision = decide(parts, session, purpose);
  if (!decision.allowed) return { ok: false, error: decision.error, again: false };
  const isClaimed =
    purpose.kind !== 'publish' || parts.streams.find(ref.sessionId, purpose.streamId) !== undefined;
  if (!isClaimed) return { ok: false, error: 'publishRefused', again: false };
  if (session.lease.generation < leaseGeneration) return { ok: false, error: 'leaseLapsed', again: false };
  return { ok: true, session: ref, purpose, leaseGeneration: session.lease.generation };
}

function decide(parts: AccessParts, { lease }: LiveSession, purpose: TicketPurpose) {
  const now = parts.clock.monoMs();
  switch (purpose.kind) {
    case 'publish':
      return decidePublish(lease, purpose.streamId, now);
    case 'play':
      return decidePlay(lease, now);
    case 'plane':
      return decidePlane(lease, purpose.plane, now);
  }
}

function streamUp(parts: AccessParts, sessionId: string, streamId: string): void {
  const session = parts.sessions.find(sessionId);
  if (session === undefined) return;
  if (!parts.streams.markUp(sessionId, streamId)) {
    // The claim went back before the publisher joined: nobody may see this stream (RM3).
    closePublished(parts, session, streamId);
    return;
  }
  const call = { nodeId: parts.nodes.self, sessionId, fence: session.fence };
  void parts.streamChanges.change(call, { kind: 'up', streamId });
}

function closePublished(parts: AccessParts, session: LiveSession, streamId: string): void {
  const { sessionId } = session;
  for (const plane of parts.planes) {
    plane.close(sessionRefOf(session), { kind: 'publish', streamId }).catch((failure: unknown) => {
      parts.logger.error({ err: failure, plane: plane.name, sessionId }, 'a late stream was not closed');
    });
  }
}

function streamDown(parts: AccessParts, sessionId: string, streamId: string): void {
  const session = parts.sessions.find(sessionId);
  if (session === undefined || !parts.streams.release(sessionId, streamId)) return;
  const call = { nodeId: parts.nodes.self, sessionId, fence: session.fence };
  void parts.streamChanges.change(call, {
    kind: 'down',
    streamId,
    reason: streamDeleteReasons.connectionLost,
  });
}
