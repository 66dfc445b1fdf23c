import type { CredentialMethod, ExpiryMode } from '@roomkey/protocol';
import type { MonoMillis, UnixMillis } from '#kernel';
import type { Grants, VerifiedCredential } from './decision.ts';

/** A lease as far as decisions look at it (SE2); a session's own lease is one. */
export interface LeaseView {
  readonly method: CredentialMethod;
  readonly grants: Grants;
  readonly expiry: ExpiryMode;
  /** On the wall clock, for comparing with what a token says. */
  readonly endsAt: UnixMillis;
  /** On the monotonic clock: by this the lease ends (SE3a). */
  readonly endsAtMono: MonoMillis;
  /** Undefined while the lease is live (SE4). */
  readonly lapsedAtMono: MonoMillis | undefined;
  /** The length it was granted for. */
  readonly grantedMs: number;
  readonly credential: VerifiedCredential;
}

/** A running session to be judged again (SE10); a session itself is one. */
export interface JudgedSession {
  readonly sessionId: string;
  readonly appId: number;
  readonly roomId: string;
  readonly userId: string;
  readonly lease: LeaseView;
}

/** A running session that renews. */
export interface SessionView extends JudgedSession {
  /** Streams it publishes now: up, or claimed and not yet dialled. */
  readonly streams: readonly string[];
}

/** Whether the lease is over: lapsed, or past its end with the sweep still to come (SE4, SE5). */
export function isLeaseOver(lease: Pick<LeaseView, 'endsAtMono' | 'lapsedAtMono'>, now: MonoMillis): boolean {
  return lease.lapsedAtMono !== undefined || now >= lease.endsAtMono;
}
