import type { Platform, Product } from '@roomkey/protocol';
import type { App, AppId, AppSignState, KeyRing, SecretState } from '#apps';
import type { UnixMillis } from '#kernel';
import type { Policy } from './policy.ts';

/** Grows by one with every change of anything `AppRules` holds (CL2). */
export type RulesVersion = number;

/** Who changed something: shown in history and audit; `cli`, `api-key:ID`, `system`. */
export interface Actor {
  readonly name: string;
  readonly why?: string;
}

/** What a revocation hits (AD11). Times are Unix seconds, as in tokens. */
export type RevocationTarget =
  | { readonly kind: 'token'; readonly digest: string }
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'room'; readonly roomId: string }
  | { readonly kind: 'session'; readonly sessionId: string; readonly digest: string | null }
  | { readonly kind: 'secret'; readonly secretId: string }
  | { readonly kind: 'issuedBefore'; readonly atSeconds: number };

/** One revocation in force. All but `token` and `session` hit what was issued before `revokedAt` (AD11, AD11a). */
export interface Revocation {
  readonly revocationId: string;
  readonly target: RevocationTarget;
  readonly revokedAt: UnixMillis;
  /** When the last token it could hit has ended; null = it stays (AD11). */
  readonly expiresAt: UnixMillis | null;
  /** How far each key's issuers ran ahead of our clock when it was made, in seconds (AD11a). */
  readonly aheadSecondsByKey: Readonly<Record<string, number>>;
  /** Digests of tokens seen before it whose ctime lay ahead of our clock; bounded (AD11a). */
  readonly aheadDigests: readonly string[];
  /** Until when AppSign logins under a revoked user id are refused (AD11b); null for other targets. */
  readonly appSignRefusedUntil: UnixMillis | null;
  /** Seconds a hit session may go on (AD11). */
  readonly marginSeconds: number;
}

/** What revocation looks at: one opened token, or an AppSign login (both may be given). */
export interface RevocationSubject {
  readonly appId: AppId;
  readonly userId: string;
  readonly roomId: string;
  readonly sessionId?: string;
  readonly token?: { readonly digest: string; readonly keyId: string; readonly ctime: number };
}

/** The revocations of an app at one rules version; look-ups cost the same with 100 000 of them (AD15). */
export interface Revocations {
  readonly size: number;
  /** The revocation that hits this token, or nothing. */
  findForToken(subject: RevocationSubject, now: UnixMillis): Revocation | undefined;
  /** The revocation that refuses AppSign under this user id, or hits this session, or nothing (AD11b). */
  findForAppSign(subject: RevocationSubject, now: UnixMillis): Revocation | undefined;
}

/** Whom the owner keeps out for a while (1002066). */
export interface ForbidRule {
  readonly ruleId: string;
  readonly userId?: string;
  readonly roomId?: string;
  readonly expiresAt: UnixMillis;
}

/** Everything that decides about one app, immutable, with its version: decisions carry it (CL2). */
export interface AppRules {
  readonly appId: AppId;
  readonly version: RulesVersion;
  readonly app: App;
  readonly policy: Policy;
  readonly policyVersion: number;
  /** Decided beside the active policy on every login; only differences count (MG3). */
  readonly candidate: Policy | undefined;
  readonly keys: KeyRing;
  readonly revocations: Revocations;
  findForbid(userId: string, roomId: string, now: UnixMillis): ForbidRule | undefined;
  readonly changedAt: UnixMillis;
}

/** One change of an app's rules. Each is one transaction with its audit entry. */
export type RulesEdit =
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'candidate'; readonly policy: Policy | null }
  | { readonly kind: 'revoke'; readonly target: RevocationTarget; readonly marginSeconds?: number }
  | { readonly kind: 'forbid'; readonly userId?: string; readonly roomId?: string; readonly seconds: number }
  | { readonly kind: 'unforbid'; readonly ruleId: string }
  | { readonly kind: 'secretAdd'; readonly secretId: string; readonly secret: string }
  | { readonly kind: 'secretState'; readonly secretId: string; readonly to: SecretState }
  | { readonly kind: 'appSign'; readonly to: AppSignState }
  | { readonly kind: 'origins'; readonly allowedOrigins: readonly string[] };

/** A change asked for on a version that is no longer the newest: nothing was changed (MG10). */
export class RulesConflict extends Error {
  readonly current: RulesVersion;
  constructor(current: RulesVersion) {
    super('the rules have changed since they were read');
    this.name = 'RulesConflict';
    this.current = current;
  }
}

/** Stops a subscription; a second call does no harm. */
export type Unsubscribe = () => void;

/** The one place where rules are read and changed. */
export interface RulesStore {
  /** Memory only, never I/O. */
  find(appId: AppId): AppRules | undefined;
  /** Every app, in the order of their numbers. */
  list(): readonly AppRules[];
  /**
   * Durable when it resolves: version + 1 with an audit entry in the same transaction.
   *
   * @throws {RulesConflict} when `ifVersion` is not the newest; `undefined` skips that check.
   * @throws {RoomkeyError} `notFound`, `wrongState`, `validation`, `storageFull`, `readOnly`.
   */
  change(appId: AppId, ifVersion: RulesVersion | undefined, by: Actor, edit: RulesEdit): Promise<AppRules>;
  onChanged(listener: (before: AppRules | undefined, after: AppRules) => void): Unsubscribe;
}

/** What is known of a login beside its credential. Claims of the client are claims (AD17). */
export interface LoginFacts {
  readonly appId: AppId;
  readonly roomId: string;
  readonly userId: string;
  readonly platform: Platform;
  readonly product: Product;
  /** Digits and dots, or `other`. */
  readonly sdkVersion: string;
  /** The name of the SDK as the client said it; `roomkey-…` are ours, which can always use tokens (AD6). */
  readonly sdk?: string;
  readonly connectionId: string;
  /** The session that is judged again, renewed or resumed; none at a login. */
  readonly sessionId?: string;
}

/** The policies that decide this login: the active one, and the candidate if there is one (MG3). */
export interface PoliciesFor {
  readonly active: Policy;
  readonly candidate?: Policy;
}
