export type { DiagnosisRecord, Gap, Ledger, LedgerRow, LoginQuery, LoginRecord } from './ledger.ts';
export type { DbSchema } from './schema.ts';
