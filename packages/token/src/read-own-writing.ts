import { MAX_UNIX_SECONDS } from './limits.ts';
import { isUserId, MAX_INT32, MIN_INT32 } from './read-claims.ts';
import type { Token04Claims } from './token-claims.ts';
import { isAppId } from './token-key.ts';
import { writeToken04 } from './write-claims.ts';

/**
 * The claims of a token04 text that is, character for character, what this package writes; else nothing, and
 * the scanner decides. A text that reads and writes back to itself repeats no key and hides nothing, so it
 * needs no scan: the quick way for GCM, which is authentic by then (TK19). Never for CBC, where a quick way
 * for some texts would be seen from outside (TK13).
 */
export function readOwnWriting(text: string): Token04Claims | undefined {
  const plain = parseObject(text);
  if (plain === undefined) return undefined;
  const { app_id: appId, user_id: userId, nonce, ctime, expire, payload } = plain;
  if (!isAppId(appId) || !isTime(ctime) || !isTime(expire)) return undefined;
  if (typeof userId !== 'string' || !isUserId(userId) || typeof payload !== 'string') return undefined;
  if (!isWithin(nonce, MIN_INT32, MAX_INT32)) return undefined;
  const claims = { version: '04', appId, userId, nonce: String(nonce), ctime, expire, payload } as const;
  return writeToken04(claims) === text ? claims : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // Not JSON: the scanner says so again, and its word counts.
    return undefined;
  }
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

function isTime(value: unknown): value is number {
  return isWithin(value, 1, MAX_UNIX_SECONDS);
}
