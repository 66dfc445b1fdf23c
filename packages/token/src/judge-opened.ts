import type { OpenedRefusalReason, OpenedToken } from './open-result.ts';
import { parsePayload } from './parse-payload.ts';
import type { TokenClaims, UnixSeconds } from './token-claims.ts';

/** What the token should say, and whether its times are judged. */
export interface OpenExpectation {
  /** Another app in the token is `appMismatch`. */
  readonly appId?: number;
  /** Another user in the token is `userMismatch`. Ids are compared as they are, byte for byte. */
  readonly userId?: string;
  /**
   * Another room is `roomMismatch`. A token03 always names one; in a token04 the payload's room counts, an
   * empty or missing one fits any, and a payload that is none is `payload`.
   */
  readonly roomId?: string;
  /**
   * `full` (default): times are judged, after identity. `none`: they are not looked at, neither the inner nor
   * the outer ones, for a caller that judges identity, revocation and clock itself (AD3a): an expired token
   * then opens with `ok: true`.
   */
  readonly checkClock?: 'full' | 'none';
}

/** The instant of the judgement and the skew an issuer's clock is allowed, both in seconds. */
export interface OpenClock {
  readonly nowSeconds: UnixSeconds;
  readonly clockSkewSeconds: number;
}

/** Judges what an opened token says: identity first, then the clock (AD3a). Nothing when it passes. */
export function judgeOpened(
  { claims }: OpenedToken,
  expected: OpenExpectation,
  clock: OpenClock,
): OpenedRefusalReason | undefined {
  if (expected.appId !== undefined && claims.appId !== expected.appId) return 'appMismatch';
  if (expected.userId !== undefined && claims.userId !== expected.userId) return 'userMismatch';
  const room = expected.roomId === undefined ? undefined : judgeRoom(claims, expected.roomId);
  if (room !== undefined || expected.checkClock === 'none') return room;
  if (clock.nowSeconds >= claims.expire) return 'expired';
  return clock.nowSeconds < claims.ctime - clock.clockSkewSeconds ? 'notYetValid' : undefined;
}

function judgeRoom(claims: TokenClaims, roomId: string): OpenedRefusalReason | undefined {
  if (claims.version === '03') return claims.roomId === roomId ? undefined : 'roomMismatch';
  const result = parsePayload(claims.payload);
  if (!result.ok) return 'payload';
  const named = result.none ? undefined : result.payload.roomId;
  return named === undefined || named === roomId ? undefined : 'roomMismatch';
}
