import type { LiveSession } from '#sessions';
import type { SessionInfo } from './owner-desk.ts';

/** A session as its owner sees it. Pure. */
export function sessionInfoOf(session: LiveSession): SessionInfo {
  const { lease } = session;
  const { token } = lease.credential;
  return {
    sessionId: session.sessionId,
    appId: session.appId,
    roomId: session.roomId,
    userId: session.userId,
    userName: session.userName,
    state: session.state,
    method: lease.method,
    keyId: lease.method !== 'appSign' && token.state === 'opened' ? token.token.keyId : null,
    platform: session.platform,
    sdkVersion: session.sdkVersion,
    product: session.product,
    leaseEndsAt: lease.endsAt,
    lapsed: lease.lapsedAtMono !== undefined,
    expiry: lease.expiry,
    generation: lease.generation,
    enteredAt: session.enteredAt,
  };
}
