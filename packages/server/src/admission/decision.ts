import type { CredentialMethod, ExpiryMode, PlaneName, RoomkeyErrorName } from '@roomkey/protocol';
import type { TokenFormat } from '@roomkey/token';
import type { UnixMillis } from '#kernel';

/** What a client presented, as it came. */
export interface Credential {
  readonly token?: string;
  readonly appSignProof?: string;
}

/** What an AppSign proof is bound to (AD2). The challenge was spent before it came here. */
export interface ProofBinding {
  /** The host dialled, lower-case `host:port` as in the Host header; must be one of `publicHosts`. */
  readonly host: string;
  readonly connectionId: string;
  readonly verb: 'login' | 'switchRoom' | 'resume';
  readonly appId: number;
  readonly roomId: string;
  readonly userId: string;
  /** Undefined when no valid challenge was left: every proof is then wrong. */
  readonly challenge: string | undefined;
}

/** The privilege payload of an opened token as far as checks need it (AD7). */
export type TokenPrivileges =
  | { readonly kind: 'none' }
  | { readonly kind: 'invalid' }
  | {
      readonly kind: 'given';
      /** Undefined when the payload names no room, '' when it names the empty one. */
      readonly roomId: string | undefined;
      readonly login: boolean;
      readonly publish: boolean;
      /** Null = any stream. */
      readonly streamIds: readonly string[] | null;
      /** Null = all planes but the recorder (TK4). */
      readonly audience: readonly string[] | null;
    };

/** What one opened token said: enough to judge it again at any time, never its text (SE2). */
export interface OpenedToken {
  readonly digest: string;
  readonly keyId: string;
  readonly format: TokenFormat;
  /** For CBC: which stricter rules it would pass (TK12, TK12a). */
  readonly cbc: { readonly appIdFirst: boolean; readonly strictShape: boolean } | undefined;
  readonly appId: number;
  readonly userId: string;
  /** The room a token03 names; undefined for token04. */
  readonly roomId: string | undefined;
  /** Unix seconds. */
  readonly ctime: number;
  /** Unix seconds; the first instant at which it is no longer valid. */
  readonly expire: number;
  readonly privileges: TokenPrivileges;
}

/** What became of the token that was presented. */
export type TokenEvidence =
  | { readonly state: 'none' }
  | { readonly state: 'malformed'; readonly error: 'tokenFormat' | 'tokenVersion' }
  /** No active key opens it: one outcome, no detail (TK13). `outerExpire` needs no key. */
  | { readonly state: 'unopened'; readonly format: TokenFormat; readonly outerExpire: number }
  | { readonly state: 'opened'; readonly token: OpenedToken };

/** A credential after all the crypto; deciding needs nothing else (AD1). About 200 bytes, no secret, no token text. */
export interface VerifiedCredential {
  readonly token: TokenEvidence;
  readonly appSign: 'none' | 'ok' | 'bad';
  /**
   * Unix seconds: the latest ctime among the tokens a session has renewed with; absent before the first renewal. An
   * older token within the skew may become the current one, and must not make others look newer than they are (AD9).
   */
  readonly newestCtime?: number;
}

/** What a session may do (SE2). */
export interface Grants {
  readonly login: boolean;
  readonly publish: boolean;
  readonly streams: 'any' | readonly string[];
  readonly planes: readonly PlaneName[];
}

/** One row of a trace: what was checked, what was expected, what was there (AD1). Values hold no secret. */
export interface Check {
  readonly check: string;
  readonly expected: string;
  readonly got: string;
  readonly verdict: 'pass' | 'fail' | 'skip' | 'note';
  readonly hint?: string;
}

/** What each credential rule would have said to this login: `admitted` or a refusal's name (AD3). */
export interface RuleOutcomes {
  readonly either: string;
  readonly appSignFirst: string;
  readonly both: string;
}

/** A credential that may enter: with what, for how long, and why. */
export interface Admitted {
  readonly allowed: true;
  readonly method: CredentialMethod;
  readonly keyId: string | undefined;
  readonly grants: Grants;
  /** When the lease ends on the wall clock of the decision. */
  readonly endsAt: UnixMillis;
  readonly expiry: ExpiryMode;
  /** The token did not pass and AppSign did (AD3a). */
  readonly fellBack: boolean;
  /** The token was longer than the policy's bound and counts as ending there (AD11). */
  readonly capped: boolean;
  readonly ruleOutcomes: RuleOutcomes;
  readonly trace: readonly Check[];
}

/** A credential that may not enter: one coded error; the trace goes to the owner only. */
export interface Refused {
  readonly allowed: false;
  readonly error: RoomkeyErrorName;
  readonly retryAfterMs?: number;
  readonly ruleOutcomes: RuleOutcomes;
  readonly trace: readonly Check[];
}

/** The outcome of an admission, with the full list of checks (AD1). */
export type Decision = Admitted | Refused;
