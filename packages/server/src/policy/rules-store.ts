import type { Transaction } from 'kysely';
import type { AppId, CreateAppRequest, ImportAppRequest, Sealer } from '#apps';
import { type Clock, type Logger, RoomkeyError, type Timer, type UnixMillis } from '#kernel';
import { type AuditWriter, type Database, type DbSchema, isUniqueViolation } from '#storage';
import {
  type Actor,
  type AppRules,
  RulesConflict,
  type RulesEdit,
  type RulesStore,
  type RulesVersion,
  type Unsubscribe,
} from './app-rules.ts';
import { type AppState, toAppState } from './app-state.ts';
import type { EditPlan } from './edit-plan.ts';
import { IssuerClocks } from './issuer-clocks.ts';
import { KeyUse } from './key-use.ts';
import { loadApps } from './load-apps.ts';
import { planEdit } from './plan-edit.ts';
import type { Policy } from './policy.ts';
import {
  planCreateApp,
  planImportApp,
  type RegisterContext,
  type RegisteredApp,
  type Registration,
} from './register-app.ts';

/** What the rules stand on. */
export interface RulesStoreOptions {
  readonly database: Pick<Database, 'db' | 'transaction'>;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly auditWriter: AuditWriter;
  readonly logger: Logger;
  readonly keyUse?: KeyUse;
  readonly issuerClocks?: IssuerClocks;
  /** Refuses shared and sample secrets instead of warning (AD12). */
  readonly isProduction?: boolean;
}

const pruneEveryMs = 60 * 60_000;

/**
 * Reads all rules into memory, then answers from there.
 *
 * @throws {SealedValueDamaged} when a secret or an AppSign does not open in its place (SC3).
 */
export async function openRulesStore(options: RulesStoreOptions): Promise<OwnedRules> {
  const rules = new OwnedRules(options);
  await rules.load();
  return rules;
}

/**
 * The rules of every app: the database holds them, memory answers (CL6).
 *
 * Changes of one app run one after the other. A change is rows and audit entry in one transaction; only when that is on
 * disk does memory change, in one synchronous step, and listeners hear of it.
 */
export class OwnedRules implements RulesStore {
  readonly #options: RulesStoreOptions;
  readonly #states = new Map<AppId, AppState>();
  readonly #queues = new Map<AppId, Promise<unknown>>();
  readonly #fingerprints = new Set<string>();
  readonly #listeners = new Set<(before: AppRules | undefined, after: AppRules) => void>();
  #sorted: readonly AppRules[] | undefined;
  #pruning: Timer | undefined;
  /** How each secret is used; those who open tokens note it (AD12). */
  readonly keyUse: KeyUse;
  /** The issuers' clocks; those who open tokens note first sights (AD11a, AD14). */
  readonly issuerClocks: IssuerClocks;

  constructor(options: RulesStoreOptions) {
    this.#options = options;
    this.keyUse = options.keyUse ?? new KeyUse();
    this.issuerClocks = options.issuerClocks ?? new IssuerClocks();
  }

