import { limits } from '@roomkey/protocol';
import type { Grants } from '#admission';
import type { Fence } from '#cluster';
import type { MonoMillis } from '#kernel';
import { remainingMs } from './lease.ts';
import type {
  Absent,
  Connection,
  Detached,
  EndCause,
  Gone,
  Lease,
  LiveSession,
  Present,
  Session,
} from './session.ts';

// Each transition names every field of its result's state: what was valid only before does not travel along (SE1).

/** What a login that the directory let in brings. */
export type EnteringSession = Omit<
  Present,
  'state' | 'warned' | 'endByMono' | 'platform' | 'product' | 'sdkVersion' | 'addressKey' | 'resumeWindowMs'
>;

/** A session that just entered (SE1). Pure, like all of these. */
export function enterSession(entering: EnteringSession): Present {
  const { platform, product, sdkVersion, addressKey, resumeWindowMs } = entering.connection;
  return {
    ...entering,
    state: 'present',
    platform,
    product,
    sdkVersion,
    addressKey,
    resumeWindowMs,
    warned: 0,
    endByMono: undefined,
  };
}

/** The socket is lost: still a member until 100 s after the last frame that was seen (SE1). */
export function loseSocket(session: Present, lastFrameAtMono: MonoMillis, now: MonoMillis): Detached {
  const { connection, ...base } = live(session);
  return {
    ...base,
    state: 'detached',
    connectionId: connection.connectionId,
    lostAtMono: now,
    absentAtMono: lastFrameAtMono + limits.deadAfterMs,
    forgetAtMono: now + session.resumeWindowMs,
  };
}

/** The room has seen the leave (SE1). */
export function becomeAbsent(session: Detached): Absent {
  const { lostAtMono, absentAtMono, ...base } = live(session);
  return { ...base, state: 'absent' };
}

/** What a resume brings: a socket, the fence it was claimed under, the room's life of now. */
export interface Attachment {
  readonly connection: Connection;
  readonly fence: Fence;
  readonly roomSessionId: string;
}

/** A socket is there again; a warning that is due is sent anew, whether the last one arrived or not (WS7). */
export function attachSocket(session: LiveSession, attachment: Attachment): Present {
  if (attachment.fence <= live(session).fence) throw new TypeError('a resume needs a higher fence');
  const { platform, product, sdkVersion, addressKey, resumeWindowMs } = attachment.connection;
  return {
    ...withoutState(session),
    ...attachment,
    state: 'present',
    platform,
    product,
    sdkVersion,
    addressKey,
    resumeWindowMs,
    warned: 0,
  };
}

/** A new lease by a renewal: an end that a change of rules had set no longer stands (AD5, AD9). */
export function renewLease<State extends LiveSession>(session: State, lease: Lease): State {
  if (lease.generation <= live(session).lease.generation) {
    throw new TypeError('the generation of a lease only grows');
  }
  return { ...session, lease, warned: 0, endByMono: undefined };
}

/** Fewer rights under the same end, in a generation of its own, so that claims made under the old one are void (SE10). */
export function narrowLease<State extends LiveSession>(session: State, grants: Grants): State {
  const { lease } = live(session);
  return { ...session, lease: { ...lease, grants, generation: lease.generation + 1 } };
}

/** The soft lease is over (SE4). `softMaxMs` null = it stays lapsed until the session leaves. */
export function lapseLease<State extends LiveSession>(
  session: State,
  now: MonoMillis,
  softMaxMs: number | null,
): State {
  const { lease } = live(session);
  if (lease.lapsedAtMono !== undefined) return session;
  const lapsedUntilMono = softMaxMs === null ? undefined : lease.endsAtMono + softMaxMs;
  const lapsed = { ...lease, generation: lease.generation + 1, lapsedAtMono: now, lapsedUntilMono };
  return { ...session, lease: lapsed, warned: 2 };
}

/** A warning goes out now. With 10 s or less left it is the last one as well (SE3). */
export function markWarned(session: Present, kind: 'warn' | 'lastWarn', now: MonoMillis): Present {
  const last = kind === 'lastWarn' || remainingMs(live(session), now) <= limits.lastWarnBeforeEndMs;
  return { ...session, warned: last ? 2 : 1 };
}

/** A change of rules ends the session at an instant, unless an earlier one stands already (AD5, AD11). */
export function endSessionBy<State extends LiveSession>(
  session: State,
  at: MonoMillis,
  cause: EndCause,
): State {
  const { endByMono } = live(session);
  if (endByMono !== undefined && endByMono.at <= at) return session;
  return { ...session, endByMono: { at, cause }, warned: 0 };
}

/** The end. Nothing leads on from here. */
export function endSession(session: LiveSession, cause: EndCause): Gone {
  return { ...withoutState(live(session)), state: 'gone', cause };
}

type Base = Omit<Gone, 'state' | 'cause'>;

function withoutState(session: LiveSession): Base {
  switch (session.state) {
    case 'present': {
      const { state, connection, ...base } = session;
      return base;
    }
    case 'detached': {
      const { state, connectionId, lostAtMono, absentAtMono, forgetAtMono, ...base } = session;
      return base;
    }
    case 'absent': {
      const { state, connectionId, forgetAtMono, ...base } = session;
      return base;
    }
  }
}

/** The types say it already; this holds for callers whose types were widened on the way. */
function live<State extends Session>(session: State): State {
  if (session.state === 'gone') throw new TypeError('a session that has ended does not change');
  return session;
}
