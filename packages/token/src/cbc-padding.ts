import { CBC_IV_BYTES } from './limits.ts';
import type { StepTally } from './step-tally.ts';

/** Where a decrypted CBC text ends, and whether its last block says so properly. */
export interface PaddingReading {
  /** End of the text; one block's bytes at most lie behind it. */
  readonly end: number;
  readonly bad: boolean;
  /** The whole last block is text: C++ token03 leaves the padding out when the text fills its blocks (TK10). */
  readonly unpadded: boolean;
}

const CLOSING_BRACE = 0x7d;

/**
 * Reads PKCS#7 padding without a branch on the decrypted bytes: all 16 last bytes are looked at, always (TK13).
 *
 * `version` decides whether an unpadded last block ending in `}` passes: in token03 only, by the named rule
 * `cpp03Unpadded`. `plain` is one or more whole blocks.
 */
export function readPadding(plain: Uint8Array, version: '03' | '04', tally?: StepTally): PaddingReading {
  const length = plain.length;
  const pad = plain[length - 1] as number;
  // 1 when pad lies outside 1..16: the sign bit of (pad - 1) or of (16 - pad).
  let fault = ((pad - 1) >>> 31) | ((CBC_IV_BYTES - pad) >>> 31);
  for (let i = 0; i < CBC_IV_BYTES; i++) {
    const inPad = (i - pad) >>> 31;
    const difference = (plain[length - 1 - i] as number) ^ pad;
    fault |= inPad & (-difference >>> 31);
    tally?.count('padding', 1);
  }
  const mayBeUnpadded = version === '03' ? 1 : 0;
  const braceDifference = pad ^ CLOSING_BRACE;
  const unpadded = mayBeUnpadded & (1 - (-braceDifference >>> 31));
  const good = 1 - fault;
  return { end: length - pad * good, bad: (good | unpadded) === 0, unpadded: unpadded === 1 };
}
