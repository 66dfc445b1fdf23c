import { isUtf8 } from 'node:buffer';
import { createDecipheriv } from 'node:crypto';
import { type PaddingReading, readPadding } from './cbc-padding.ts';
import { hasGeneratorShape } from './cbc-shape.ts';
import type { Frame } from './frame.ts';
import { type JsonScan, scanJson } from './json-scanner.ts';
import type { Keyring } from './keyring.ts';
import { GCM_TAG_BYTES } from './limits.ts';
import { FAULT_BITS, faultIf } from './open-fault.ts';
import type { CbcStanding } from './open-result.ts';
import { readClaims } from './read-claims.ts';
import { readOwnWriting } from './read-own-writing.ts';
import type { StepTally } from './step-tally.ts';
import type { TokenClaims } from './token-claims.ts';
import { keyObjectOf, type TokenKey } from './token-key.ts';

/** What a test may watch or put in place of a part of the opening path. */
export interface OpenProbe {
  readonly tally?: StepTally;
  readonly scan?: JsonScan;
}

/** What came of one key. `claims` counts only when `faults` is 0. */
export interface Attempt {
  readonly keyId: string;
  /** A set of FAULT_BITS. */
  readonly faults: number;
  readonly claims: TokenClaims | undefined;
  readonly unpadded: boolean;
  readonly cbc?: CbcStanding;
}

/**
 * Tries to open a frame with one key.
 *
 * On CBC every check runs whatever the ones before it found, and none throws: a wrong key, bad padding, bad
 * UTF-8, bad JSON, a repeated key, a wrong type and an expiry that does not match cost the same steps (TK13).
 * A GCM frame whose tag does not fit ends at once; behind the tag nobody but a key holder can get.
 */
export function tryKey(frame: Frame, key: TokenKey, keyring: Keyring, probe?: OpenProbe): Attempt {
  if (frame.format === '04-gcm') return tryGcm(frame, key, keyring, probe);
  const plain = openCbc(frame, key);
  const padding = readPadding(plain, frame.version, probe?.tally);
  return readPlain({ frame, key, keyring, probe, plain, padding });
}

function tryGcm(frame: Frame, key: TokenKey, keyring: Keyring, probe: OpenProbe | undefined): Attempt {
  const plain = openGcm(frame, key);
  if (plain === undefined) {
    return { keyId: key.id, faults: FAULT_BITS.seal, claims: undefined, unpadded: false };
  }
  const own = probe === undefined && isUtf8(plain) ? readOwnWriting(plain.toString('utf8')) : undefined;
  if (own !== undefined) {
    return { keyId: key.id, faults: judgeExpiry(own, frame), claims: own, unpadded: false };
  }
  const padding = { end: plain.length, bad: false, unpadded: false };
  return readPlain({ frame, key, keyring, probe, plain, padding });
}

function judgeExpiry(claims: TokenClaims, frame: Frame): number {
  return (
    faultIf(claims.expire !== frame.outerExpire, FAULT_BITS.outerExpire) |
    faultIf(claims.expire <= claims.ctime, FAULT_BITS.lifetime)
  );
}

interface Opening {
  readonly frame: Frame;
  readonly key: TokenKey;
  readonly keyring: Keyring;
  readonly probe: OpenProbe | undefined;
  readonly plain: Buffer;
  readonly padding: PaddingReading;
}

function readPlain({ frame, key, keyring, probe, plain, padding }: Opening): Attempt {
  const tally = probe?.tally;
  const scan = probe?.scan ?? scanJson;
  const bytes = plain.subarray(0, padding.end);
  const utf8 = isUtf8(bytes);
  tally?.count('utf8', 1);
  const text = bytes.toString('utf8');
  tally?.count('decode', 1);
  // UTF-8 never decodes to more characters than bytes, so the body's length covers every text.
  const document = scan(text, plain.length, tally);
  const { claims, bad } = readClaims(document, frame.version, tally);
  tally?.count('compare', 2);
  const faults =
    faultIf(padding.bad, FAULT_BITS.padding) |
    faultIf(!utf8, FAULT_BITS.utf8) |
    faultIf(document.bad, FAULT_BITS.json) |
    faultIf(document.repeated, FAULT_BITS.repeatedKey) |
    faultIf(bad, FAULT_BITS.field) |
    judgeExpiry(claims, frame);
  const isCbc = frame.format !== '04-gcm';
  const appIdFirst = text.startsWith('{"app_id":') && (key.appId === undefined || claims.appId === key.appId);
  const ruleFaults = faultIf(isCbc && keyring.cbc === 'appIdFirst' && !appIdFirst, FAULT_BITS.cbcRule);
  const isStrict = isCbc && keyring.cbcShape === 'strict';
  const shapeFaults = faultIf(isStrict && !hasGeneratorShape(document, claims), FAULT_BITS.cbcShape);
  tally?.count('rule', 1);
  const all = faults | ruleFaults | shapeFaults;
  const attempt = { keyId: key.id, faults: all, claims, unpadded: padding.unpadded };
  // Only what has opened is described: an attempt that failed costs the same either way (TK13).
  if (!isCbc || !keyring.describeCbc || all !== 0) return attempt;
  return { ...attempt, cbc: { appIdFirst, strictShape: isStrict || hasGeneratorShape(document, claims) } };
}

function openCbc(frame: Frame, key: TokenKey): Buffer {
  const decipher = createDecipheriv('aes-256-cbc', keyObjectOf(key), frame.iv);
  // Node's own padding check throws; ours does not (TK13). Without it update() returns every block,
  // so final() has nothing left to give.
  decipher.setAutoPadding(false);
  return decipher.update(frame.body);
}

function openGcm(frame: Frame, key: TokenKey): Buffer | undefined {
  const options = { authTagLength: GCM_TAG_BYTES };
  const decipher = createDecipheriv('aes-256-gcm', keyObjectOf(key), frame.iv, options);
  const tagStart = frame.body.length - GCM_TAG_BYTES;
  decipher.setAuthTag(frame.body.subarray(tagStart));
  const plain = decipher.update(frame.body.subarray(0, tagStart));
  try {
    decipher.final();
    return plain;
  } catch {
    // The tag does not fit: the one way Node has to say so. Nothing of the text was looked at.
    return undefined;
  }
}
