/**
 * policy: the rules of an app as one immutable snapshot with a version, and the only way to change them. Owns policy
 * versions, revocations and forbid rules; writes an app's secrets and AppSign too, because a change of them is a change
 * of its rules. Learns issuers' clocks and the use of secrets from those who open tokens.
 *
 * Memory answers, the database holds: no look-up does I/O, no change shows before it is on disk. It never knows a
 * session, and never judges a login.
 * Rules: AD5, AD7, AD8 and AD16 as far as they are settings, AD11, AD11a, AD11b, AD12, AD14 (the estimate), CL2
 * (versions).
 */
export {
  type Actor,
  type AppRules,
  type ForbidRule,
  type LoginFacts,
  type PoliciesFor,
  type Revocation,
  type RevocationSubject,
  type Revocations,
  type RevocationTarget,
  RulesConflict,
  type RulesEdit,
  type RulesStore,
  type RulesVersion,
  type Unsubscribe,
} from './app-rules.ts';
export { defaultPolicies } from './default-policy.ts';
export { diffPolicies, type PolicyDifference } from './diff-policies.ts';
export { imagineRules } from './imagine-rules.ts';
export { type FirstSight, type IssuerClock, IssuerClocks } from './issuer-clocks.ts';
export { KeyUse, type SecretUse } from './key-use.ts';
export { describeProblem, type ParsedPolicy, type PolicyProblem, parsePolicy } from './parse-policy.ts';
export type { CredentialRule, OnForce, Policy } from './policy.ts';
export { policyFor } from './policy-for.ts';
export { policyJsonSchema } from './policy-schema.ts';
export type { RegisteredApp } from './register-app.ts';
export { RevocationIndex } from './revocation-index.ts';
export { type OwnedRules, openRulesStore, type RulesStoreOptions } from './rules-store.ts';
