/**
 * storage: what is on disk. Owns two SQLite files, each behind worker threads: the owner's state (`Db`, through
 * Kysely) and the ledger of what happened at the door (`Ledger`, append only).
 *
 * It never decides, never seals and never sees a token: what must be secret comes sealed. The audit trail's chain is
 * audit's; only the seam by which changes write to it is declared here.
 * Rules: ST1 to ST5.
 */
export type { AuditEntry, AuditWriter } from './audit-writer.ts';
export type { DiagnosisRecord, Gap, Ledger, LedgerRow, LoginQuery, LoginRecord } from './ledger.ts';
export { type Database, type DbOptions, openDb, type StoragePlace } from './open-db.ts';
export { type LedgerFile, type LedgerOptions, openLedger } from './open-ledger.ts';
export type { Migration } from './open-sqlite-file.ts';
export type { DbSchema } from './schema.ts';
export { isUniqueViolation, SqliteFault } from './storage-failure.ts';
