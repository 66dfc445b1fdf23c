import type { CloseCode } from './close-codes.ts';
import {
  type ErrorFacts,
  type ErrorRetry,
  type ErrorSource,
  errorFacts,
  type RoomkeyErrorName,
} from './error-facts.ts';
import { credentialTexts } from './error-texts-credential.ts';
import { requestTexts } from './error-texts-request.ts';
import { roomTexts } from './error-texts-room.ts';

/**
 * One coded failure. The texts are fixed by the name, so they cannot leak what they never saw: what happened, why,
 * what to do. `httpStatus` is what the owner's API answers with.
 */
export interface ErrorRow {
  readonly code: number;
  /** Ours, unique in the table. */
  readonly name: RoomkeyErrorName;
  /** The vendor's published name of the number. */
  readonly vendorName?: string;
  readonly httpStatus: number;
  /** The close code when this ends the whole connection (WS12). */
  readonly closeCode?: CloseCode;
  readonly retry: ErrorRetry;
  readonly en: string;
  readonly zh: string;
  readonly source: ErrorSource;
}

const texts: Record<RoomkeyErrorName, readonly [en: string, zh: string]> = {
  ...credentialTexts,
  ...roomTexts,
  ...requestTexts,
};

/**
 * The row of a name, with its texts.
 *
 * @throws TypeError when the name is not in the table; ask `isErrorName` first for a name from outside.
 */
export function errorByName(name: RoomkeyErrorName): ErrorRow {
  if (!Object.hasOwn(errorFacts, name)) throw new TypeError('no such error name');
  const facts: ErrorFacts = errorFacts[name];
  const [code, httpStatus, retry, source, vendorName, closeCode] = facts;
  const [en, zh] = texts[name];
  return {
    code,
    name,
    ...(vendorName === undefined ? {} : { vendorName }),
    httpStatus,
    ...(closeCode === undefined ? {} : { closeCode }),
    retry,
    en,
    zh,
    source,
  };
}

/** Every coded failure, in the order of the docs page; names are unique, numbers may repeat (AD4). */
export const errorTable: readonly ErrorRow[] = (Object.keys(errorFacts) as RoomkeyErrorName[]).map(
  errorByName,
);

/** The most general row of a number (1002074 → `tokenOther`), or undefined for a number that is not ours. */
export function findError(code: number): ErrorRow | undefined {
  return errorTable.find((row) => row.code === code);
}
