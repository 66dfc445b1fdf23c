import { sealToken04 } from './seal-token.ts';

/**
 * Makes a token04 as the vendor's public Node generator does, argument for argument: AES-256-CBC (TK5).
 * The one to use for the vendor's cloud and for old verifiers. CBC carries no MAC; Roomkey itself is better
 * served by `mintToken`.
 *
 * The current time is read from the system, as the vendor's signature has no place for it: the exception to
 * this package's rule that time is an argument. IV and nonce come from the CSPRNG and nothing is printed.
 *
 * @param effectiveTimeInSeconds whole seconds from 1, without a ceiling, as in the vendor's.
 * @param payload from `privilegePayload`, or `''`, null or nothing for a basic token.
 * @throws {TokenArgumentError} shaped like the vendor's `{errorCode, errorMessage}`: 1 app, 3 user, 5 secret,
 *   6 time; `problems` lists all of them. It refuses what the vendor's lets pass and no verifier opens: a user
 *   id over 63 bytes, a negative or fractional number, a payload that is no string, a token too long.
 */
// biome-ignore lint/complexity/useMaxParams: the vendor's signature, argument for argument (TK5)
export function generateToken04(
  appId: number,
  userId: string,
  secret: string,
  effectiveTimeInSeconds: number,
  payload?: string | null,
): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const seal = { appId, userId, key: secret, seconds: effectiveTimeInSeconds, payload };
  return sealToken04({ format: '04-cbc', ...seal }, nowSeconds);
}
