import { lapsedTable, type PlaneName, type RoomkeyErrorName, type SessionAction } from '@roomkey/protocol';
import type { MonoMillis } from '#kernel';
import type { Check } from './decision.ts';
import { mayPublishStream } from './grants.ts';
import { isLeaseOver, type LeaseView } from './session-view.ts';
import { makeRow } from './trace.ts';

/** The part of a lease that actions are decided by. */
export type ActingLease = Pick<LeaseView, 'grants' | 'endsAtMono' | 'lapsedAtMono'>;

/** Whether a running session may do something now. */
export type ActionDecision =
  | { readonly allowed: true; readonly trace: readonly Check[] }
  | { readonly allowed: false; readonly error: RoomkeyErrorName; readonly trace: readonly Check[] };

/**
 * Decides an action by the lease's end alone (SE4): what a lapsed session may not do is refused with the name of
 * the table; `boardWrite` and `filesOpen` as `leaseLapsed`, `resume` as what a fresh token in the same call cures.
 */
export function decideAction(lease: ActingLease, action: SessionAction, now: MonoMillis): ActionDecision {
  return conclude([leaseStep(lease, action, now)]);
}

/** Decides whether a stream may be published: lease live, plane granted, publish right, stream listed (AD7, RM3). */
export function decidePublish(lease: ActingLease, streamId: string, now: MonoMillis): ActionDecision {
  const { grants } = lease;
  const streams = grants.streams === 'any' ? 'any stream' : `${grants.streams.length} streams`;
  const mayPublish = mayPublishStream(grants, streamId);
  return conclude([
    leaseStep(lease, 'publish', now),
    planeStep(lease, 'media'),
    {
      check: 'publish',
      expected: streamId,
      got: grants.publish ? streams : 'no right to publish',
      error: mayPublish ? undefined : 'publishRefused',
    },
  ]);
}

/** Decides whether a new play may start: lease live, media granted. Which streams are there, the room knows. */
export function decidePlay(lease: ActingLease, now: MonoMillis): ActionDecision {
  return conclude([leaseStep(lease, 'play', now), planeStep(lease, 'media')]);
}

/** Decides whether a plane may be asked for a ticket: lease live, audience of the token (AD7). */
export function decidePlane(lease: ActingLease, plane: PlaneName, now: MonoMillis): ActionDecision {
  return conclude([leaseStep(lease, 'planeTicket', now), planeStep(lease, plane)]);
}

interface Step {
  readonly check: string;
  readonly expected: string;
  readonly got: string;
  readonly error: RoomkeyErrorName | undefined;
}

function leaseStep(lease: ActingLease, action: SessionAction, now: MonoMillis): Step {
  const isOver = isLeaseOver(lease, now);
  const error = isOver ? refusalWhenLapsed(action) : undefined;
  return { check: 'lease', expected: 'live', got: isOver ? 'over' : 'live', error };
}

function planeStep(lease: ActingLease, plane: PlaneName): Step {
  const { planes } = lease.grants;
  const error = planes.includes(plane) ? undefined : 'wrongAudience';
  return { check: 'audience', expected: plane, got: planes.join(', ') || 'none', error };
}

function refusalWhenLapsed(action: SessionAction): RoomkeyErrorName | undefined {
  const rule = lapsedTable[action];
  if (rule.verdict === 'allowed') return undefined;
  return 'error' in rule ? rule.error : 'leaseLapsed';
}

function conclude(steps: readonly Step[]): ActionDecision {
  const trace = steps.map(({ check, expected, got, error }) =>
    makeRow(check, error === undefined ? 'pass' : 'fail', { expected, got }),
  );
  const error = steps.find((step) => step.error !== undefined)?.error;
  return error === undefined ? { allowed: true, trace } : { allowed: false, error, trace };
}
