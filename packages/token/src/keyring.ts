import { DEFAULT_CLOCK_SKEW_SECONDS, MAX_ACTIVE_KEYS, SEAL_WARNING_COUNT } from './limits.ts';
import { TokenKey } from './token-key.ts';

/** What to do with CBC tokens, which carry no MAC (TK12). */
export type CbcRule = 'deny' | 'appIdFirst' | 'allow';

/** Whether a CBC token must look exactly like one of a named generator (TK12a). */
export type CbcShape = 'off' | 'strict';

/** How the keys of a keyring open tokens. */
export interface KeyringOptions {
  /**
   * `allow` (the default of the bare codec), `deny`, or `appIdFirst`: only when the plaintext begins with
   * `{"app_id":` and names the app its key belongs to. For a key made without an app id `appIdFirst` can
   * check the beginning only.
   */
  readonly cbc?: CbcRule;
  /** `off` (default) or `strict` (TK12a). It narrows what garbling can reach; only GCM closes it. */
  readonly cbcShape?: CbcShape;
  /** Says of each CBC token that opened which stricter rules it would pass: `cbc` in the result. Default false. */
  readonly describeCbc?: boolean;
  /** Seconds an issuer's clock may run ahead of ours. Default 300. Expiry has no skew (TK15). */
  readonly clockSkewSeconds?: number;
}

/** The active keys of one app, newest first, with the rules under which they open tokens. */
export interface Keyring {
  readonly keys: readonly TokenKey[];
  readonly cbc: CbcRule;
  readonly cbcShape: CbcShape;
  readonly describeCbc: boolean;
  readonly clockSkewSeconds: number;
  /** Ids of the keys that have sealed 2^31 GCM tokens or more: rotate them (TK6). Read afresh at each access. */
  readonly keysNearSealLimit: readonly string[];
}

/**
 * Puts keys and rules together. Keys are tried in the order given, so the newest comes first (TK9).
 *
 * @throws {TypeError} for no key, more than 4 keys, two keys of one id, or an unknown rule.
 */
export function createKeyring(keys: readonly TokenKey[], options: KeyringOptions = {}): Keyring {
  const { cbc = 'allow', cbcShape = 'off', describeCbc = false } = options;
  const { clockSkewSeconds = DEFAULT_CLOCK_SKEW_SECONDS } = options;
  checkKeys(keys);
  if (!['deny', 'appIdFirst', 'allow'].includes(cbc)) {
    throw new TypeError('cbc must be deny, appIdFirst or allow');
  }
  if (!['off', 'strict'].includes(cbcShape)) throw new TypeError('cbcShape must be off or strict');
  if (!Number.isSafeInteger(clockSkewSeconds) || clockSkewSeconds < 0) {
    throw new TypeError('clockSkewSeconds must be a whole number from 0');
  }
  const held = Object.freeze([...keys]);
  return Object.freeze({
    keys: held,
    cbc,
    cbcShape,
    describeCbc,
    clockSkewSeconds,
    get keysNearSealLimit(): readonly string[] {
      return held.filter((key) => key.sealedCount >= SEAL_WARNING_COUNT).map((key) => key.id);
    },
  });
}

function checkKeys(keys: readonly TokenKey[]): void {
  if (keys.length < 1 || keys.length > MAX_ACTIVE_KEYS) {
    throw new TypeError(`a keyring holds 1 to ${MAX_ACTIVE_KEYS} keys`);
  }
  if (!keys.every((key) => key instanceof TokenKey)) {
    throw new TypeError('keys must come from createTokenKey');
  }
  if (new Set(keys.map((key) => key.id)).size !== keys.length) {
    throw new TypeError('two keys of a keyring have the same id');
  }
}
