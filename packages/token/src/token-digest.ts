import { hash } from 'node:crypto';
import { utf8Length } from './text-rules.ts';
import type { TokenClaims } from './token-claims.ts';

const LABEL = '23:roomkey-token-digest-v1';

/**
 * The name of a token in revocations, no-op renewals and logs (TK10b): SHA-256 in lower-case hexadecimal.
 *
 * Hashed are, each as its length in bytes in decimal, a colon and its UTF-8: the label
 * `roomkey-token-digest-v1`, version, app id, user id, room id (03 only), ctime, expire, nonce; numbers in
 * decimal. Not the token's text and not the payload, which a holder of a CBC token could alter.
 */
export function tokenDigest(claims: TokenClaims): string {
  const { version, nonce } = claims;
  const appId = String(claims.appId);
  const ctime = String(claims.ctime);
  const expire = String(claims.expire);
  const room = version === '03' ? prefix(claims.roomId) : '';
  // One template: the parts are joined once, and digits need no count of bytes (TK19).
  return hash(
    'sha256',
    `${LABEL}2:${version}${appId.length}:${appId}${prefix(claims.userId)}${room}${ctime.length}:${ctime}${expire.length}:${expire}${nonce.length}:${nonce}`,
  );
}

function prefix(text: string): string {
  return `${utf8Length(text)}:${text}`;
}
