import { checkSealArguments } from './check-seal-arguments.ts';
import { CBC_IV_BYTES, GCM_IV_BYTES } from './limits.ts';
import { checkNow } from './open-frame.ts';
import { takeRandom } from './random-pool.ts';
import { sealFrame } from './seal-frame.ts';
import type { UnixSeconds } from './token-claims.ts';
import { createTokenKey, TokenKey } from './token-key.ts';
import { writeToken03, writeToken04 } from './write-claims.ts';

/** A token04 to be sealed. Argument checks are part of sealing. */
export interface Seal04 {
  readonly format: '04-gcm' | '04-cbc';
  readonly appId: number;
  readonly userId: string;
  readonly key: string | Uint8Array | TokenKey;
  readonly seconds: number;
  readonly payload: string | null | undefined;
  readonly maxSeconds?: number;
}

/** A token03 to be sealed. */
export interface Seal03 {
  readonly appId: number;
  readonly roomId: string;
  readonly userId: string;
  readonly privilege: { readonly canLoginRoom: boolean; readonly canPublishStream: boolean };
  readonly key: string | Uint8Array | TokenKey;
  readonly seconds: number;
}

/** Nonce and IV of one seal: random, but for the `./testing` door (TK8). */
export interface SealChance {
  /** Decimal text. */
  readonly nonce: string;
  readonly iv: Uint8Array;
}

/** Checks, writes and seals a token04. `chance` fixes nonce and IV; without it they are drawn (TK6). */
export function sealToken04(seal: Seal04, nowSeconds: UnixSeconds, chance?: SealChance): string {
  checkNow(nowSeconds);
  const { format, appId, userId, key, seconds, payload, maxSeconds } = seal;
  const limit = maxSeconds === undefined ? {} : { maxSeconds };
  checkSealArguments({ appId, userId, key, seconds, payload, nowSeconds, ...limit });
  const { nonce, iv } = chance ?? draw04(format === '04-gcm' ? GCM_IV_BYTES : CBC_IV_BYTES);
  const expire = nowSeconds + seconds;
  const text = payload ?? '';
  const json = writeToken04({
    version: '04',
    appId,
    userId,
    nonce,
    ctime: nowSeconds,
    expire,
    payload: text,
  });
  return sealFrame({ format, json, expire }, toKey(key), iv);
}

/** Checks, writes and seals a token03, always CBC. `chance` as above. */
export function sealToken03(seal: Seal03, nowSeconds: UnixSeconds, chance?: SealChance): string {
  checkNow(nowSeconds);
  const { appId, roomId, userId, privilege, key, seconds } = seal;
  checkSealArguments({ appId, userId, key, seconds, nowSeconds, room: { roomId, privilege } });
  const { nonce, iv } = chance ?? draw03();
  const expire = nowSeconds + seconds;
  const bits = { login: privilege.canLoginRoom, publish: privilege.canPublishStream };
  const ctime = nowSeconds;
  const json = writeToken03({ version: '03', appId, roomId, userId, privilege: bits, ctime, expire, nonce });
  return sealFrame({ format: '03-cbc', json, expire }, toKey(key), iv);
}

function draw04(ivBytes: number): SealChance {
  const random = takeRandom(ivBytes + 4);
  return { nonce: String(random.readInt32BE(ivBytes)), iv: random.subarray(0, ivBytes) };
}

function draw03(): SealChance {
  const random = takeRandom(CBC_IV_BYTES + 8);
  return { nonce: String(random.readBigInt64BE(CBC_IV_BYTES)), iv: random.subarray(0, CBC_IV_BYTES) };
}

function toKey(key: string | Uint8Array | TokenKey): TokenKey {
  return key instanceof TokenKey ? key : createTokenKey({ id: 'secret', secret: key });
}
