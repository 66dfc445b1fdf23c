import { RoomkeyError } from '#kernel';
import type { FaultFacts } from './fault-facts.ts';

/** A failure of SQLite with its code kept: `name` is the primary code's name, `errcode` the extended code. */
export class SqliteFault extends Error {
  readonly errcode: number;

  constructor(message: string, errcode: number) {
    super(message);
    this.name = primaryNames[errcode & 0xff] ?? `SQLITE_${errcode & 0xff}`;
    this.errcode = errcode;
  }
}

// SQLite's primary result codes (sqlite.org/rescode.html) that are met here; others are shown by number.
const primaryNames: Readonly<Record<number, string>> = {
  1: 'SQLITE_ERROR',
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  7: 'SQLITE_NOMEM',
  8: 'SQLITE_READONLY',
  9: 'SQLITE_INTERRUPT',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  18: 'SQLITE_TOOBIG',
  19: 'SQLITE_CONSTRAINT',
  20: 'SQLITE_MISMATCH',
  26: 'SQLITE_NOTADB',
};

const uniqueViolated = 2067;
const primaryKeyViolated = 1555;

/**
 * The error a caller sees: a coded one with SQLite's fault as its cause (ST4).
 *
 * Violated constraints stay a `SqliteFault`: only the caller knows what they mean.
 */
export function toFailure(facts: FaultFacts): Error {
  if (facts.schemaNewer) return new RoomkeyError('schemaNewer', { cause: new Error(facts.message) });
  if (facts.errcode === null) return new RoomkeyError('internal', { cause: new Error(facts.message) });
  const cause = new SqliteFault(facts.message, facts.errcode);
  if (cause.name === 'SQLITE_CONSTRAINT') return cause;
  if (cause.name === 'SQLITE_FULL') return new RoomkeyError('storageFull', { cause });
  if (cause.name === 'SQLITE_READONLY') return new RoomkeyError('readOnly', { cause });
  return new RoomkeyError('internal', { cause });
}

/** Whether a row was refused because another one has its unique key; says so for every engine behind `Db`. */
export function isUniqueViolation(failure: unknown): boolean {
  return (
    failure instanceof SqliteFault &&
    (failure.errcode === uniqueViolated || failure.errcode === primaryKeyViolated)
  );
}
