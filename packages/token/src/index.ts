/**
 * Codec for token03 and token04: mint, open, peek. Node door (TK18): sync, on node:crypto.
 *
 * It owns the bytes of a token and what makes them well-formed. It never reads a file, a socket, the
 * environment or (but for the `generateToken*` drop-ins) the clock, and it never decides who may come in.
 * Rules: TK1 to TK16.
 */

export { formatOf } from './format-of.ts';
export { generateToken03 } from './generate-token03.ts';
export { generateToken04 } from './generate-token04.ts';
export { generateToken04Gcm } from './generate-token04-gcm.ts';
export type { OpenExpectation } from './judge-opened.ts';
export type { CbcRule, CbcShape, Keyring, KeyringOptions } from './keyring.ts';
export { createKeyring } from './keyring.ts';
export type { MintRequest } from './mint-token.ts';
export { mintToken } from './mint-token.ts';
export type { OpenFault } from './open-fault.ts';
export type {
  AdmittingRule,
  CbcStanding,
  ClosedRefusalReason,
  FormatCheck,
  OpenedRefusalReason,
  OpenedToken,
  OpenRefusal,
  OpenRefusalReason,
  OpenResult,
} from './open-result.ts';
export { OPEN_REFUSAL_CODES } from './open-result.ts';
export { openToken } from './open-token.ts';
export type { DetailedOpening, KeyDetail } from './open-token-with-detail.ts';
export { openTokenWithDetail } from './open-token-with-detail.ts';
export type { PayloadAudience, PayloadResult, PrivilegePayload } from './parse-payload.ts';
export { parsePayload } from './parse-payload.ts';
export type { Unverified, UnverifiedRefusal, UnverifiedToken } from './peek-token.ts';
export { peekToken } from './peek-token.ts';
export type { PrivilegeRequest } from './privilege-payload.ts';
export { privilegePayload } from './privilege-payload.ts';
export type { ArgumentName, ArgumentProblem } from './token-argument-error.ts';
export { TokenArgumentError } from './token-argument-error.ts';
export type { Token03Claims, Token04Claims, TokenClaims, TokenFormat, UnixSeconds } from './token-claims.ts';
export { tokenDigest } from './token-digest.ts';
export type { SealWarning, TokenKey, TokenKeyInput } from './token-key.ts';
export { createTokenKey } from './token-key.ts';