  /** Reads every app; called once, by `openRulesStore`. */
  async load(): Promise<void> {
    const { database, sealer } = this.#options;
    const loaded = await loadApps({ db: database.db, sealer, now: this.#now() });
    for (const state of loaded.states) this.#states.set(state.rules.appId, state);
    for (const fingerprint of loaded.fingerprints) this.#fingerprints.add(fingerprint);
    this.#schedulePruning();
  }

  find(appId: AppId): AppRules | undefined {
    return this.#states.get(appId)?.rules;
  }

  list(): readonly AppRules[] {
    this.#sorted ??= [...this.#states.values()]
      .map(({ rules }) => rules)
      .sort((one, other) => one.appId - other.appId);
    return this.#sorted;
  }

  onChanged(listener: (before: AppRules | undefined, after: AppRules) => void): Unsubscribe {
    // Wrapped, so that one function may listen twice and stop once.
    const own = (before: AppRules | undefined, after: AppRules): void => listener(before, after);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  change(appId: AppId, ifVersion: RulesVersion | undefined, by: Actor, edit: RulesEdit): Promise<AppRules> {
    return this.#inTurn(appId, () => this.#change({ appId, ifVersion, by, edit }));
  }

  /** Makes an old policy the active one again, as a new version with its content (MG10). */
  async restorePolicy(
    appId: AppId,
    policyVersion: number,
    by: Actor,
    ifVersion?: RulesVersion,
  ): Promise<AppRules> {
    const row = await this.#options.database.db
      .selectFrom('policy_versions')
      .select('policy')
      .where('app_id', '=', appId)
      .where('version', '=', policyVersion)
      .executeTakeFirst();
    const current = this.find(appId);
    if (row === undefined || current === undefined) throw new RoomkeyError('notFound');
    const policy: Policy = { ...current.policy, ...(JSON.parse(row.policy) as Policy) };
    return await this.change(appId, ifVersion, by, { kind: 'policy', policy });
  }

  /** Makes a new app. @throws {RoomkeyError} `validation`, `alreadyExists`. */
  async createApp(request: CreateAppRequest, by: Actor): Promise<RegisteredApp> {
    return await this.#register(planCreateApp(this.#registerContext(by), request), by);
  }

  /** Brings an app along. @throws {RoomkeyError} `validation`, `alreadyExists`. */
  async importApp(request: ImportAppRequest, by: Actor): Promise<RegisteredApp> {
    return await this.#register(planImportApp(this.#registerContext(by), request), by);
  }

  /** Lets changes that were asked for finish, then keeps no timer. */
  async stop(): Promise<void> {
    this.#pruning?.cancel();
    await Promise.allSettled(this.#queues.values());
  }

  async #change(asked: {
    readonly appId: AppId;
    readonly ifVersion: RulesVersion | undefined;
    readonly by: Actor;
    readonly edit: RulesEdit;
  }): Promise<AppRules> {
    const { appId, ifVersion, by, edit } = asked;
    const state = this.#states.get(appId);
    if (state === undefined) throw new RoomkeyError('notFound');
    if (ifVersion !== undefined && ifVersion !== state.version) throw new RulesConflict(state.version);
    const { sealer, logger, isProduction = false } = this.#options;
    const now = this.#now();
    const version = state.version + 1;
    const context = { state, appId, version, now, by, sealer, isProduction };
    const plan = planEdit(
      {
        ...context,
        clocks: this.issuerClocks,
        keyUse: this.keyUse,
        isSharedSecret: (fingerprint) => this.#fingerprints.has(fingerprint),
      },
      edit,
    );
    for (const warning of plan.warnings ?? []) logger.warn({ appId, warning }, 'server secret');
    await this.#commit(state, plan, { by, now });
    const next = toAppState({ ...state, ...plan.apply(), version, changedAt: now });
    if (edit.kind === 'secretAdd') {
      this.#fingerprints.add(sealer.fingerprint(Buffer.from(edit.secret)));
    }
    return this.#replace(state, next);
  }

  async #commit(
    state: AppState,
    plan: EditPlan,
    { by, now }: { readonly by: Actor; readonly now: UnixMillis },
  ): Promise<void> {
    const { appId } = state.rules;
    try {
      await this.#options.database.transaction(async (tx) => {
        const bumped = await tx
          .updateTable('app_rules')
          .set({ rules_version: state.version + 1, changed_at: now })
          .where('app_id', '=', appId)
          .where('rules_version', '=', state.version)
          .executeTakeFirst();
        // Another writer was faster: what was planned was planned on old rules (CL2).
        if (bumped.numUpdatedRows !== 1n) throw new RulesConflict(state.version);
        await plan.write(tx);
        await this.#audit(tx, { appId, by, now, action: plan.action, details: plan.details });
      });
    } catch (failure) {
      if (!(failure instanceof RulesConflict)) throw failure;
      throw new RulesConflict((await this.#reload(appId)).version);
    }
  }

  async #register(registration: Registration, by: Actor): Promise<RegisteredApp> {
    const { appId, state, told, action } = registration;
    return await this.#inTurn(appId, async () => {
      if (this.#states.has(appId)) throw new RoomkeyError('alreadyExists');
      const { name } = state.rules.app;
      const details = {
        name,
        secretIds: registration.fingerprints.map(([, id]) => id),
        warnings: told.warnings,
      };
      try {
        await this.#options.database.transaction(async (tx) => {
          await registration.write(tx);
          await this.#audit(tx, { appId, by, now: state.changedAt, action, details });
        });
      } catch (failure) {
        if (!isUniqueViolation(failure)) throw failure;
        throw new RoomkeyError('alreadyExists', { cause: failure });
      }
      for (const [fingerprint] of registration.fingerprints) this.#fingerprints.add(fingerprint);
      const rules = this.#replace(undefined, state);
      return { ...told, app: rules.app, rules };
    });
  }

  async #reload(appId: AppId): Promise<AppRules> {
    const { database, sealer } = this.#options;
    const loaded = await loadApps({ db: database.db, sealer, now: this.#now(), appId });
    const [state] = loaded.states;
    if (state === undefined) throw new RoomkeyError('notFound');
    for (const fingerprint of loaded.fingerprints) this.#fingerprints.add(fingerprint);
    return this.#replace(this.#states.get(appId), state);
  }

  #replace(before: AppState | undefined, after: AppState): AppRules {
    this.#states.set(after.rules.appId, after);
    this.#sorted = undefined;
    for (const listener of this.#listeners) {
      try {
        listener(before?.rules, after.rules);
      } catch (failure) {
        // The change is on disk: one who could not hear of it must not make it look undone.
        this.#options.logger.error({ err: failure, appId: after.rules.appId }, 'a listener of rules failed');
      }
    }
    return after.rules;
  }

  async #audit(
    tx: Transaction<DbSchema>,
    entry: {
      readonly appId: AppId;
      readonly by: Actor;
      readonly now: UnixMillis;
      readonly action: string;
      readonly details: Readonly<Record<string, unknown>>;
    },
  ): Promise<void> {
    const { appId, by, now, action } = entry;
    const details = by.why === undefined ? entry.details : { ...entry.details, why: by.why };
    await this.#options.auditWriter.append(tx, { at: now, actor: by.name, action, appId, details });
  }

  /** Runs work of one app after what was asked of it before, whether that went well or not. */
  async #inTurn<T>(appId: AppId, work: () => Promise<T>): Promise<T> {
    const turn = (this.#queues.get(appId) ?? Promise.resolve()).then(work, work);
    this.#queues.set(appId, turn);
    try {
      return await turn;
    } finally {
      if (this.#queues.get(appId) === turn) this.#queues.delete(appId);
    }
  }

  #registerContext(by: Actor): RegisterContext {
    const { sealer, isProduction = false } = this.#options;
    return {
      sealer,
      by,
      isProduction,
      now: this.#now(),
      isTaken: (appId) => this.#states.has(appId),
      isSharedSecret: (fingerprint) => this.#fingerprints.has(fingerprint),
    };
  }

  #schedulePruning(): void {
    this.#pruning = this.#options.clock.setTimer(pruneEveryMs, () => {
      for (const { index } of this.#states.values()) index.prune(this.#now());
      this.#schedulePruning();
    });
  }

  #now(): UnixMillis {
    return this.#options.clock.wallMs();
  }
}
