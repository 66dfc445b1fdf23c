import { FieldReader } from './field-reader.ts';
import type { JsonDocument } from './json-scanner.ts';
import { MAX_APP_ID, MAX_OPEN_USER_BYTES, MAX_UNIX_SECONDS } from './limits.ts';
import type { StepTally } from './step-tally.ts';
import { isCleanId, utf8Length } from './text-rules.ts';
import type { Token03Claims, Token04Claims, TokenClaims } from './token-claims.ts';

/** Claims as far as they could be read; use them only when `bad` is false. */
export interface ClaimsReading {
  readonly claims: TokenClaims;
  readonly bad: boolean;
}

/** Bounds of a token04's nonce (TK9). */
export const MIN_INT32 = -2_147_483_648;
export const MAX_INT32 = 2_147_483_647;

/** Reads the fields of TK3 with the types and ranges of TK9. Keys it does not know are let be. */
export function readClaims(document: JsonDocument, version: '03' | '04', tally?: StepTally): ClaimsReading {
  const fields = new FieldReader(document, tally);
  const claims = version === '04' ? readToken04(fields) : readToken03(fields);
  return { claims, bad: fields.bad };
}

function readToken04(fields: FieldReader): Token04Claims {
  return {
    version: '04',
    appId: fields.integer('app_id', 1, MAX_APP_ID),
    userId: readUserId(fields),
    nonce: String(fields.integer('nonce', MIN_INT32, MAX_INT32)),
    ctime: fields.integer('ctime', 1, MAX_UNIX_SECONDS),
    expire: fields.integer('expire', 1, MAX_UNIX_SECONDS),
    payload: fields.optionalText('payload'),
  };
}

function readToken03(fields: FieldReader): Token03Claims {
  return {
    version: '03',
    appId: fields.integer('app_id', 1, MAX_APP_ID),
    roomId: readRoomId(fields),
    userId: readUserId(fields),
    privilege: fields.bits('privilege'),
    ctime: fields.integer('create_time', 1, MAX_UNIX_SECONDS),
    expire: fields.integer('expire_time', 1, MAX_UNIX_SECONDS),
    nonce: fields.int64('nonce'),
  };
}

function readUserId(fields: FieldReader): string {
  const userId = fields.text('user_id');
  const fits = isUserId(userId);
  fields.bad ||= !fits;
  return userId;
}

/** Whether a text may be the user id of a token that opens: 1 to 64 bytes, clean (TK9). */
export function isUserId(text: string): boolean {
  const bytes = utf8Length(text);
  return bytes >= 1 && bytes <= MAX_OPEN_USER_BYTES && isCleanId(text);
}

function readRoomId(fields: FieldReader): string {
  const roomId = fields.text('room_id');
  const clean = isCleanId(roomId);
  fields.bad ||= !clean;
  return roomId;
}
