import {
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
  randomInt,
  timingSafeEqual,
} from 'node:crypto';
import { createKeyring, createTokenKey, type TokenFormat, type TokenKey } from '@roomkey/token';
import type { AppId, AppSignState, AppSignVerifier, KeyRing, SecretInfo } from './app.ts';
import { largestAppId } from './app-request.ts';
import { isOpening } from './decide-secret-change.ts';

/** The formats a secret opens unless it lists fewer (AD12). */
export const allFormats: readonly TokenFormat[] = ['04-gcm', '04-cbc', '03-cbc'];

/** The keys of one app in memory: handles and KeyObjects only, no text (SC3). */
export interface HeldKeys {
  /** By secret id; every secret that is not retired. */
  readonly tokens: ReadonlyMap<string, TokenKey>;
  /** Undefined once the AppSign is destroyed, or if the app never had one. */
  readonly appSign: AppSignVerifier | undefined;
}

/** Makes the key of a server secret; wipes nothing, the caller owns the bytes. */
export function holdSecret(appId: AppId, secretId: string, secret: Uint8Array): TokenKey {
  return createTokenKey({ id: secretId, secret, appId });
}

/** Makes the verifier of an AppSign from its 32 bytes; the caller owns the bytes (AD2). */
export function createAppSignVerifier(appSign: Uint8Array): AppSignVerifier {
  const key = createSecretKey(appSign);
  return { verify: (input, proof) => isProof(key, input, proof) };
}

/**
 * Puts together what opens credentials of an app now (AD12): every verifying, primary and retiring secret, newest
 * first, and the AppSign while it is active. CBC is allowed here; the policy decides afterwards.
 */
export function createKeyRing(
  secrets: readonly SecretInfo[],
  appSign: AppSignState,
  held: HeldKeys,
): KeyRing {
  const opening = secrets
    .filter((secret) => isOpening(secret.state))
    .sort((one, other) => other.createdAt - one.createdAt);
  const keys = opening.flatMap(({ secretId }) => held.tokens.get(secretId) ?? []);
  const primary = opening.find((secret) => secret.state === 'primary');
  const sealing = primary === undefined ? undefined : held.tokens.get(primary.secretId);
  return {
    tokens: keys.length === 0 ? undefined : createKeyring(keys, { cbc: 'allow', describeCbc: true }),
    formats: new Map(opening.map(({ secretId, formats }) => [secretId, formats])),
    appSign: appSign === 'active' ? held.appSign : undefined,
    ...(sealing === undefined ? {} : { sealing }),
  };
}

const secretAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A new server secret: 32 letters and digits, 190 bits. */
export function createServerSecret(): string {
  return Array.from({ length: 32 }, () => secretAlphabet[randomInt(secretAlphabet.length)]).join('');
}

/** A new AppSign: 64 hexadecimal characters. */
export function createAppSign(): string {
  return randomBytes(32).toString('hex');
}

/** A new id for a secret, unlikely to meet another one of the app. */
export function createSecretId(): string {
  return `k${randomBytes(5).toString('hex')}`;
}

/** An app id that is not in use. */
export function chooseAppId(isTaken: (appId: AppId) => boolean): AppId {
  for (;;) {
    const appId = randomInt(1, largestAppId + 1);
    if (!isTaken(appId)) return appId;
  }
}

const proofShape = /^[A-Za-z0-9+/]{43}=$/;

function isProof(key: KeyObject, input: Uint8Array, proof: string): boolean {
  if (proof.length !== 44 || !proofShape.test(proof)) return false;
  const given = Buffer.from(proof, 'base64');
  const expected = createHmac('sha256', key).update(input).digest();
  // The last character holds two bits that decoding drops: one proof has one spelling.
  return (
    given.length === expected.length && timingSafeEqual(given, expected) && given.toString('base64') === proof
  );
}
