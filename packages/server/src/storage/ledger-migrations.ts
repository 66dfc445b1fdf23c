import type { Migration } from './open-sqlite-file.ts';

const first: Migration = [
  `create table logins (
    at integer not null, app_id integer not null, verb text not null, room_id text not null, user_id text not null,
    session_id text, method text, fell_back integer not null, token_version text, token_format text, key_id text,
    platform text not null, sdk_version text not null, product text not null, outcome text not null,
    code integer not null, candidate_outcome text, rule_outcomes text not null, can_use_tokens text not null,
    diagnosis text, rules_version integer not null
  )`,
  'create index logins_by_app on logins (app_id, at)',
  'create index logins_by_user on logins (app_id, user_id, at)',
  'create index logins_by_time on logins (at)',
  `create table diagnoses (
    app_id integer not null, diagnosis_id text not null primary key, at integer not null, body text not null
  )`,
  'create index diagnoses_by_app on diagnoses (app_id, at)',
  'create index diagnoses_by_time on diagnoses (at)',
  // Counts what the bound of an app cost, not what grew old (AD13).
  'create table dropped_diagnoses (app_id integer not null primary key, dropped integer not null)',
  // A span is merged into the newest one of its cause while it goes on.
  `create table gaps (
    gap_id integer primary key, started_at integer not null, ended_at integer not null, lost integer, cause text not null
  )`,
  // open_since: set while a process has the ledger; last_commit: the end of what is known to be kept (ST3).
  'create table marks (name text not null primary key, value integer not null)',
];

/** The schema of the ledger's file; forward only (ST1). */
export const ledgerMigrations: readonly Migration[] = [first];
