import type { KeyRing } from '#apps';
import type { UnixMillis } from '#kernel';
import type { AppRules, ForbidRule, Policy, Revocations } from '#policy';

/** The rules a decision is made by: one policy, and the revocations and forbid rules of the app at one version. */
export interface RuleView {
  readonly policy: Policy;
  readonly revocations: Revocations;
  findForbid(userId: string, roomId: string, now: UnixMillis): ForbidRule | undefined;
}

/** The same with today's keys: a running session is judged again by them too (SE10). */
export interface RejudgeRules extends RuleView {
  readonly keys: Pick<KeyRing, 'formats' | 'appSign'>;
}

/** The rules of an app with the policy that counts for this login: the active one, a cohort's, or the candidate (MG3). */
export function ruleViewOf(rules: AppRules, policy: Policy): RejudgeRules {
  return {
    policy,
    revocations: rules.revocations,
    keys: rules.keys,
    findForbid: (userId, roomId, now) => rules.findForbid(userId, roomId, now),
  };
}
