/** Longest token text that is looked at when opening, in characters (TK7: real tokens of 3306 were seen). */
export const MAX_OPEN_CHARACTERS = 8192;

/** Longest token text that is sealed, in characters: the native SDK's buffer of 2048 less its end mark (TK7). */
export const MAX_SEAL_CHARACTERS = 2047;

/** Largest app id: uint32 (TK9). */
export const MAX_APP_ID = 4_294_967_295;

/** Latest instant a token may name, 9999-12-31T23:59:59Z, in UNIX seconds (TK9). */
export const MAX_UNIX_SECONDS = 253_402_300_799;

/** Longest user id that opens, in bytes of UTF-8: one published generator allows 64 (TK9). */
export const MAX_OPEN_USER_BYTES = 64;

/** Longest user id that is sealed and may log in, in bytes of UTF-8 (TK7). */
export const MAX_SEAL_USER_BYTES = 63;

/** Longest room id that is sealed, in bytes of UTF-8 (TK7). */
export const MAX_SEAL_ROOM_BYTES = 127;

/** Longest lifetime `mintToken` grants, in seconds: 24 days (TK7). */
export const MAX_MINT_SECONDS = 2_073_600;

/** Most active keys of one keyring (TK9). */
export const MAX_ACTIVE_KEYS = 4;

/** Bytes of an AES-256 key, so of a server secret (TK2). */
export const SECRET_BYTES = 32;

/** Bytes of a CBC initialisation vector and of an AES block (TK1). */
export const CBC_IV_BYTES = 16;

/** Bytes of a GCM nonce (TK1). */
export const GCM_IV_BYTES = 12;

/** Bytes of a GCM tag (TK1). */
export const GCM_TAG_BYTES = 16;

/** Seconds an issuer's clock may run ahead, unless the keyring says otherwise (TK15). */
export const DEFAULT_CLOCK_SKEW_SECONDS = 300;

/** GCM seals under one key at which its owner is warned (TK6). */
export const SEAL_WARNING_COUNT = 2_147_483_648;

/** GCM seals under one key after which it seals no more: random 96-bit nonces stay safe below (TK6). */
export const MAX_SEAL_COUNT = 4_294_967_296;
