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

  constructor(port: WorkerPort) {
    this.#port = port;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<WorkerConnection> {
    return new WorkerConnection(this.#port);
  }

  async beginTransaction(connection: WorkerConnection): Promise<void> {
    // Deferred transactions take the writer's lock at their first write and can then fail half-way.
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: WorkerConnection): Promise<void> {
    const committed = connection.executeQuery(CompiledQuery.raw('commit'));
    connection.release();
    await committed;
  }

  async rollbackTransaction(connection: WorkerConnection): Promise<void> {
    connection.release();
    try {
      await this.#port.call('rollback', undefined);
    } catch {
      // The caller gets what made it roll back. A connection that cannot undo must not be used again.
      await this.#port.kill();
    }
  }

  async releaseConnection(connection: WorkerConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {}
}

/** One turn at the only connection: a statement that comes after its transaction ended would be kept alone (ST4). */
class WorkerConnection implements DatabaseConnection {
  readonly #port: WorkerPort;
  #released = false;

  constructor(port: WorkerPort) {
    this.#port = port;
  }

  release(): void {
    this.#released = true;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#released) throw new TypeError('the transaction of this statement has ended');
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
