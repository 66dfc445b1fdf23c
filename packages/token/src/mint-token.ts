import { MAX_MINT_SECONDS } from './limits.ts';
import { sealToken04 } from './seal-token.ts';
import type { UnixSeconds } from './token-claims.ts';
import type { TokenKey } from './token-key.ts';

/** What a minted token says, and what seals it: a key (kept and counted, the fast way) or a bare secret. */
export type MintRequest = {
  /** 1 to 4294967295. */
  readonly appId: number;
  /** 1 to 63 bytes of UTF-8 without control characters. */
  readonly userId: string;
  /** Whole seconds from 1 to 2073600 (24 days). More is refused, not capped. */
  readonly expiresInSeconds: number;
  /** From `privilegePayload`; without one it is a basic token. */
  readonly payload?: string;
} & ({ readonly key: TokenKey } | { readonly secret: string | Uint8Array });

/**
 * Mints a token04 sealed with AES-256-GCM, for Roomkey and every verifier that knows the mode byte (TK5).
 *
 * For the vendor's cloud use `generateToken04`: whether it accepts GCM is not verified by us.
 *
 * @throws {TokenArgumentError} with all problems at once, before any crypto (TK7), when the token would be
 *   longer than 2047 characters, or when the key has sealed 2^32 tokens (TK6).
 * @throws {TypeError} when `nowSeconds` is not whole UNIX seconds.
 */
export function mintToken(request: MintRequest, nowSeconds: UnixSeconds): string {
  const key = 'key' in request ? request.key : request.secret;
  const { appId, userId, expiresInSeconds, payload } = request;
  return sealToken04(
    {
      format: '04-gcm',
      appId,
      userId,
      key,
      seconds: expiresInSeconds,
      payload,
      maxSeconds: MAX_MINT_SECONDS,
    },
    nowSeconds,
  );
}
