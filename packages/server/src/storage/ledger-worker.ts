import type { DatabaseSync } from 'node:sqlite';
import { countDropped, DiagnosisRing } from './diagnosis-ring.ts';
import type { DiagnosisRecord, Gap, LoginQuery, LoginRecord } from './ledger.ts';
import { joinGaps } from './ledger-gaps.ts';
import { diagnosisOf, gapOf, insertLoginSql, loginOf, loginValues } from './ledger-rows.ts';
import { inTransaction, openSqliteFile, type SqliteFileOptions } from './open-sqlite-file.ts';
import { serveCalls, type WorkerVerbs } from './serve-calls.ts';

/** What one commit writes. */
export interface LedgerCommit {
  readonly logins: readonly LoginRecord[];
  readonly diagnoses: readonly DiagnosisRecord[];
  readonly gaps: readonly Gap[];
  /** All rows up to this instant are kept or told as gaps once this commit is done. */
  readonly keptUntil: number;
  /** Diagnoses kept per app (AD13). */
  readonly diagnosesPerApp: number;
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

/** The verbs of the threads that own the ledger's file: one writes, another reads. */
export function createLedgerVerbs(): WorkerVerbs {
  let opened: DatabaseSync | undefined;
  const db = (): DatabaseSync => {
    if (opened === undefined) throw new TypeError('the file is not open');
    return opened;
  };
  const ring = new DiagnosisRing();
  const change = <T>(work: () => T): T => {
    try {
      return inTransaction(db(), work);
    } catch (failure) {
      ring.forget();
      throw failure;
    }
  };
  return {
    open({ now, isWriter, ...options }: LedgerOpen): void {
      opened = openSqliteFile(options);
      // Still under FULL: a power cut must not take the marker along with the rows it tells of (ST3).
      if (isWriter) inTransaction(opened, () => noteStart(db(), now));
      opened.exec(`pragma synchronous = ${options.synchronous}`);
    },
    commit: (commit: LedgerCommit): void => change(() => write(db(), ring, commit)),
    prune: (prune: LedgerPrune): number =>
      change(() => removeOld(db(), prune) + ring.trimAll(db(), prune.diagnosesPerApp)),
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
    dropped: ({ appId }: { appId: number }): number => countDropped(db(), appId),
    gaps({ since }: { since: number }): Gap[] {
      const rows = db().prepare('select * from gaps where ended_at >= ? order by started_at, gap_id');
      return rows.all(since).map(gapOf);
    },
    close({ isClean = false }: { isClean?: boolean } = {}): void {
      try {
        if (isClean) opened?.exec("delete from marks where name = 'open_since'");
      } finally {
        opened?.close();
        opened = undefined;
      }
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

function write(db: DatabaseSync, ring: DiagnosisRing, commit: LedgerCommit): void {
  const { logins, diagnoses, gaps, keptUntil, diagnosesPerApp } = commit;
  const login = db.prepare(insertLoginSql);
  for (const row of logins) login.run(...loginValues(row));
  const diagnosis = db.prepare('insert into diagnoses values (?, ?, ?, ?)');
  for (const row of diagnoses) diagnosis.run(row.appId, row.diagnosisId, row.at, row.body);
  for (const [appId, added] of countByApp(diagnoses)) ring.trim(db, { appId, added, bound: diagnosesPerApp });
  for (const gap of gaps) addGap(db, gap);
  setMark(db, 'last_commit', keptUntil);
}

function countByApp(diagnoses: readonly DiagnosisRecord[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { appId } of diagnoses) counts.set(appId, (counts.get(appId) ?? 0) + 1);
  return counts;
}

function addGap(db: DatabaseSync, gap: Gap): void {
  const newest = db.prepare('select * from gaps where cause = ? order by gap_id desc limit 1').get(gap.cause);
  const joined = newest === undefined ? undefined : joinGaps(gapOf(newest), gap);
  if (newest === undefined || joined === undefined) {
    const insert = db.prepare('insert into gaps (started_at, ended_at, lost, cause) values (?, ?, ?, ?)');
    insert.run(gap.from, gap.to, gap.count, gap.cause);
    return;
  }
  const update = db.prepare('update gaps set started_at = ?, ended_at = ?, lost = ? where gap_id = ?');
  update.run(joined.from, joined.to, joined.count, newest['gap_id'] ?? null);
}

/** Removes at most so many rows of each kind that are past their time; how many it removed. */
function removeOld(db: DatabaseSync, { before, atMost }: LedgerPrune): number {
  let removed = 0;
  for (const table of ['logins', 'diagnoses']) {
    const old = `select rowid from ${table} where at < ? limit ?`;
    removed += Number(db.prepare(`delete from ${table} where rowid in (${old})`).run(before, atMost).changes);
  }
  db.prepare('delete from gaps where ended_at < ?').run(before);
  return removed;
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

serveCalls(createLedgerVerbs());
