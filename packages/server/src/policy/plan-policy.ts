import type { Transaction } from 'kysely';
import { RoomkeyError } from '#kernel';
import type { DbSchema } from '#storage';
import { diffPolicies } from './diff-policies.ts';
import type { EditContext, EditPlan } from './edit-plan.ts';
import { loadRevocations } from './load-apps.ts';
import { describeProblem, parsePolicy } from './parse-policy.ts';
import type { Policy } from './policy.ts';
import type { RevocationIndex } from './revocation-index.ts';

/** A new active policy: a new version with what it changed in the audit trail (MG10). */
export function planPolicy(context: EditContext, asked: Policy): EditPlan {
  const policy = checkedPolicy(asked);
  const { state, appId } = context;
  const version = state.lastPolicyVersion + 1;
  let index: RevocationIndex | undefined;
  return {
    action: 'policy.change',
    details: { policyVersion: version, changes: diffPolicies(state.policy, policy) },
    async write(tx) {
      await insertPolicyVersion(tx, context, { version, kind: 'active', policy });
      await tx
        .updateTable('app_rules')
        .set({ policy_version: version })
        .where('app_id', '=', appId)
        .execute();
      index = await lengthenRevocations(tx, context, policy);
    },
    apply: () => ({
      policy,
      policyVersion: version,
      lastPolicyVersion: version,
      ...(index === undefined ? {} : { index }),
    }),
  };
}

/** A policy that is only watched beside the active one, or none (MG3). */
export function planCandidate(context: EditContext, asked: Policy | null): EditPlan {
  const { state, appId } = context;
  const policy = asked === null ? undefined : checkedPolicy(asked);
  const version = policy === undefined ? state.lastPolicyVersion : state.lastPolicyVersion + 1;
  const candidateVersion = policy === undefined ? null : version;
  return {
    action: policy === undefined ? 'candidate.remove' : 'candidate.change',
    details:
      policy === undefined
        ? {}
        : { policyVersion: version, againstActive: diffPolicies(state.policy, policy) },
    async write(tx) {
      if (policy !== undefined)
        await insertPolicyVersion(tx, context, { version, kind: 'candidate', policy });
      await tx
        .updateTable('app_rules')
        .set({ candidate_version: candidateVersion })
        .where('app_id', '=', appId)
        .execute();
    },
    apply: () => ({ candidate: policy, candidateVersion, lastPolicyVersion: version }),
  };
}

function checkedPolicy(asked: Policy): Policy {
  const parsed = parsePolicy(asked);
  if (!parsed.ok) throw new RoomkeyError('validation', { details: parsed.problems.map(describeProblem) });
  return parsed.policy;
}

async function insertPolicyVersion(
  tx: Transaction<DbSchema>,
  { appId, by, now }: EditContext,
  stored: { readonly version: number; readonly kind: 'active' | 'candidate'; readonly policy: Policy },
): Promise<void> {
  await tx
    .insertInto('policy_versions')
    .values({
      app_id: appId,
      version: stored.version,
      kind: stored.kind,
      policy: JSON.stringify(stored.policy),
      changed_by: by.name,
      changed_at: now,
      why: by.why ?? null,
    })
    .execute();
}

/**
 * Where tokens may live longer than before, revocations last longer with them, those that had expired too: no token
 * that was revoked comes back to life (AD11). Where they may live shorter, revocations keep their ends.
 */
async function lengthenRevocations(
  tx: Transaction<DbSchema>,
  { state, appId, now }: EditContext,
  policy: Policy,
): Promise<RevocationIndex | undefined> {
  const before = state.policy.maxTokenLifetimeSeconds;
  const after = policy.maxTokenLifetimeSeconds;
  if (before === null || (after !== null && after <= before)) return undefined;
  await tx
    .updateTable('revocations')
    .set((is) => ({
      expires_at: after === null ? null : is('expires_at', '+', (after - before) * 1_000),
    }))
    .where('app_id', '=', appId)
    .execute();
  return await loadRevocations(tx, appId, now);
}
