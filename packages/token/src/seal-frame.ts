import { createCipheriv } from 'node:crypto';
import { checkSealLength, refuseSpentKey } from './check-seal-arguments.ts';
import { formatFrame, tokenLength } from './frame.ts';
import { CBC_IV_BYTES, GCM_TAG_BYTES } from './limits.ts';
import { utf8Length } from './text-rules.ts';
import type { TokenFormat, UnixSeconds } from './token-claims.ts';
import { countSeal, keyObjectOf, type TokenKey } from './token-key.ts';

/** What is sealed: the JSON text of TK3 and the expiry it names. */
export interface SealedText {
  readonly format: TokenFormat;
  readonly json: string;
  readonly expire: UnixSeconds;
}

/** Seals a text under a key with this IV, which must never have been used under that key in GCM (TK6). */
export function sealFrame(text: SealedText, key: TokenKey, iv: Uint8Array): string {
  const { format, json, expire } = text;
  const gcm = format === '04-gcm';
  const bytes = utf8Length(json);
  const bodyBytes = gcm ? bytes + GCM_TAG_BYTES : bytes + CBC_IV_BYTES - (bytes % CBC_IV_BYTES);
  checkSealLength(tokenLength(format, bodyBytes));
  return formatFrame(format, expire, iv, gcm ? sealGcm(json, key, iv) : sealCbc(json, key, iv));
}

function sealGcm(json: string, key: TokenKey, iv: Uint8Array): Uint8Array[] {
  if (!countSeal(key)) refuseSpentKey();
  const cipher = createCipheriv('aes-256-gcm', keyObjectOf(key), iv, { authTagLength: GCM_TAG_BYTES });
  const body = cipher.update(json, 'utf8');
  // In GCM final() yields no bytes; it closes the tag.
  cipher.final();
  return [body, cipher.getAuthTag()];
}

function sealCbc(json: string, key: TokenKey, iv: Uint8Array): Uint8Array[] {
  const cipher = createCipheriv('aes-256-cbc', keyObjectOf(key), iv);
  return [cipher.update(json, 'utf8'), cipher.final()];
}
