import { limits, type WireLease } from '@roomkey/protocol';
import type { Admitted, VerifiedCredential } from '#admission';
import type { LeaseRecord } from '#cluster';
import type { MonoMillis, UnixMillis } from '#kernel';
import type { Lease, LiveSession } from './session.ts';

/** From this on a renewal is asked for by the server's spread, below it by the warning (SE8). */
const shortestSpreadMs = 120_000;
/** A renewal comes no later than this before the end (SE8). */
const spreadEndsBeforeMs = 45_000;

/** Everything that makes a lease. */
export interface LeaseGrant {
  readonly decision: Admitted;
  readonly credential: VerifiedCredential;
  /** 1 for the first lease of a session, higher than the last one's for a renewal (SE2). */
  readonly generation: number;
  /** The decision time that the decision was made at. */
  readonly decidedAt: UnixMillis;
  readonly monoNow: MonoMillis;
}

/** Fixes a lease's end on the monotonic clock: what the wall clock does afterwards changes nothing (SE3a). Pure. */
export function createLease(grant: LeaseGrant): Lease {
  const { decision } = grant;
  const grantedMs = Math.max(0, decision.endsAt - grant.decidedAt);
  return {
    generation: grant.generation,
    method: decision.method,
    grants: decision.grants,
    expiry: decision.expiry,
    endsAt: decision.endsAt,
    endsAtMono: grant.monoNow + grantedMs,
    lapsedAtMono: undefined,
    lapsedUntilMono: undefined,
    grantedMs,
    credential: grant.credential,
  };
}

/**
 * When to renew, in milliseconds from the grant; undefined where the warning is the time (SE8). Pure.
 *
 * Uniform in [ttl/2, ttl − 45 s] by a hash of the session id, so that sessions that started together do not renew
 * together, and a session always comes at the same part of its lease.
 */
export function renewAfterMs(sessionId: string, ttlMs: number): number | undefined {
  if (ttlMs < shortestSpreadMs) return undefined;
  const earliest = ttlMs / 2;
  return Math.floor(earliest + shareOf(sessionId) * (ttlMs - spreadEndsBeforeMs - earliest));
}

/** What may be said of how long a session can still act; 0 = it is over or lapsed. */
export function remainingMs(session: Pick<LiveSession, 'lease' | 'endByMono'>, now: MonoMillis): number {
  if (session.lease.lapsedAtMono !== undefined) return 0;
  return Math.max(0, Math.floor(actsUntilMono(session) - now));
}

/** The instant at which the lease ends, or earlier where a change of rules ends the session (AD5, AD11). */
export function actsUntilMono({ lease, endByMono }: Pick<LiveSession, 'lease' | 'endByMono'>): MonoMillis {
  return Math.min(lease.endsAtMono, endByMono?.at ?? Number.POSITIVE_INFINITY);
}

/** The lease as its client sees it (WS5). Pure. */
export function wireLease(
  session: Pick<LiveSession, 'sessionId' | 'lease' | 'endByMono'>,
  now: MonoMillis,
): WireLease {
  const { lease } = session;
  const ttlMs = remainingMs(session, now);
  const endless = ttlMs === Number.POSITIVE_INFINITY;
  const renewAfter = endless ? undefined : renewFromNowMs(session, ttlMs, now);
  return {
    ttlMs: endless ? null : ttlMs,
    ...(renewAfter === undefined ? {} : { renewAfterMs: renewAfter }),
    grants: {
      login: lease.grants.login,
      publish: lease.grants.publish,
      streams: lease.grants.streams === 'any' ? 'any' : [...lease.grants.streams],
      planes: [...lease.grants.planes],
    },
    method: lease.method,
    generation: lease.generation,
  };
}

/** What the directory keeps of a lease (CL5): enough to judge it again and to end it under another owner. */
export function toLeaseRecord(lease: Lease): LeaseRecord {
  const { credential, expiry, method, grants } = lease;
  return {
    generation: lease.generation,
    endsAt: lease.endsAt,
    lapsed: lease.lapsedAtMono !== undefined,
    byToken: method !== 'appSign',
    publish: grants.publish,
    streams: grants.streams,
    credential: JSON.stringify({ credential, expiry, method, grants }),
  };
}

/** Whether a lapsed session may still dial again what ran before its lapse, after a cut at `cutAtMono` (SE4). */
export function mayDialAgain(lease: Lease, cutAtMono: MonoMillis, now: MonoMillis): boolean {
  return lease.lapsedAtMono === undefined || now - cutAtMono <= limits.lapsedRedialMs;
}

function renewFromNowMs(
  { sessionId, lease }: Pick<LiveSession, 'sessionId' | 'lease'>,
  ttlMs: number,
  now: MonoMillis,
): number | undefined {
  const planned = renewAfterMs(sessionId, lease.grantedMs);
  if (planned === undefined) return undefined;
  const fromNow = Math.floor(lease.endsAtMono - lease.grantedMs + planned - now);
  if (fromNow >= 0 && fromNow <= ttlMs - spreadEndsBeforeMs) return fromNow;
  // The planned instant was missed while the socket was lost: those who come back together are spread anew.
  return renewAfterMs(sessionId, ttlMs);
}

/** A number in [0, 1) by the text: FNV-1a with the finish of MurmurHash3, which evens out short texts. */
function shareOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
