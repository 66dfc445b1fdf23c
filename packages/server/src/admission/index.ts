/**
 * admission: who may come in, stay, renew, publish. Pure (AD1): verify does all the crypto, the decisions all the
 * judgement, and each carries its trace.
 *
 * It never does I/O, has no clock and keeps nothing: rules, credential, session and time come in as arguments. The
 * order of steps around a decision (buckets, displacement, room full) and the ends of sessions are not here.
 * Rules: AD1 to AD5a, AD7 to AD9, the decisions of AD11 to AD11b, hints of AD13 and AD14, AD17; TK12 to TK13, TK15.
 */

export type { AdmissionSubject } from './checks/check-identity.ts';
export {
  type ActingLease,
  type ActionDecision,
  decideAction,
  decidePlane,
  decidePlay,
  decidePublish,
} from './decide-action.ts';
export { decideLogin } from './decide-login.ts';
export { decideRejudge, type RejudgeEnd, type Rejudgement } from './decide-rejudge.ts';
export { decideRenewal, type RenewalDecision, type Renewed } from './decide-renewal.ts';
export type {
  Admitted,
  Check,
  Credential,
  Decision,
  Grants,
  OpenedToken,
  ProofBinding,
  Refused,
  RuleOutcomes,
  TokenEvidence,
  TokenPrivileges,
  VerifiedCredential,
} from './decision.ts';
export { findOpened } from './find-opened.ts';
export { areGrantsEqual, areGrantsWithin, mayPublishStream } from './grants.ts';
export { findHint, type HintId, type HintText, hintTexts } from './hints.ts';
export { type RejudgeRules, type RuleView, ruleViewOf } from './rule-view.ts';
export { isLeaseOver, type JudgedSession, type LeaseView, type SessionView } from './session-view.ts';
export { verifyCredential } from './verify-credential.ts';
