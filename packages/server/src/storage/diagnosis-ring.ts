import type { DatabaseSync } from 'node:sqlite';

const droppedAtOnce = 1_000;

/**
 * The bound on each app's diagnoses, on the writer's thread (AD13).
 *
 * It holds with every commit, not only when retention comes around: refusals that never pause must not grow the file
 * (MG1a). Call it inside a transaction, and `forget` when that failed.
 */
export class DiagnosisRing {
  // Counting an app's diagnoses reads its whole index, so each is counted once and then kept up to date.
  readonly #kept = new Map<number, number>();

  /** Drops the app's oldest diagnoses beyond the bound, at most 1000, after `added` were inserted. */
  trim(
    db: DatabaseSync,
    app: { readonly appId: number; readonly added: number; readonly bound: number },
  ): number {
    const { appId, added, bound } = app;
    const known = this.#kept.get(appId);
    const kept = known === undefined ? countOf(db, appId) : known + added;
    const dropped = kept > bound ? dropOldest(db, appId, Math.min(droppedAtOnce, kept - bound)) : 0;
    this.#kept.set(appId, kept - dropped);
    return dropped;
  }

  /** Drops at most 1000 of every app that is over a bound which was lowered; how many in all. */
  trimAll(db: DatabaseSync, bound: number): number {
    this.forget();
    const full = db.prepare('select app_id from diagnoses group by app_id having count(*) > ?').all(bound);
    let dropped = 0;
    for (const { app_id: appId } of full) dropped += this.trim(db, { appId: Number(appId), added: 0, bound });
    return dropped;
  }

  /** Counts anew at the next use: rows went another way, or were rolled back. */
  forget(): void {
    this.#kept.clear();
  }
}

/** How many of the app's diagnoses were ever dropped for the bound, not for their age. */
export function countDropped(db: DatabaseSync, appId: number): number {
  return Number(
    db.prepare('select dropped from dropped_diagnoses where app_id = ?').get(appId)?.['dropped'] ?? 0,
  );
}

function countOf(db: DatabaseSync, appId: number): number {
  return Number(db.prepare('select count(*) as kept from diagnoses where app_id = ?').get(appId)?.['kept']);
}

function dropOldest(db: DatabaseSync, appId: number, atMost: number): number {
  const oldest = 'select rowid from diagnoses where app_id = ? order by at, rowid limit ?';
  const drop = db.prepare(`delete from diagnoses where rowid in (${oldest})`);
  const dropped = Number(drop.run(appId, atMost).changes);
  db.prepare(
    `insert into dropped_diagnoses values (?, ?)
     on conflict (app_id) do update set dropped = dropped + excluded.dropped`,
  ).run(appId, dropped);
  return dropped;
}
