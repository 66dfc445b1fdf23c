/**
 * The tables of the owner's state (`Db`, ST2), as Kysely sees them. Instants are Unix milliseconds, JSON columns hold
 * text, sealed columns hold what `Sealer` made (SC3). Migrations create them; nothing else alters them.
 */
export interface DbSchema {
  readonly apps: AppsTable;
  readonly app_secrets: AppSecretsTable;
  readonly policy_versions: PolicyVersionsTable;
  readonly app_rules: AppRulesTable;
  readonly revocations: RevocationsTable;
  readonly forbid_rules: ForbidRulesTable;
  readonly api_keys: ApiKeysTable;
  readonly audit_entries: AuditEntriesTable;
  readonly idempotency_keys: IdempotencyKeysTable;
  readonly settings: SettingsTable;
}

/** One row per app: `origin` is `new` or `imported`; `app_sign_sealed` is null once destroyed. */
export interface AppsTable {
  app_id: number;
  name: string;
  origin: string;
  app_sign_state: string;
  app_sign_sealed: Uint8Array | null;
  allowed_origins: string;
  created_at: number;
}

/** One row per server secret; `state` is a state of AD12, `formats` a JSON list of token formats it opens. */
export interface AppSecretsTable {
  app_id: number;
  secret_id: string;
  state: string;
  formats: string;
  sealed: Uint8Array | null;
  fingerprint: string;
  created_at: number;
  state_since: number;
}

/** Policies as versioned rows: never updated, only added (AD, MG10). `kind` is `active` or `candidate`. */
export interface PolicyVersionsTable {
  app_id: number;
  version: number;
  kind: string;
  policy: string;
  changed_by: string;
  changed_at: number;
  why: string | null;
}

/** The version of an app's rules as a whole: grows by one with every change of anything it holds (CL2). */
export interface AppRulesTable {
  app_id: number;
  rules_version: number;
  policy_version: number;
  candidate_version: number | null;
  changed_at: number;
}

/** One row per revocation; `target` is JSON (AD11). `rules_version` is the version it came with. */
export interface RevocationsTable {
  app_id: number;
  revocation_id: string;
  kind: string;
  target: string;
  rules_version: number;
  revoked_at: number;
  expires_at: number | null;
  revoked_by: string;
  reason: string | null;
}

/** A user, room or both kept out until `expires_at` (1002066). */
export interface ForbidRulesTable {
  app_id: number;
  rule_id: string;
  target: string;
  created_at: number;
  expires_at: number;
  created_by: string;
}

/** API keys: only a hash is kept; `scopes` and `app_ids` are JSON, `app_ids` null = every app (API2). */
export interface ApiKeysTable {
  key_id: string;
  prefix: string;
  hash: Uint8Array;
  scopes: string;
  app_ids: string | null;
  name: string;
  created_at: number;
  revoked_at: number | null;
}

/** The audit trail: each entry's `mac` covers the entry and the `mac` before it (ST2). */
export interface AuditEntriesTable {
  seq: number;
  at: number;
  actor: string;
  action: string;
  app_id: number | null;
  details: string;
  mac: Uint8Array;
}

/** Answers kept for `Idempotency-Key` (API1). */
export interface IdempotencyKeysTable {
  key_id: string;
  idempotency_key: string;
  request_hash: Uint8Array;
  status: number;
  answer: string;
  created_at: number;
}

/** Small facts about the installation: such as the check value of its master key. */
export interface SettingsTable {
  name: string;
  value: string;
}
