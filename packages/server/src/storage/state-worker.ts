import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { openSqliteFile, type SqliteFileOptions } from './open-sqlite-file.ts';
import { serveCalls, type WorkerVerbs } from './serve-calls.ts';

/** One statement as Kysely compiled it. */
export interface ExecuteCall {
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

/** What a statement gave: rows if it reads, else how many rows it changed. */
export type ExecuteResult =
  | { readonly rows: readonly unknown[]; readonly changes: null; readonly insertId: null }
  | { readonly rows: readonly []; readonly changes: number; readonly insertId: number | bigint };

const cachedStatements = 200;

/** The verbs of the thread that owns the state's file. */
export function createStateVerbs(): WorkerVerbs {
  let opened: DatabaseSync | undefined;
  const statements = new Map<string, StatementSync>();
  // What made SQLite undo the open transaction by itself, until its owner asks for the rollback.
  let undoneBy: { readonly failure: unknown } | undefined;

  const database = (): DatabaseSync => {
    if (opened === undefined) throw new TypeError('the file is not open');
    return opened;
  };

  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database().prepare(sql);
    const oldest = statements.size < cachedStatements ? undefined : statements.keys().next().value;
    if (oldest !== undefined) statements.delete(oldest);
    statements.set(sql, statement);
    return statement;
  };

  return {
    open(options: SqliteFileOptions): void {
      opened = openSqliteFile(options);
      opened.exec(`pragma synchronous = ${options.synchronous}`);
    },
    execute({ sql, parameters }: ExecuteCall): ExecuteResult {
      // After a full disk there is no transaction any more: what comes for it would be kept alone (ST4).
      if (undoneBy !== undefined) throw undoneBy.failure;
      const wasInside = database().isTransaction;
      try {
        return run(prepare(sql), parameters);
      } catch (failure) {
        if (wasInside && !database().isTransaction) undoneBy = { failure };
        throw failure;
      }
    },
    rollback(): void {
      undoneBy = undefined;
      // SQLite may have rolled back by itself: asking again would report that instead of the cause.
      if (database().isTransaction) database().exec('rollback');
    },
    close(): void {
      statements.clear();
      opened?.close();
      opened = undefined;
    },
  };
}

function run(statement: StatementSync, parameters: readonly SQLInputValue[]): ExecuteResult {
  // Kysely does not say which statements read; `insert … returning` does too.
  if (statement.columns().length > 0) {
    return { rows: statement.all(...parameters), changes: null, insertId: null };
  }
  const { changes, lastInsertRowid } = statement.run(...parameters);
  return { rows: [], changes: Number(changes), insertId: lastInsertRowid };
}

serveCalls(createStateVerbs());
