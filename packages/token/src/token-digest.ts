import { hash } from 'node:crypto';
import { utf8Length } from './text-rules.ts';
import type { TokenClaims } from './token-claims.ts';

const LABEL = 'roomkey-token-digest-v1';

/**
 * The name of a token in revocations, no-op renewals and logs (TK10b): SHA-256 in lower-case hexadecimal.
 *
 * Hashed are, each as its length in bytes in decimal, a colon and its UTF-8: the label
 * `roomkey-token-digest-v1`, version, app id, user id, room id (03 only), ctime, expire, nonce; numbers in
 * decimal. Not the token's text and not the payload, which a holder of a CBC token could alter.
 */
export function tokenDigest(claims: TokenClaims): string {
  const room = claims.version === '03' ? prefixed(claims.roomId) : '';
  const identity = prefixed(String(claims.appId)) + prefixed(claims.userId) + room;
  const times = prefixed(String(claims.ctime)) + prefixed(String(claims.expire));
  return hash(
    'sha256',
    prefixed(LABEL) + prefixed(claims.version) + identity + times + prefixed(claims.nonce),
  );
}

function prefixed(field: string): string {
  return `${utf8Length(field)}:${field}`;
}
