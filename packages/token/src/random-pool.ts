import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;

// One draw from the system for about 250 tokens: asking each time costs as much as sealing. Bytes are handed
// out once and never again; nothing can be seen or set from outside, and each worker thread has its own.
let pool: Buffer | undefined;
let used = POOL_BYTES;

/** Fresh bytes of the CSPRNG, for IVs and nonces (TK6). At most 64 at a time; the caller owns them. */
export function takeRandom(bytes: number): Buffer {
  if (pool === undefined || used + bytes > POOL_BYTES) {
    pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES));
    used = 0;
  }
  used += bytes;
  return pool.subarray(used - bytes, used);
}
