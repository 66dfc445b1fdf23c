import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { DiagnosisRecord, Gap, LoginQuery, LoginRecord } from './ledger.ts';
import { inTransaction, openSqliteFile, type SqliteFileOptions } from './open-sqlite-file.ts';
import { serveCalls, type WorkerVerbs } from './serve-calls.ts';

/** What one commit writes. */
export interface LedgerCommit {
  readonly logins: readonly LoginRecord[];
  readonly diagnoses: readonly DiagnosisRecord[];
  readonly gaps: readonly Gap[];
  readonly at: number;
}

/** How the ledger's file is opened; the writer also notes an unclean stop. */
export interface LedgerOpen extends SqliteFileOptions {
  readonly now: number;
  readonly isWriter: boolean;
}

/** What one round of retention may remove (ST5). */
export interface LedgerPrune {
  readonly before: number;
  readonly atMost: number;
  readonly diagnosesPerApp: number;
}

type Row = Record<string, SQLOutputValue>;

// Spans of one cause that lie closer than this are one gap: a storm of late rows is one line for its reader.
const joinedWithinMs = 60_000;

const insertLogin = `insert into logins values (${new Array(21).fill('?').join(', ')})`;

/** The verbs of the threads that own the ledger's file: one writes, another reads. */
export function createLedgerVerbs(): WorkerVerbs {
  let opened: DatabaseSync | undefined;
  const db = (): DatabaseSync => {
    if (opened === undefined) throw new TypeError('the file is not open');
    return opened;
  };
  return {
    open({ now, isWriter, ...options }: LedgerOpen): void {
      opened = openSqliteFile(options);
      opened.exec(`pragma synchronous = ${options.synchronous}`);
      if (isWriter) inTransaction(opened, () => noteStart(db(), now));
    },
    commit: (commit: LedgerCommit): void => inTransaction(db(), () => write(db(), commit)),
    prune: (prune: LedgerPrune): number => inTransaction(db(), () => removeOld(db(), prune)),
    logins: (query: LoginQuery): LoginRecord[] => readLogins(db(), query),
    diagnosis({ appId, diagnosisId }: { appId: number; diagnosisId: string }): DiagnosisRecord | undefined {
      const row = db()
        .prepare('select * from diagnoses where diagnosis_id = ? and app_id = ?')
        .get(diagnosisId, appId);
      return row === undefined ? undefined : diagnosisOf(row);
    },
    diagnoses({ appId, limit }: { appId: number; limit: number }): DiagnosisRecord[] {
      const rows = db().prepare(
        'select * from diagnoses where app_id = ? order by at desc, rowid desc limit ?',
      );
      return rows.all(appId, limit).map(diagnosisOf);
    },
    gaps({ since }: { since: number }): Gap[] {
      const rows = db().prepare('select * from gaps where ended_at >= ? order by started_at, gap_id');
      return rows.all(since).map(gapOf);
    },
    close({ isClean = false }: { isClean?: boolean } = {}): void {
      if (isClean && opened !== undefined) opened.exec("delete from marks where name = 'open_since'");
      opened?.close();
      opened = undefined;
    },
  };
}

/** A marker that is still there tells of a stop that was not clean: what came after the last commit is not known. */
function noteStart(db: DatabaseSync, now: number): void {
  const marks = new Map(
    db
      .prepare('select * from marks')
      .all()
      .map(({ name, value }) => [name, Number(value)]),
  );
  const openSince = marks.get('open_since');
  if (openSince !== undefined) {
    const from = Math.max(openSince, marks.get('last_commit') ?? openSince);
    addGap(db, { from, to: Math.max(now, from), count: null, cause: 'uncleanStop' });
  }
  setMark(db, 'open_since', now);
}

function setMark(db: DatabaseSync, name: string, value: number): void {
  db.prepare('insert into marks values (?, ?) on conflict (name) do update set value = excluded.value').run(
    name,
    value,
  );
}

function write(db: DatabaseSync, { logins, diagnoses, gaps, at }: LedgerCommit): void {
  const login = db.prepare(insertLogin);
  for (const row of logins) login.run(...valuesOf(row));
  const diagnosis = db.prepare('insert into diagnoses values (?, ?, ?, ?)');
  for (const row of diagnoses) diagnosis.run(row.appId, row.diagnosisId, row.at, row.body);
  for (const gap of gaps) addGap(db, gap);
  setMark(db, 'last_commit', at);
}

function addGap(db: DatabaseSync, { from, to, count, cause }: Gap): void {
  const newest = db.prepare('select * from gaps where cause = ? order by gap_id desc limit 1').get(cause);
  const joins = count !== null && newest !== undefined && from <= Number(newest['ended_at']) + joinedWithinMs;
  if (!joins) {
    db.prepare('insert into gaps (started_at, ended_at, lost, cause) values (?, ?, ?, ?)').run(
      from,
      to,
      count,
      cause,
    );
    return;
  }
  const update = db.prepare(
    'update gaps set started_at = min(started_at, ?), ended_at = max(ended_at, ?), lost = lost + ? where gap_id = ?',
  );
  update.run(from, to, count, newest['gap_id'] ?? null);
}

/** Removes at most so many old rows and diagnoses over the bound of an app; how many it removed. */
function removeOld(db: DatabaseSync, { before, atMost, diagnosesPerApp }: LedgerPrune): number {
  let removed = 0;
  for (const table of ['logins', 'diagnoses']) {
    const old = `select rowid from ${table} where at < ? limit ?`;
    removed += Number(db.prepare(`delete from ${table} where rowid in (${old})`).run(before, atMost).changes);
  }
  db.prepare('delete from gaps where ended_at < ?').run(before);
  const full = db.prepare(
    'select app_id, count(*) as kept from diagnoses group by app_id having count(*) > ?',
  );
  for (const { app_id: appId, kept } of full.all(diagnosesPerApp)) {
    const oldest = 'select rowid from diagnoses where app_id = ? order by at, rowid limit ?';
    const beyond = Math.min(atMost, Number(kept) - diagnosesPerApp);
    removed += Number(
      db.prepare(`delete from diagnoses where rowid in (${oldest})`).run(appId ?? null, beyond).changes,
    );
  }
  return removed;
}

function valuesOf(row: LoginRecord): (string | number | null)[] {
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

function readLogins(db: DatabaseSync, { appId, since = 0, userId, limit }: LoginQuery): LoginRecord[] {
  const order = 'order by at desc, rowid desc limit ?';
  const rows =
    userId === undefined
      ? db.prepare(`select * from logins where app_id = ? and at >= ? ${order}`).all(appId, since, limit)
      : db
          .prepare(`select * from logins where app_id = ? and user_id = ? and at >= ? ${order}`)
          .all(appId, userId, since, limit);
  return rows.map(loginOf);
}

// The columns hold what `valuesOf` wrote: the types are those of the record.
function loginOf(row: Row): LoginRecord {
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

function diagnosisOf(row: Row): DiagnosisRecord {
  return {
    kind: 'diagnosis',
    at: Number(row['at']),
    appId: Number(row['app_id']),
    diagnosisId: String(row['diagnosis_id']),
    body: String(row['body']),
  };
}

function gapOf(row: Row): Gap {
  const lost = row['lost'];
  return {
    from: Number(row['started_at']),
    to: Number(row['ended_at']),
    count: lost === null || lost === undefined ? null : Number(lost),
    cause: row['cause'] as Gap['cause'],
  };
}

serveCalls(createLedgerVerbs());
