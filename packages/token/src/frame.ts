import { CBC_IV_BYTES, GCM_IV_BYTES, GCM_TAG_BYTES, MAX_OPEN_CHARACTERS } from './limits.ts';
import type { TokenFormat, UnixSeconds } from './token-claims.ts';

/** The parts of a token that can be read without a key. None of it is to be trusted (TK9). */
export interface Frame {
  readonly version: '03' | '04';
  readonly format: TokenFormat;
  /** The clear-text copy of the expiry. Not covered by any seal. */
  readonly outerExpire: UnixSeconds;
  readonly iv: Buffer;
  /** Ciphertext; in GCM with the 16-byte tag at its end. */
  readonly body: Buffer;
  readonly frameBytes: number;
}

/** Why a text is no token at all. It needs no key, so anyone may be told (TK13). */
export type FrameFault = 'size' | 'version' | 'base64' | 'frame';

const BEFORE_IV = 10;
const MODE_CBC = 0;
const MODE_GCM = 1;

/** Splits a token's text into its frame, in the fixed order of TK9: size, prefix, base64, lengths. */
export function parseFrame(token: string): Frame | FrameFault {
  if (token.length > MAX_OPEN_CHARACTERS) return 'size';
  const version = token.slice(0, 2);
  if (version !== '04' && version !== '03') return 'version';
  const text = token.slice(2);
  const bytes = Buffer.from(text, 'base64');
  // Node decodes leniently; only the one canonical spelling of these bytes comes back unchanged.
  if (bytes.toString('base64') !== text) return 'base64';
  return splitFrame(version, bytes);
}

function splitFrame(version: '03' | '04', bytes: Buffer): Frame | FrameFault {
  if (bytes.length < BEFORE_IV) return 'frame';
  const ivEnd = BEFORE_IV + bytes.readUInt16BE(8);
  if (ivEnd + 2 > bytes.length) return 'frame';
  const bodyStart = ivEnd + 2;
  const bodyEnd = bodyStart + bytes.readUInt16BE(ivEnd);
  const format = readFormat(version, bytes, bodyEnd);
  if (format === undefined) return 'frame';
  const ivBytes = ivEnd - BEFORE_IV;
  if (!hasSizesOf(format, ivBytes, bodyEnd - bodyStart)) return 'frame';
  return {
    version,
    format,
    // Beyond 2^53 this rounds, and equals no expiry that TK9 lets through either way.
    outerExpire: bytes.readInt32BE(0) * 4_294_967_296 + bytes.readUInt32BE(4),
    iv: bytes.subarray(BEFORE_IV, ivEnd),
    body: bytes.subarray(bodyStart, bodyEnd),
    frameBytes: bytes.length,
  };
}

function readFormat(version: '03' | '04', bytes: Buffer, bodyEnd: number): TokenFormat | undefined {
  const cbc = version === '04' ? '04-cbc' : '03-cbc';
  if (bytes.length === bodyEnd) return cbc;
  if (bytes.length !== bodyEnd + 1) return undefined;
  const mode = bytes[bodyEnd];
  if (mode === MODE_CBC) return cbc;
  return mode === MODE_GCM && version === '04' ? '04-gcm' : undefined;
}

function hasSizesOf(format: TokenFormat, ivBytes: number, bodyBytes: number): boolean {
  if (format === '04-gcm') return ivBytes === GCM_IV_BYTES && bodyBytes > GCM_TAG_BYTES;
  return ivBytes === CBC_IV_BYTES && bodyBytes > 0 && bodyBytes % CBC_IV_BYTES === 0;
}

/** Characters of the token text that a frame of this body becomes. */
export function tokenLength(format: TokenFormat, bodyBytes: number): number {
  const gcm = format === '04-gcm';
  const frameBytes = BEFORE_IV + (gcm ? GCM_IV_BYTES : CBC_IV_BYTES) + 2 + bodyBytes + (gcm ? 1 : 0);
  return 2 + 4 * Math.ceil(frameBytes / 3);
}

/** Writes a frame as token text. CBC carries no mode byte, as the published generators write it (TK1). */
export function formatFrame(
  format: TokenFormat,
  expire: UnixSeconds,
  iv: Uint8Array,
  body: Uint8Array[],
): string {
  const gcm = format === '04-gcm';
  const bodyBytes = body.reduce((sum, part) => sum + part.length, 0);
  const bytes = Buffer.allocUnsafe(BEFORE_IV + iv.length + 2 + bodyBytes + (gcm ? 1 : 0));
  bytes.writeInt32BE(Math.floor(expire / 4_294_967_296), 0);
  bytes.writeUInt32BE(expire % 4_294_967_296, 4);
  bytes.writeUInt16BE(iv.length, 8);
  bytes.set(iv, BEFORE_IV);
  let offset = BEFORE_IV + iv.length;
  offset = bytes.writeUInt16BE(bodyBytes, offset);
  for (const part of body) {
    bytes.set(part, offset);
    offset += part.length;
  }
  if (gcm) bytes[offset] = MODE_GCM;
  return format.slice(0, 2) + bytes.toString('base64');
}
