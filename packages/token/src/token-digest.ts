import { hash } from 'node:crypto';
import { utf8Length } from './text-rules.ts';
import type { TokenClaims } from './token-claims.ts';

const LABEL = prefixed('roomkey-token-digest-v1');

/**
 * The name of a token in revocations, no-op renewals and logs (TK10b): SHA-256 in lower-case hexadecimal.
 *
 * Hashed are, each as its length in bytes in decimal, a colon and its UTF-8: the label
 * `roomkey-token-digest-v1`, version, app id, user id, room id (03 only), ctime, expire, nonce; numbers in
 * decimal. Not the token's text and not the payload, which a holder of a CBC token could alter.
 */
export function tokenDigest(claims: TokenClaims): string {
  const { version, appId, userId, ctime, expire, nonce } = claims;
  const room = version === '03' ? prefixedText(claims.roomId) : '';
  const identity = prefixed(version) + prefixed(String(appId)) + prefixedText(userId) + room;
  const times = prefixed(String(ctime)) + prefixed(String(expire));
  return hash('sha256', LABEL + identity + times + prefixed(nonce));
}

// For digits and labels, whose characters are bytes.
function prefixed(ascii: string): string {
  return `${ascii.length}:${ascii}`;
}

function prefixedText(text: string): string {
  return `${utf8Length(text)}:${text}`;
}
