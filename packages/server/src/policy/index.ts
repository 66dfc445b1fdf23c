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
export type { CredentialRule, OnForce, Policy } from './policy.ts';
