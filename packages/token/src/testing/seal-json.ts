import { sealFrame } from '../seal-frame.ts';
import type { TokenFormat, UnixSeconds } from '../token-claims.ts';
import type { TokenKey } from '../token-key.ts';

/** Any text under a seal, with an outer expiry that need not match it. */
export interface JsonSeal {
  readonly format: TokenFormat;
  readonly json: string;
  readonly outerExpire: UnixSeconds;
  readonly key: TokenKey;
  readonly iv: Uint8Array;
}

/** Seals any text as if it were a token's plaintext, for tests of what opening refuses. */
export function sealJson({ format, json, outerExpire, key, iv }: JsonSeal): string {
  return sealFrame({ format, json, expire: outerExpire }, key, iv);
}
