/**
 * An instant in whole seconds since 1970-01-01T00:00:00Z. A plain number is accepted where one is
 * asked for; the optional brand keeps it from being passed where another branded unit is wanted.
 */
export type UnixSeconds = number & { readonly __unit?: 'UnixSeconds' };

/** How a token is written and sealed: version and cipher mode (TK1). */
export type TokenFormat = '04-gcm' | '04-cbc' | '03-cbc';

/** What a token04 says, after its seal was opened (TK3). Keys and payload are as decoded from JSON. */
export interface Token04Claims {
  readonly version: '04';
  /** 1 to 4294967295. */
  readonly appId: number;
  /** 1 to 64 bytes of UTF-8, without control characters. */
  readonly userId: string;
  /** Signed 32-bit number as decimal text. */
  readonly nonce: string;
  /** When the issuer says it was made. */
  readonly ctime: UnixSeconds;
  /** The first instant at which it is no longer valid. */
  readonly expire: UnixSeconds;
  /** The privilege payload as text, or the empty string when there is none. Not checked here: see `parsePayload`. */
  readonly payload: string;
}

/** What a token03 says, after its seal was opened (TK3). It always names a room. */
export interface Token03Claims {
  readonly version: '03';
  /** 1 to 4294967295. */
  readonly appId: number;
  readonly roomId: string;
  /** 1 to 64 bytes of UTF-8, without control characters. */
  readonly userId: string;
  /** `login` is bit 1, `publish` bit 2; a bit the token does not name is false. */
  readonly privilege: { readonly login: boolean; readonly publish: boolean };
  /** When the issuer says it was made. */
  readonly ctime: UnixSeconds;
  /** The first instant at which it is no longer valid. */
  readonly expire: UnixSeconds;
  /** Signed 64-bit number as decimal text: real ones exceed 2^53 (TK10a). */
  readonly nonce: string;
}

/** The claims of a token that opened, told apart by `version`. */
export type TokenClaims = Token03Claims | Token04Claims;
