import type { AppId } from '#apps';
import type { UnixMillis } from '#kernel';
import type { Policy } from '#policy';
import type { Database, DbSchema } from '#storage';

/** One version of an app's policy, as it was kept (MG10). */
export interface PolicyVersion {
  readonly version: number;
  readonly kind: string;
  readonly policy: Policy;
  readonly changedBy: string;
  readonly changedAt: UnixMillis;
  readonly why: string | null;
}

/** One revocation, as it was kept. */
export interface RevocationRecord {
  readonly revocationId: string;
  readonly target: { readonly kind: string };
  readonly revokedAt: UnixMillis;
  readonly expiresAt: UnixMillis | null;
  readonly revokedBy: string;
  readonly reason: string | null;
  readonly rulesVersion: number;
}

/** One forbid rule, as it was kept. */
export interface ForbidRecord {
  readonly ruleId: string;
  readonly userId: string | null;
  readonly roomId: string | null;
  readonly createdAt: UnixMillis;
  readonly expiresAt: UnixMillis;
  readonly createdBy: string;
}

/** One entry of the audit trail, as it was kept. */
export interface AuditRecord {
  readonly seq: number;
  readonly at: UnixMillis;
  readonly actor: string;
  readonly action: string;
  readonly appId: AppId | null;
  readonly details: unknown;
}

/** The position before which a list goes on: instant and id of the last item. */
export interface Before {
  readonly at: UnixMillis;
  readonly id: string;
}

/** Which entries of the audit trail. */
export interface AuditQuery {
  /** Null = every app and the installation. */
  readonly appIds: readonly AppId[] | null;
  readonly before?: number;
  readonly limit: number;
}

/** Reads what others wrote to the owner's state, newest first, a page at a time. Never writes. */
export interface OwnerRecords {
  policyVersions(appId: AppId, before: number | undefined, limit: number): Promise<readonly PolicyVersion[]>;
  findPolicyVersion(appId: AppId, version: number): Promise<PolicyVersion | undefined>;
  revocations(appId: AppId, before: Before | undefined, limit: number): Promise<readonly RevocationRecord[]>;
  forbids(appId: AppId, before: Before | undefined, limit: number): Promise<readonly ForbidRecord[]>;
  auditEntries(query: AuditQuery): Promise<readonly AuditRecord[]>;
}

/** Reads the owner's database. */
export function createOwnerRecords({ db }: Database): OwnerRecords {
  const versionsOf = (appId: AppId) =>
    db.selectFrom('policy_versions').selectAll().where('app_id', '=', appId);
  return {
    async policyVersions(appId, before, limit) {
      const rows = await versionsOf(appId)
        .where('version', '<', before ?? Number.MAX_SAFE_INTEGER)
        .orderBy('version', 'desc')
        .limit(limit)
        .execute();
      return rows.map(policyVersionOf);
    },
    async findPolicyVersion(appId, version) {
      const row = await versionsOf(appId).where('version', '=', version).executeTakeFirst();
      return row === undefined ? undefined : policyVersionOf(row);
    },
    async revocations(appId, before, limit) {
      const rows = await db
        .selectFrom('revocations')
        .selectAll()
        .where('app_id', '=', appId)
        .where((is) =>
          before === undefined
            ? is.lit(true)
            : is.or([
                is('revoked_at', '<', before.at),
                is.and([is('revoked_at', '=', before.at), is('revocation_id', '<', before.id)]),
              ]),
        )
        .orderBy('revoked_at', 'desc')
        .orderBy('revocation_id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(revocationOf);
    },
    async forbids(appId, before, limit) {
      const rows = await db
        .selectFrom('forbid_rules')
        .selectAll()
        .where('app_id', '=', appId)
        .where((is) =>
          before === undefined
            ? is.lit(true)
            : is.or([
                is('created_at', '<', before.at),
                is.and([is('created_at', '=', before.at), is('rule_id', '<', before.id)]),
              ]),
        )
        .orderBy('created_at', 'desc')
        .orderBy('rule_id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(forbidOf);
    },
    async auditEntries({ appIds, before, limit }) {
      const rows = await db
        .selectFrom('audit_entries')
        .selectAll()
        .where('seq', '<', before ?? Number.MAX_SAFE_INTEGER)
        .where((is) => (appIds === null ? is.lit(true) : is('app_id', 'in', [...appIds])))
        .orderBy('seq', 'desc')
        .limit(limit)
        .execute();
      return rows.map(auditOf);
    },
  };
}

function policyVersionOf(row: DbSchema['policy_versions']): PolicyVersion {
  return {
    version: row.version,
    kind: row.kind,
    policy: JSON.parse(row.policy) as Policy,
    changedBy: row.changed_by,
    changedAt: row.changed_at,
    why: row.why,
  };
}

function revocationOf(row: DbSchema['revocations']): RevocationRecord {
  return {
    revocationId: row.revocation_id,
    target: { kind: row.kind, ...(JSON.parse(row.target) as object) },
    revokedAt: row.revoked_at,
    expiresAt: row.expires_at,
    revokedBy: row.revoked_by,
    reason: row.reason,
    rulesVersion: row.rules_version,
  };
}

function forbidOf(row: DbSchema['forbid_rules']): ForbidRecord {
  const target = JSON.parse(row.target) as { userId?: string | null; roomId?: string | null };
  return {
    ruleId: row.rule_id,
    userId: target.userId ?? null,
    roomId: target.roomId ?? null,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    createdBy: row.created_by,
  };
}

function auditOf(row: DbSchema['audit_entries']): AuditRecord {
  return {
    seq: row.seq,
    at: row.at,
    actor: row.actor,
    action: row.action,
    appId: row.app_id,
    details: JSON.parse(row.details),
  };
}
