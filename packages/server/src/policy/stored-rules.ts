import type { Selectable } from 'kysely';
import type { DbSchema } from '#storage';
import type { Actor, ForbidRule, Revocation, RevocationTarget, RulesVersion } from './app-rules.ts';

/** A row of `revocations`. */
export type RevocationRow = Selectable<DbSchema['revocations']>;

/** A row of `forbid_rules`. */
export type ForbidRow = Selectable<DbSchema['forbid_rules']>;

interface StoredTarget {
  readonly aheadSecondsByKey: Readonly<Record<string, number>>;
  readonly aheadDigests: readonly string[];
  readonly appSignRefusedUntil: number | null;
  readonly marginSeconds: number;
}

/** The row of a revocation. Its `target` holds what it names and, beside that, what bounds it (AD11a, AD11b). */
export function toRevocationRow(
  revocation: Revocation,
  { appId, version, by }: { readonly appId: number; readonly version: RulesVersion; readonly by: Actor },
): RevocationRow {
  const { target, aheadSecondsByKey, aheadDigests, appSignRefusedUntil, marginSeconds } = revocation;
  const { kind, ...named } = target;
  const bounds: StoredTarget = { aheadSecondsByKey, aheadDigests, appSignRefusedUntil, marginSeconds };
  return {
    app_id: appId,
    revocation_id: revocation.revocationId,
    kind,
    target: JSON.stringify({ ...named, ...bounds }),
    rules_version: version,
    revoked_at: revocation.revokedAt,
    expires_at: revocation.expiresAt,
    revoked_by: by.name,
    reason: by.why ?? null,
  };
}

/** The revocation of a row. */
export function toRevocation(row: RevocationRow): Revocation {
  const { aheadSecondsByKey, aheadDigests, appSignRefusedUntil, marginSeconds, ...named } = JSON.parse(
    row.target,
  ) as StoredTarget;
  return {
    revocationId: row.revocation_id,
    target: { kind: row.kind, ...named } as RevocationTarget,
    revokedAt: row.revoked_at,
    expiresAt: row.expires_at,
    aheadSecondsByKey,
    aheadDigests,
    appSignRefusedUntil,
    marginSeconds,
  };
}

/** The row of a forbid rule. */
export function toForbidRow(
  rule: ForbidRule,
  { appId, createdAt, by }: { readonly appId: number; readonly createdAt: number; readonly by: Actor },
): ForbidRow {
  const { userId, roomId } = rule;
  return {
    app_id: appId,
    rule_id: rule.ruleId,
    target: JSON.stringify({ userId, roomId }),
    created_at: createdAt,
    expires_at: rule.expiresAt,
    created_by: by.name,
  };
}

/** The forbid rule of a row. */
export function toForbidRule(row: ForbidRow): ForbidRule {
  const named = JSON.parse(row.target) as { readonly userId?: string; readonly roomId?: string };
  return { ruleId: row.rule_id, ...named, expiresAt: row.expires_at };
}
