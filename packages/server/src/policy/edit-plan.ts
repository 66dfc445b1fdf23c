import type { Transaction } from 'kysely';
import type { AppId, Sealer } from '#apps';
import type { UnixMillis } from '#kernel';
import type { DbSchema } from '#storage';
import type { Actor, RulesVersion } from './app-rules.ts';
import type { AppState, StateParts } from './app-state.ts';
import type { IssuerClocks } from './issuer-clocks.ts';
import type { KeyUse } from './key-use.ts';

/** What planning an edit may look at. */
export interface EditContext {
  readonly state: AppState;
  readonly appId: AppId;
  /** The version the rules will have. */
  readonly version: RulesVersion;
  readonly now: UnixMillis;
  readonly by: Actor;
  readonly sealer: Sealer;
  readonly clocks: IssuerClocks;
  readonly keyUse: KeyUse;
  /** Refuses bytes that another secret has, and published samples (AD12). */
  readonly isProduction: boolean;
  /** Whether another secret has this fingerprint. */
  readonly isSharedSecret: (fingerprint: string) => boolean;
}

/** What changes in a state. */
export type ChangedParts = Partial<Omit<StateParts, 'version' | 'changedAt'>>;

/**
 * An edit that was judged and may be carried out: rows in one transaction, then memory. Until `apply` runs nothing in
 * memory has changed, so a failed transaction needs no undoing.
 */
export interface EditPlan {
  /** For the audit trail: `noun.verb`. */
  readonly action: string;
  /** For the audit trail: ids and figures, never a secret. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly warnings?: readonly string[];
  write(tx: Transaction<DbSchema>): Promise<void>;
  /** Called after the commit, once. */
  apply(): ChangedParts;
}
