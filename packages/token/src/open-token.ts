import type { OpenExpectation } from './judge-opened.ts';
import type { Keyring } from './keyring.ts';
import { openFrame } from './open-frame.ts';
import type { OpenResult } from './open-result.ts';
import type { UnixSeconds } from './token-claims.ts';

/**
 * Opens a token: the one check a server needs before it looks at what the token says.
 *
 * The order is fixed (TK9): size, prefix, strict base64, frame, each active key (newest first) through UTF-8,
 * JSON, types and ranges, inner expiry equal to the outer one and later than ctime; then what is `expected`,
 * app, user and room before the clock. A bad token is a value, never an exception (TK14).
 *
 * Whatever no key opens into well-formed claims is `unopened`, without detail, and safe to answer to anyone;
 * where its outer expiry is past, it is `outerExpired`, which anyone can see. A token that opened and is then
 * refused comes with what it says, in `opened`.
 *
 * @throws {TypeError} for misuse: no string, no keyring, a time that is not whole seconds.
 */
export function openToken(
  token: string,
  keyring: Keyring,
  nowSeconds: UnixSeconds,
  expected: OpenExpectation = {},
): OpenResult {
  return openFrame({ token, keyring, nowSeconds, expected });
}
