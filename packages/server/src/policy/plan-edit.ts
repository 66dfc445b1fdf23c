import type { RulesEdit } from './app-rules.ts';
import type { EditContext, EditPlan } from './edit-plan.ts';
import { planForbid, planUnforbid } from './plan-forbid.ts';
import { planCandidate, planPolicy } from './plan-policy.ts';
import { planRevocation } from './plan-revocation.ts';
import { planAppSign, planOrigins, planSecretAdd, planSecretState } from './plan-secret.ts';

/**
 * Judges one edit against the state it would change, before anything is written.
 *
 * @throws {RoomkeyError} `validation` with all problems, `notFound`, `wrongState`, `alreadyExists`, `reasonRequired`.
 */
export function planEdit(context: EditContext, edit: RulesEdit): EditPlan {
  switch (edit.kind) {
    case 'policy':
      return planPolicy(context, edit.policy);
    case 'candidate':
      return planCandidate(context, edit.policy);
    case 'revoke':
      return planRevocation(context, edit.target, edit.marginSeconds);
    case 'forbid':
      return planForbid(context, edit);
    case 'unforbid':
      return planUnforbid(context, edit.ruleId);
    case 'secretAdd':
      return planSecretAdd(context, edit);
    case 'secretState':
      return planSecretState(context, edit);
    case 'appSign':
      return planAppSign(context, edit.to);
    case 'origins':
      return planOrigins(context, edit.allowedOrigins);
  }
}
