import { sealToken03 } from './seal-token.ts';

/**
 * Makes a token03 as the vendor's public Node generator does (there named `generateToken`), argument for
 * argument: AES-256-CBC, bound to one room (TK5). The nonce is a random int64 where the vendor's uses the clock.
 *
 * The current time is read from the system, as in `generateToken04`.
 *
 * @param privilege both as booleans: `canLoginRoom` is bit 1, `canPublishStream` bit 2.
 * @param effectiveTimeInSeconds whole seconds from 1.
 * @throws {TokenArgumentError} shaped like the vendor's `{errorCode, errorMessage}`: 1 app, 2 room, 3 user,
 *   5 secret, 4 privilege, 6 time, met in that order; `problems` lists all of them.
 */
// biome-ignore lint/complexity/useMaxParams: the vendor's signature, argument for argument (TK5)
export function generateToken03(
  appId: number,
  roomId: string,
  userId: string,
  privilege: { readonly canLoginRoom: boolean; readonly canPublishStream: boolean },
  secret: string,
  effectiveTimeInSeconds: number,
): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const seconds = effectiveTimeInSeconds;
  return sealToken03({ appId, roomId, userId, privilege, key: secret, seconds }, nowSeconds);
}
