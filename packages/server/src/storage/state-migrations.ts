import type { Migration } from './open-sqlite-file.ts';

// Written so that PostgreSQL takes them too, with bytea for blob: one schema for both (ST1).
const appId = 'bigint not null check (app_id between 1 and 4294967295)';
const ofApp = `${appId} references apps (app_id)`;

const first: Migration = [
  'create table settings (name text not null primary key, value text not null)',
  `create table apps (
    app_id ${appId} primary key,
    name text not null,
    origin text not null check (origin in ('new', 'imported')),
    app_sign_state text not null check (app_sign_state in ('active', 'suspended', 'destroyed')),
    app_sign_sealed blob,
    allowed_origins text not null,
    created_at bigint not null,
    check (app_sign_state <> 'destroyed' or app_sign_sealed is null)
  )`,
  `create table app_secrets (
    app_id ${ofApp},
    secret_id text not null,
    state text not null check (state in ('staged', 'verifying', 'primary', 'retiring', 'retired')),
    formats text not null,
    sealed blob,
    fingerprint text not null,
    created_at bigint not null,
    state_since bigint not null,
    primary key (app_id, secret_id)
  )`,
  // Bytes shared between secrets are looked for by fingerprint (AD12).
  'create index app_secrets_by_fingerprint on app_secrets (fingerprint)',
  `create table policy_versions (
    app_id ${ofApp},
    version bigint not null check (version >= 1),
    kind text not null check (kind in ('active', 'candidate')),
    policy text not null,
    changed_by text not null,
    changed_at bigint not null,
    why text,
    primary key (app_id, version)
  )`,
  `create table app_rules (
    app_id ${ofApp} primary key,
    rules_version bigint not null check (rules_version >= 1),
    policy_version bigint not null,
    candidate_version bigint,
    changed_at bigint not null,
    foreign key (app_id, policy_version) references policy_versions (app_id, version),
    foreign key (app_id, candidate_version) references policy_versions (app_id, version)
  )`,
  `create table revocations (
    app_id ${ofApp},
    revocation_id text not null,
    kind text not null,
    target text not null,
    rules_version bigint not null,
    revoked_at bigint not null,
    expires_at bigint,
    revoked_by text not null,
    reason text,
    primary key (app_id, revocation_id)
  )`,
  'create index revocations_by_expiry on revocations (expires_at)',
  `create table forbid_rules (
    app_id ${ofApp},
    rule_id text not null,
    target text not null,
    created_at bigint not null,
    expires_at bigint not null,
    created_by text not null,
    primary key (app_id, rule_id)
  )`,
  'create index forbid_rules_by_expiry on forbid_rules (expires_at)',
  `create table api_keys (
    key_id text not null primary key,
    prefix text not null,
    hash blob not null unique,
    scopes text not null,
    app_ids text,
    name text not null,
    created_at bigint not null,
    revoked_at bigint
  )`,
  `create table audit_entries (
    seq bigint not null primary key check (seq >= 1),
    at bigint not null,
    actor text not null,
    action text not null,
    app_id bigint,
    details text not null,
    mac blob not null check (length(mac) = 32)
  )`,
  'create index audit_entries_by_app on audit_entries (app_id, seq)',
  `create table idempotency_keys (
    key_id text not null,
    idempotency_key text not null,
    request_hash blob not null,
    status bigint not null,
    answer text not null,
    created_at bigint not null,
    primary key (key_id, idempotency_key)
  )`,
  'create index idempotency_keys_by_age on idempotency_keys (created_at)',
];

/** The steps of the owner's state, oldest first. A step that was released is never edited: a new one is added. */
export const stateMigrations: readonly Migration[] = [first];
