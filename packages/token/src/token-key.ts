import { createSecretKey, type KeyObject } from 'node:crypto';
import { MAX_APP_ID, MAX_SEAL_COUNT, SEAL_WARNING_COUNT, SECRET_BYTES } from './limits.ts';
import { type ArgumentProblem, TokenArgumentError } from './token-argument-error.ts';

/** What a key is made from. */
export interface TokenKeyInput {
  /** Names the key in results, traces and warnings; 1 or more characters, no secret. */
  readonly id: string;
  /** The server secret: exactly 32 bytes, as text in UTF-8 or raw (TK2). The caller's bytes are copied. */
  readonly secret: string | Uint8Array;
  /** The app the secret belongs to, where it is known; `appIdFirst` compares with it (TK12). */
  readonly appId?: number;
  /** GCM tokens this secret has already sealed elsewhere or before a restart. Default 0. */
  readonly sealedBefore?: number;
  /** Called once, when this key has sealed 2^31 GCM tokens: rotate the secret (TK6). */
  readonly onSealWarning?: (warning: SealWarning) => void;
}

/** Says that a key nears the number of GCM seals after which it seals no more. */
export interface SealWarning {
  readonly keyId: string;
  readonly sealedCount: number;
  /** The count at which sealing stops: 2^32. */
  readonly limit: number;
}

// Set by the class below: the only way from a key to its KeyObject, and not exported from the package.
let objectOf: (key: TokenKey) => KeyObject;
let recordSeal: (key: TokenKey) => boolean;

/**
 * One server secret, ready for use: an opaque handle made by `createTokenKey`.
 *
 * The bytes live in a KeyObject behind a private field; printing, JSON and logging show the id and the app.
 */
export class TokenKey {
  readonly id: string;
  readonly appId: number | undefined;
  #object: KeyObject;
  #sealed: number;
  #onSealWarning: ((warning: SealWarning) => void) | undefined;

  constructor(input: TokenKeyInput, object: KeyObject) {
    this.id = input.id;
    this.appId = input.appId;
    this.#object = object;
    this.#sealed = input.sealedBefore ?? 0;
    this.#onSealWarning = input.onSealWarning;
  }

  static {
    objectOf = (key) => key.#object;
    recordSeal = (key) => key.#countSeal();
  }

  /** GCM tokens sealed with this key, those named at its making included (TK6). */
  get sealedCount(): number {
    return this.#sealed;
  }

  #countSeal(): boolean {
    if (this.#sealed >= MAX_SEAL_COUNT) return false;
    this.#sealed += 1;
    if (this.#sealed === SEAL_WARNING_COUNT) {
      this.#onSealWarning?.({ keyId: this.id, sealedCount: this.#sealed, limit: MAX_SEAL_COUNT });
    }
    return true;
  }

  /** The id and the app, never the secret. */
  toJSON(): { readonly id: string; readonly appId?: number } {
    return this.appId === undefined ? { id: this.id } : { id: this.id, appId: this.appId };
  }
}

/** The KeyObject of a key; inside this package only. */
export function keyObjectOf(key: TokenKey): KeyObject {
  return objectOf(key);
}

/** Counts one GCM seal; false when the key may seal no more (TK6). Inside this package only. */
export function countSeal(key: TokenKey): boolean {
  return recordSeal(key);
}

const SECRET_PROBLEM: ArgumentProblem = {
  code: 5,
  name: 'secret',
  message: 'secret must be a 32 byte string',
};

/** The problem with a server secret, or nothing: it must be exactly 32 bytes, not characters (TK2). */
export function findSecretProblem(secret: unknown): ArgumentProblem | undefined {
  if (typeof secret === 'string') {
    const fits = secret.isWellFormed() && Buffer.byteLength(secret, 'utf8') === SECRET_BYTES;
    return fits ? undefined : SECRET_PROBLEM;
  }
  return secret instanceof Uint8Array && secret.byteLength === SECRET_BYTES ? undefined : SECRET_PROBLEM;
}

/**
 * Makes a key from a server secret.
 *
 * @throws {TokenArgumentError} with `errorCode` 5 when the secret is not 32 bytes, 1 when the app id is not
 *   1 to 4294967295 (both are listed when both are wrong).
 * @throws {TypeError} when the id is empty or the earlier count is not a whole number from 0.
 */
export function createTokenKey(input: TokenKeyInput): TokenKey {
  if (typeof input.id !== 'string' || input.id === '') throw new TypeError('a key needs an id');
  const before = input.sealedBefore ?? 0;
  if (!Number.isSafeInteger(before) || before < 0) {
    throw new TypeError('sealedBefore must be a whole number from 0');
  }
  const problems: ArgumentProblem[] = [];
  if (input.appId !== undefined && !isAppId(input.appId)) {
    problems.push({ code: 1, name: 'appId', message: 'appID invalid' });
  }
  const secretProblem = findSecretProblem(input.secret);
  if (secretProblem !== undefined) problems.push(secretProblem);
  const [first, ...others] = problems;
  if (first !== undefined) throw new TokenArgumentError(first, ...others);
  return new TokenKey(input, toKeyObject(input.secret));
}

/** Whether a value is an app id: a whole number from 1 to 4294967295 (TK9). */
export function isAppId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_APP_ID;
}

function toKeyObject(secret: string | Uint8Array): KeyObject {
  return typeof secret === 'string' ? createSecretKey(secret, 'utf8') : createSecretKey(secret);
}
