import type { AppId } from '#apps';
import type { UnixMillis } from '#kernel';
import type { Actor, AppRules, RulesEdit, RulesVersion } from '#policy';

/** What the owner sees of a session. Platform and version are the client's claims (AD17). */
export interface SessionInfo {
  readonly sessionId: string;
  readonly appId: AppId;
  readonly roomId: string;
  readonly userId: string;
  readonly userName: string;
  readonly state: 'present' | 'detached' | 'absent';
  readonly method: 'appSign' | 'token' | 'both';
  readonly keyId: string | null;
  readonly platform: string;
  readonly sdkVersion: string;
  readonly product: string;
  readonly leaseEndsAt: UnixMillis;
  readonly lapsed: boolean;
  readonly expiry: 'soft' | 'hard';
  readonly generation: number;
  readonly enteredAt: UnixMillis;
}

/** What a change of rules did to running sessions. */
export interface ChangeEffect {
  /** Ended in this step. */
  readonly ended: readonly SessionInfo[];
  /** Lost rights but go on. */
  readonly narrowed: readonly SessionInfo[];
  /** Will be ended after a margin: AD5 `endWithin`, AD11 margin. */
  readonly ending: readonly SessionInfo[];
  /** Sessions judged in all. */
  readonly judged: number;
}

/** A change that every node has applied (CL4); on a single node that is always so when it resolves. */
export interface ChangeReceipt {
  readonly rules: AppRules;
  readonly applied: boolean;
  /** Nodes that did not confirm in time; empty when applied. */
  readonly silentNodes: readonly string[];
  readonly effect: ChangeEffect;
}

/** Which sessions: several fields narrow. */
export interface SessionSelection {
  readonly sessionId?: string;
  readonly userId?: string;
  readonly roomId?: string;
}

/** What the owner may do about running sessions and the rules; the API stands on this alone. */
export interface OwnerDesk {
  /** Newest first, at most `limit`; `total` counts all that match. */
  sessions(
    appId: AppId,
    selection: SessionSelection,
    limit: number,
  ): { readonly total: number; readonly sessions: readonly SessionInfo[] };
  /** The digest of the token a running session rests on, so that both can be revoked together (AD11). */
  tokenDigestOf(appId: AppId, sessionId: string): string | undefined;
  /** What `change` would do to the sessions that run now, without doing it (AD11: preview beforehand). */
  preview(appId: AppId, edit: RulesEdit): ChangeEffect;
  /**
   * Changes the rules, judges running sessions again and resolves when all is applied (SE10, CL4).
   *
   * @throws {RulesConflict} and `RoomkeyError` as `RulesStore.change`.
   */
  change(
    appId: AppId,
    ifVersion: RulesVersion | undefined,
    by: Actor,
    edit: RulesEdit,
  ): Promise<ChangeReceipt>;
  /** Ends the sessions selected (at least one field); resolves to those ended. Audited. */
  kick(appId: AppId, selection: SessionSelection, by: Actor): Promise<readonly SessionInfo[]>;
  /** Counts for the overview: sessions by app and method. */
  counts(): readonly { readonly appId: AppId; readonly method: string; readonly sessions: number }[];
}
