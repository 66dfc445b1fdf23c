import { type SealChance, sealToken03, sealToken04 } from '../seal-token.ts';
import type { UnixSeconds } from '../token-claims.ts';
import type { TokenKey } from '../token-key.ts';

/** A token whose every byte is decided by the caller (TK8). */
export type FixedSeal = {
  readonly appId: number;
  readonly userId: string;
  readonly key: string | Uint8Array | TokenKey;
  readonly seconds: number;
  /** 12 bytes for GCM, 16 for CBC. */
  readonly iv: Uint8Array;
  /** Decimal text: int32 in 04, int64 in 03. */
  readonly nonce: string;
  readonly nowSeconds: UnixSeconds;
} & (
  | { readonly format: '04-gcm' | '04-cbc'; readonly payload?: string }
  | {
      readonly format: '03-cbc';
      readonly roomId: string;
      readonly privilege: { readonly canLoginRoom: boolean; readonly canPublishStream: boolean };
    }
);

/**
 * Seals a token with this IV, nonce and time: the same arguments always give the same text. For vectors and
 * tests alone: a GCM nonce used twice under one key gives the key's authentication away (TK8, TK12b).
 */
export function sealFixed(seal: FixedSeal): string {
  const chance: SealChance = { nonce: seal.nonce, iv: seal.iv };
  if (seal.format === '03-cbc') return sealToken03(seal, seal.nowSeconds, chance);
  return sealToken04({ ...seal, payload: seal.payload }, seal.nowSeconds, chance);
}
