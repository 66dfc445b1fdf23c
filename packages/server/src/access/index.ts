/**
 * access: the order of steps. One file per verb: entering, renewing, resuming, streams, leaving, the end of a session,
 * what is due, and what a change of rules does to those who are in.
 *
 * It owns no data: sessions, rooms, directory, rules and records are others', and each decision is admission's. It
 * never parses a frame and never writes SQL. Rules that live here: AD10, AD11 (live sessions), SE4–SE7, SE9, SE10,
 * RM3, RM5, and the walks and races of the architecture.
 */
export type { Access, Answer, CredentialContext, Entered, Granted, RefusedAnswer } from './access.ts';
export { applyEverywhere, applyRulesHere, applyRulesTopic } from './apply-rules-everywhere.ts';
export { createAccess, type Gatekeeper } from './create-access.ts';
export { createOwnerDesk, type OwnerDeskParts } from './create-owner-desk.ts';
export { endSession } from './end-session.ts';
export { FailureBuckets } from './failure-buckets.ts';
export { createLeaseDesk } from './lease-desk.ts';
export { LocalStreams } from './local-streams.ts';
export type { ChangeEffect, ChangeReceipt, OwnerDesk, SessionInfo, SessionSelection } from './owner-desk.ts';
export type { AccessParts, ActBook } from './parts.ts';
export { runDeadline } from './run-deadlines.ts';
export { releaseUndialled } from './streams.ts';
