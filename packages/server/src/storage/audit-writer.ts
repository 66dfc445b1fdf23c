import type { Transaction } from 'kysely';
import type { UnixMillis } from '#kernel';
import type { DbSchema } from './schema.ts';

/** One act of an owner, an operator or the system. Holds names and figures, never a secret or a token (SC4). */
export interface AuditEntry {
  readonly at: UnixMillis;
  /** `cli`, `api-key:ID`, `system`. */
  readonly actor: string;
  /** What was done, `noun.verb`: `policy.change`, `secret.promote`. */
  readonly action: string;
  /** Null for acts on the installation. */
  readonly appId: number | null;
  /** Kept as JSON; an object of plain values. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** The audit trail as a change writes to it: in the change's own transaction, or not at all (ST2, MG10). */
export interface AuditWriter {
  /** Adds an entry and resolves to its number. It is kept when the transaction commits, and only then. */
  append(tx: Transaction<DbSchema>, entry: AuditEntry): Promise<number>;
}
