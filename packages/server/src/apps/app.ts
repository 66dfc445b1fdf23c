import type { Keyring, TokenFormat, TokenKey } from '@roomkey/token';
import type { UnixMillis } from '#kernel';

/** An app's number: uint32, 1 to 4294967295. */
export type AppId = number;

/** The life of a server secret (AD12): sealing uses the primary, opening all from `verifying` to `retiring`. */
export type SecretState = 'staged' | 'verifying' | 'primary' | 'retiring' | 'retired';

/** The life of an app's AppSign (AD12); `suspended` can be undone, `destroyed` cannot. */
export type AppSignState = 'active' | 'suspended' | 'destroyed';

/** What may be told of a server secret: never its bytes. */
export interface SecretInfo {
  readonly secretId: string;
  readonly state: SecretState;
  /** The formats this secret opens (AD12). */
  readonly formats: readonly TokenFormat[];
  readonly createdAt: UnixMillis;
  readonly stateSince: UnixMillis;
}

/** What may be told of an app. */
export interface App {
  readonly appId: AppId;
  readonly name: string;
  /** `new` apps are born forced; `imported` ones as the vendor's (AD16). */
  readonly origin: 'new' | 'imported';
  readonly appSign: AppSignState;
  readonly secrets: readonly SecretInfo[];
  /** Web origins that may connect; empty = any (WS14). */
  readonly allowedOrigins: readonly string[];
  readonly createdAt: UnixMillis;
}

/** Compares an AppSign proof in constant time; the AppSign itself stays inside (AD2). */
export interface AppSignVerifier {
  /** `proof` is standard base64 of 32 bytes; anything else is false. */
  verify(input: Uint8Array, proof: string): boolean;
}

/** Everything that can open a credential of one app, in the form verification needs it. */
export interface KeyRing {
  /** Opens with every verifying, primary and retiring secret, newest first; undefined when there is none. CBC `allow`: the policy decides afterwards. */
  readonly tokens: Keyring | undefined;
  /** Formats by key id: a secret opens only the formats it lists (AD12). */
  readonly formats: ReadonlyMap<string, readonly TokenFormat[]>;
  /** Undefined unless the AppSign is active. */
  readonly appSign: AppSignVerifier | undefined;
  /** The primary, which seals; absent when there is none (AD12). */
  readonly sealing?: TokenKey;
}
