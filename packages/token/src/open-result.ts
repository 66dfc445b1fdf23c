import type { TokenClaims, TokenFormat } from './token-claims.ts';

/** Which rule let a token in (TK12): its seal, a CBC rule, or the C++ token03 exception of TK10. */
export type AdmittingRule = 'gcm' | 'cbcAllow' | 'cbcAppIdFirst' | 'cpp03Unpadded';

/** Which stricter rules a CBC token would pass: for those who count before they enforce (TK12, TK12a). */
export interface CbcStanding {
  /** It begins with the app id of its key. */
  readonly appIdFirst: boolean;
  /** It is written exactly as a named generator writes. */
  readonly strictShape: boolean;
}

/** A token that a key opened into well-formed claims. What it says may still be refused. */
export interface OpenedToken {
  readonly claims: TokenClaims;
  readonly keyId: string;
  readonly format: TokenFormat;
  readonly rule: AdmittingRule;
  /** Names the token in logs and revocations: see `tokenDigest`. */
  readonly digest: string;
  /** The IV in hexadecimal. In GCM a repeat under one key with other claims is an alarm (TK12b). */
  readonly ivHex: string;
  /** Only for CBC, and only from a keyring that was asked to `describeCbc`. */
  readonly cbc?: CbcStanding;
}

/** Why a token was refused although it opened. Each may be told to the client (TK13). */
export type OpenedRefusalReason =
  | 'appMismatch'
  | 'userMismatch'
  | 'payload'
  | 'roomMismatch'
  | 'expired'
  | 'notYetValid';

/**
 * Why a token was refused without being opened. `unopened` is one outcome for everything that needs the key
 * to know (TK13); the others can be seen by anyone.
 */
export type ClosedRefusalReason = 'format' | 'version' | 'cbcDenied' | 'outerExpired' | 'unopened';

/** Every reason `openToken` gives. */
export type OpenRefusalReason = OpenedRefusalReason | ClosedRefusalReason;

/** A refused token. */
export type OpenRefusal =
  | {
      readonly ok: false;
      readonly reason: OpenedRefusalReason;
      /** The number sent to clients; the table is `OPEN_REFUSAL_CODES`. */
      readonly code: number;
      /** What the token says: an expired token still has an owner (AD3a). */
      readonly opened: OpenedToken;
    }
  | { readonly ok: false; readonly reason: 'format'; readonly code: number; readonly check: FormatCheck }
  | {
      readonly ok: false;
      readonly reason: Exclude<ClosedRefusalReason, 'format'>;
      readonly code: number;
    };

/** Which check of the form failed: too long, not strict base64, or lengths that do not add up. */
export type FormatCheck = 'size' | 'base64' | 'frame';

/** What `openToken` found. */
export type OpenResult = ({ readonly ok: true } & OpenedToken) | OpenRefusal;

/** The vendor's number for each reason (AD4). */
export const OPEN_REFUSAL_CODES: Readonly<Record<OpenRefusalReason, number>> = {
  format: 1002075,
  version: 1002079,
  cbcDenied: 1002033,
  outerExpired: 1002078,
  unopened: 1002033,
  appMismatch: 1002076,
  userMismatch: 1002077,
  payload: 1002075,
  roomMismatch: 1002074,
  expired: 1002078,
  notYetValid: 1002074,
};
