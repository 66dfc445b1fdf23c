/**
 * What the owner API answers, as far as people are shown it. `--json` passes answers on whole, so nothing is lost where
 * a newer server says more.
 */

/** A server secret: its state, never its bytes. Instants are Unix milliseconds throughout. */
export interface SecretAnswer {
  readonly secretId: string;
  readonly state: string;
  readonly formats: readonly string[];
  readonly createdAt: number;
  readonly stateSince: number;
}

/** An app. */
export interface AppAnswer {
  readonly appId: number;
  readonly name: string;
  readonly origin: string;
  readonly appSign: string;
  readonly secrets: readonly SecretAnswer[];
  readonly allowedOrigins: readonly string[];
  readonly createdAt: number;
  readonly forced: boolean;
  readonly policyVersion: number;
  readonly rulesVersion: number;
}

/** A new app; what was made for it is in this answer only (API2). */
export interface CreatedAppAnswer {
  readonly app: AppAnswer;
  readonly appSign?: string;
  readonly secrets: readonly { readonly secretId: string; readonly secret: string }[];
}

/** A new server secret; its text is there only when the server made it. */
export interface AddedSecretAnswer {
  readonly secret: SecretAnswer;
  readonly secretText?: string;
  readonly rulesVersion: number;
}

/** The policy and its versions. */
export interface PolicyAnswer {
  readonly policy: Readonly<Record<string, unknown>>;
  readonly policyVersion: number;
  readonly rulesVersion: number;
  readonly changedAt: number;
}

/** One version of a policy. */
export interface PolicyVersionAnswer {
  readonly version: number;
  readonly kind: string;
  readonly changedBy: string;
  readonly changedAt: number;
  readonly why: string | null;
  readonly changes: readonly { readonly field: string; readonly from?: unknown; readonly to?: unknown }[];
}

/** A running session. Platform and version are the client's claims (AD17). */
export interface SessionAnswer {
  readonly sessionId: string;
  readonly roomId: string;
  readonly userId: string;
  readonly state: string;
  readonly method: string;
  readonly platform: string;
  readonly sdkVersion: string;
  readonly leaseEndsAt: number;
  readonly lapsed: boolean;
}

/** Sessions counted in full and listed up to a bound. */
export interface SomeSessions {
  readonly count: number;
  readonly sessions: readonly SessionAnswer[];
}

/** What a change does, or did, to running sessions. */
export interface EffectAnswer {
  readonly judged: number;
  readonly ended: SomeSessions;
  readonly narrowed: SomeSessions;
  readonly ending: SomeSessions;
}

/** What a preview says: nothing was changed. */
export interface PreviewAnswer {
  readonly preview: true;
  readonly effect: EffectAnswer;
}

/** What a change did. */
export interface ReceiptAnswer {
  readonly applied: boolean;
  readonly silentNodes: readonly string[];
  readonly rulesVersion: number;
  readonly policyVersion: number;
  readonly effect: EffectAnswer;
}
