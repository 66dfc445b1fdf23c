import {
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
  return { state: 'opened', token: readOpened(result) };
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

function readOpened(opened: Opened): OpenedToken {
  const { claims, digest, keyId, format } = opened;
  return {
    digest,
    keyId,
    format,
    cbc: opened.cbc,
    appId: claims.appId,
    userId: claims.userId,
    roomId: claims.version === '03' ? claims.roomId : undefined,
    ctime: claims.ctime,
    expire: claims.expire,
    privileges: readPrivileges(claims),
  };
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
