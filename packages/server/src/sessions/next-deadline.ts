import { limits } from '@roomkey/protocol';
import type { MonoMillis } from '#kernel';
import { actsUntilMono } from './lease.ts';
import type { Deadline, EndCause, LiveSession, Session } from './session.ts';

/**
 * What is due next for a session; undefined when nothing ever is (SE3). Pure.
 *
 * An instant that has passed is due at once. An end goes before whatever else is due at the same instant.
 */
export function nextDeadline(session: Session): Deadline | undefined {
  if (session.state === 'gone') return undefined;
  const deadlines = [endOf(session), stateDeadline(session)];
  let first: Deadline | undefined;
  for (const deadline of deadlines) {
    if (deadline === undefined || !Number.isFinite(deadline.at)) continue;
    if (first === undefined || deadline.at < first.at) first = deadline;
  }
  return first;
}

/** Why a session whose `end` is due ends. */
export function dueEndCause(session: LiveSession, now: MonoMillis): EndCause {
  const { endByMono, lease } = session;
  if (endByMono !== undefined && endByMono.at <= now) return endByMono.cause;
  if (lease.lapsedAtMono !== undefined) return { cause: 'lapsedTooLong' };
  return { cause: lease.method === 'appSign' ? 'appSignEnded' : 'leaseEnded' };
}

function endOf(session: LiveSession): Deadline {
  const { lease, endByMono } = session;
  const byRules = endByMono?.at ?? Number.POSITIVE_INFINITY;
  if (lease.lapsedAtMono !== undefined) {
    const lapsedUntil = lease.lapsedUntilMono ?? Number.POSITIVE_INFINITY;
    return { at: Math.min(byRules, lapsedUntil), kind: 'end' };
  }
  // An AppSign lease has nothing to renew it with: its end is an end in both modes (AD5a).
  const lapses = lease.expiry === 'soft' && lease.method !== 'appSign';
  if (lapses && lease.endsAtMono < byRules) return { at: lease.endsAtMono, kind: 'lapse' };
  return { at: Math.min(byRules, lease.endsAtMono), kind: 'end' };
}

function stateDeadline(session: LiveSession): Deadline | undefined {
  switch (session.state) {
    case 'present':
      return warningOf(session);
    case 'detached':
      return { at: session.absentAtMono, kind: 'absent' };
    case 'absent':
      return { at: session.forgetAtMono, kind: 'forget' };
  }
}

function warningOf(session: LiveSession): Deadline | undefined {
  if (session.lease.lapsedAtMono !== undefined || session.warned === 2) return undefined;
  const until = actsUntilMono(session);
  if (session.warned === 0) return { at: until - limits.warnBeforeEndMs, kind: 'warn' };
  return { at: until - limits.lastWarnBeforeEndMs, kind: 'lastWarn' };
}
