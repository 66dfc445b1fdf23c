import type { SQLOutputValue } from 'node:sqlite';
import type { DiagnosisRecord, Gap, LoginRecord } from './ledger.ts';

/** A row as SQLite gives it. */
export type SqliteRow = Record<string, SQLOutputValue>;

/** Takes `loginValues`, in the order of the table's columns. */
export const insertLoginSql: string = `insert into logins values (${new Array(21).fill('?').join(', ')})`;

/** A login record as column values. */
export function loginValues(row: LoginRecord): (string | number | null)[] {
  return [
    row.at,
    row.appId,
    row.verb,
    row.roomId,
    row.userId,
    row.sessionId,
    row.method,
    row.fellBack ? 1 : 0,
    row.tokenVersion,
    row.tokenFormat,
    row.keyId,
    row.platform,
    row.sdkVersion,
    row.product,
    row.outcome,
    row.code,
    row.candidateOutcome,
    JSON.stringify(row.ruleOutcomes),
    row.canUseTokens,
    row.diagnosis,
    row.rulesVersion,
  ];
}

/** A login record out of its row. */
export function loginOf(row: SqliteRow): LoginRecord {
  // The columns hold what `loginValues` wrote: the types are those of the record.
  return {
    kind: 'login',
    at: row['at'],
    appId: row['app_id'],
    verb: row['verb'],
    roomId: row['room_id'],
    userId: row['user_id'],
    sessionId: row['session_id'],
    method: row['method'],
    fellBack: row['fell_back'] === 1,
    tokenVersion: row['token_version'],
    tokenFormat: row['token_format'],
    keyId: row['key_id'],
    platform: row['platform'],
    sdkVersion: row['sdk_version'],
    product: row['product'],
    outcome: row['outcome'],
    code: row['code'],
    candidateOutcome: row['candidate_outcome'],
    ruleOutcomes: JSON.parse(String(row['rule_outcomes'])),
    canUseTokens: row['can_use_tokens'],
    diagnosis: row['diagnosis'],
    rulesVersion: row['rules_version'],
  } as LoginRecord;
}

/** A diagnosis out of its row. */
export function diagnosisOf(row: SqliteRow): DiagnosisRecord {
  return {
    kind: 'diagnosis',
    at: Number(row['at']),
    appId: Number(row['app_id']),
    diagnosisId: String(row['diagnosis_id']),
    body: String(row['body']),
  };
}

/** A gap out of its row. */
export function gapOf(row: SqliteRow): Gap {
  const lost = row['lost'];
  return {
    from: Number(row['started_at']),
    to: Number(row['ended_at']),
    count: lost === null || lost === undefined ? null : Number(lost),
    cause: row['cause'] as Gap['cause'],
  };
}
