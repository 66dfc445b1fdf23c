/**
 * sessions: the sessions of this node and their leases.
 *
 * Owns the local sessions (`SessionTable`, their only writer), the pure transitions between their states, what is due
 * next for each and when (one deadline wheel), the meaning of every cause of an end, resume tickets and the commands
 * kept for a detached session. It never admits, knows no room and no plane, and ends nobody by itself: what is due is
 * handed to access. Rules that live here: SE1–SE4, SE3a, SE7, SE7a, SE8, WS7 (kept commands).
 */
export { endMeanings, meaningOf } from './end-meanings.ts';
export {
  actsUntilMono,
  createLease,
  type LeaseGrant,
  mayDialAgain,
  remainingMs,
  renewAfterMs,
  toLeaseRecord,
  wireLease,
} from './lease.ts';
export { dueEndCause, nextDeadline } from './next-deadline.ts';
export { createResumeTicket, hashResumeTicket, type ResumeTicket } from './resume-ticket.ts';
export type {
  Absent,
  Connection,
  Deadline,
  Detached,
  EndCause,
  EndMeaning,
  EventSink,
  FrameKind,
  Gone,
  Lease,
  LiveSession,
  Present,
  Session,
} from './session.ts';
export { type KeptForSession, SessionTable, type SessionTableOptions } from './session-table.ts';
export {
  type Attachment,
  attachSocket,
  becomeAbsent,
  type EnteringSession,
  endSession,
  endSessionBy,
  enterSession,
  lapseLease,
  loseSocket,
  markWarned,
  narrowLease,
  renewLease,
} from './transitions.ts';
