import type { UnixMillis } from '#kernel';
import type { AppRules, LoginFacts, PoliciesFor } from './app-rules.ts';

/**
 * The policies that decide one login: the active one, and the candidate beside it (MG3).
 *
 * Pure, and everyone's the same as long as an app has no cohorts: facts and time choose nothing yet.
 */
export function policyFor(rules: AppRules, _facts: LoginFacts, _now: UnixMillis): PoliciesFor {
  const { policy: active, candidate } = rules;
  return candidate === undefined ? { active } : { active, candidate };
}
