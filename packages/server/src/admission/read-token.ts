import {
  createKeyring,
  type Keyring,
  type KeyringOptions,
  type OpenedToken as Opened,
  openToken,
  parsePayload,
  peekToken,
  type TokenClaims,
} from '@roomkey/token';
import type { KeyRing } from '#apps';
import type { OpenedToken, TokenEvidence, TokenPrivileges } from './decision.ts';

/**
 * Opens the token that was presented, once, and keeps what decisions need (AD1). No clock, no policy: an expired
 * token gives its claims, and whether CBC counts is decided later.
 */
export function readToken(text: string | undefined, keys: KeyRing): TokenEvidence {
  // An empty text is how the vendor's SDKs say that there is none.
  if (text === undefined || text === '') return { state: 'none' };
  if (keys.tokens === undefined) return readClosed(text);
  const result = openToken(text, keys.tokens, 0, { checkClock: 'none' });
  if (!result.ok) return readClosed(text);
  // A key opens only the formats its owner listed (AD12).
  if (!keys.formats.get(result.keyId)?.includes(result.format)) return readClosed(text);
  return { state: 'opened', token: readOpened(text, result, keys.tokens) };
}

/** What can be told without a key (TK13). */
function readClosed(text: string): TokenEvidence {
  const seen = peekToken(text);
  if (!seen.ok)
    return { state: 'malformed', error: seen.reason === 'format' ? 'tokenFormat' : 'tokenVersion' };
  // A kit token's tail is not base64, so the whole is no token.
  if (seen.kit !== undefined) return { state: 'malformed', error: 'tokenFormat' };
  return { state: 'unopened', format: seen.format, outerExpire: seen.outerExpire };
}

function readOpened(text: string, opened: Opened, keyring: Keyring): OpenedToken {
  const { claims, digest, keyId, format } = opened;
  return {
    digest,
    keyId,
    format,
    cbc: format === '04-gcm' ? undefined : readCbcRules(text, keyId, keyring),
    appId: claims.appId,
    userId: claims.userId,
    roomId: claims.version === '03' ? claims.roomId : undefined,
    ctime: claims.ctime,
    expire: claims.expire,
    privileges: readPrivileges(claims),
  };
}

/** Which stricter rules this CBC token would pass (TK12, TK12a): asked of the codec with the key that opened it. */
function readCbcRules(text: string, keyId: string, keyring: Keyring): OpenedToken['cbc'] {
  const key = keyring.keys.filter((one) => one.id === keyId);
  const opens = (rules: KeyringOptions): boolean =>
    openToken(text, createKeyring(key, rules), 0, { checkClock: 'none' }).ok;
  // Nearly all pass both, and each question costs an opening.
  if (opens({ cbc: 'appIdFirst', cbcShape: 'strict' })) return { appIdFirst: true, strictShape: true };
  return { appIdFirst: opens({ cbc: 'appIdFirst' }), strictShape: opens({ cbcShape: 'strict' }) };
}

function readPrivileges(claims: TokenClaims): TokenPrivileges {
  if (claims.version === '03') {
    const { roomId, privilege } = claims;
    return { kind: 'given', roomId, ...privilege, streamIds: null, audience: null };
  }
  const read = parsePayload(claims.payload);
  if (!read.ok) return { kind: 'invalid' };
  if (read.none) return { kind: 'none' };
  const { roomId, login, publish, streamIds, audience } = read.payload;
  return { kind: 'given', roomId, login, publish, streamIds, audience };
}
