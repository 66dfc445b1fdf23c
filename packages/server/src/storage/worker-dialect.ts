import type { SQLInputValue } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { ExecuteCall, ExecuteResult } from './state-worker.ts';
import type { WorkerPort } from './worker-port.ts';

/**
 * Kysely's way to SQLite in a worker thread.
 *
 * The adapter says that there is one connection, so Kysely gives it to one transaction at a time and lets every other
 * statement wait until that ends.
 */
export function createWorkerDialect(port: WorkerPort): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new WorkerDriver(port),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class WorkerDriver implements Driver {
  readonly #port: WorkerPort;
  readonly #connection: WorkerConnection;

  constructor(port: WorkerPort) {
    this.#port = port;
    this.#connection = new WorkerConnection(port);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    // Deferred transactions take the writer's lock at their first write and can then fail half-way.
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(): Promise<void> {
    try {
      await this.#port.call('rollback', undefined);
    } catch {
      // The caller gets what made it roll back. A connection that cannot undo must not be used again.
      await this.#port.kill();
    }
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

class WorkerConnection implements DatabaseConnection {
  readonly #port: WorkerPort;

  constructor(port: WorkerPort) {
    this.#port = port;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const call: ExecuteCall = { sql: query.sql, parameters: query.parameters.map(toSqlValue) };
    const result = await this.#port.call<ExecuteResult>('execute', call);
    const rows = result.rows as R[];
    if (result.changes === null) return { rows };
    return { rows, numAffectedRows: BigInt(result.changes), insertId: BigInt(result.insertId) };
  }

  // biome-ignore lint/correctness/useYield: every reader here is bounded by a limit; nothing streams.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new TypeError('queries of the owner’s state are not streamed');
  }
}

function toSqlValue(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value as SQLInputValue;
}
