import { sealToken04 } from './seal-token.ts';

/**
 * Makes a token04 with the arguments of `generateToken04`, sealed with AES-256-GCM (TK5). Not for the vendor's
 * cloud, of which we have not verified that it accepts GCM.
 *
 * Each call makes its own key from the secret, so seals are not counted across calls; a service that mints
 * all day uses `mintToken` with one `createTokenKey`. Time, refusals and randomness as in `generateToken04`.
 *
 * @throws {TokenArgumentError} as `generateToken04`.
 */
// biome-ignore lint/complexity/useMaxParams: the vendor's signature, argument for argument (TK5)
export function generateToken04Gcm(
  appId: number,
  userId: string,
  secret: string,
  effectiveTimeInSeconds: number,
  payload?: string | null,
): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const seal = { appId, userId, key: secret, seconds: effectiveTimeInSeconds, payload };
  return sealToken04({ format: '04-gcm', ...seal }, nowSeconds);
}
