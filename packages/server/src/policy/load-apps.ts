import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { type AppId, openApp, type Sealer } from '#apps';
import type { UnixMillis } from '#kernel';
import type { DbSchema } from '#storage';
import { type AppState, toAppState } from './app-state.ts';
import { defaultPolicies } from './default-policy.ts';
import { createForbidRules } from './forbid-rules.ts';
import type { Policy } from './policy.ts';
import { RevocationIndex } from './revocation-index.ts';
import { type RevocationRow, toForbidRule, toRevocation } from './stored-rules.ts';

/** What to load and by what. */
export interface LoadOptions {
  /** A transaction will do as well. */
  readonly db: Kysely<DbSchema>;
  readonly sealer: Sealer;
  readonly now: UnixMillis;
  /** Only this app. */
  readonly appId?: AppId;
}

/** Apps with the fingerprints of all their secrets, retired ones among them. */
export interface LoadedApps {
  readonly states: readonly AppState[];
  readonly fingerprints: readonly string[];
}

// What the loop may be held up by at once: rows that come over, rows that are put into the index.
const batchRows = 2_000;

/** Reads rules from the database into memory: all apps at start, one when another writer changed it. */
export async function loadApps(options: LoadOptions): Promise<LoadedApps> {
  const { db, sealer, appId, now } = options;
  const apps = await db
    .selectFrom('apps')
    .innerJoin('app_rules', 'app_rules.app_id', 'apps.app_id')
    .selectAll('apps')
    .select(['rules_version', 'policy_version', 'candidate_version', 'changed_at'])
    .$if(appId !== undefined, (query) => query.where('apps.app_id', '=', appId ?? 0))
    .orderBy('apps.app_id')
    .execute();
  const secrets = await db
    .selectFrom('app_secrets')
    .selectAll()
    .$if(appId !== undefined, (query) => query.where('app_id', '=', appId ?? 0))
    .orderBy('created_at', 'desc')
    .execute();
  const secretsOf = Map.groupBy(secrets, (row) => row.app_id);
  const states: AppState[] = [];
  for (const row of apps) {
    const opened = openApp(row, secretsOf.get(row.app_id) ?? [], sealer);
    const policies = await loadPolicies(db, row, defaultPolicies[opened.app.origin]);
    states.push(
      toAppState({
        opened,
        ...policies,
        policyVersion: row.policy_version,
        candidateVersion: row.candidate_version,
        index: await loadRevocations(db, row.app_id, now),
        forbids: await loadForbids(db, row.app_id, now),
        version: row.rules_version,
        changedAt: row.changed_at,
      }),
    );
  }
  return { states, fingerprints: secrets.map((row) => row.fingerprint) };
}

/** Reads the revocations in force of one app in bulk (AD15). */
export async function loadRevocations(
  db: Kysely<DbSchema>,
  appId: AppId,
  now: UnixMillis,
): Promise<RevocationIndex> {
  const rows: RevocationRow[] = [];
  for (let after = ''; ; ) {
    const batch = await db
      .selectFrom('revocations')
      .selectAll()
      .where('app_id', '=', appId)
      .where('revocation_id', '>', after)
      .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)]))
      .orderBy('revocation_id')
      .limit(batchRows)
      .execute();
    rows.push(...batch);
    const last = batch.at(-1);
    if (last === undefined || batch.length < batchRows) break;
    after = last.revocation_id;
  }
  const index = new RevocationIndex();
  rows.sort((one, other) => one.rules_version - other.rules_version);
  for (const [at, row] of rows.entries()) {
    index.append(toRevocation(row), row.rules_version);
    if (at % batchRows === batchRows - 1) await setImmediate();
  }
  return index;
}

interface PolicyNumbers {
  readonly app_id: AppId;
  readonly policy_version: number;
  readonly candidate_version: number | null;
}

async function loadPolicies(
  db: Kysely<DbSchema>,
  row: PolicyNumbers,
  defaults: Policy,
): Promise<Pick<AppState, 'policy' | 'candidate' | 'lastPolicyVersion'>> {
  const ofApp = db.selectFrom('policy_versions').where('app_id', '=', row.app_id);
  const numbers = [row.policy_version, row.candidate_version ?? row.policy_version];
  const found = await ofApp.select(['version', 'policy']).where('version', 'in', numbers).execute();
  const last = await ofApp.select((is) => is.fn.max('version').as('version')).executeTakeFirstOrThrow();
  const read = (version: number): Policy => {
    const stored = found.find((each) => each.version === version);
    if (stored === undefined) throw new Error(`policy ${version} of app ${row.app_id} is not there`);
    // A field that came after this version was written has its default.
    return { ...defaults, ...(JSON.parse(stored.policy) as Policy) };
  };
  return {
    policy: read(row.policy_version),
    candidate: row.candidate_version === null ? undefined : read(row.candidate_version),
    lastPolicyVersion: Number(last.version),
  };
}

async function loadForbids(
  db: Kysely<DbSchema>,
  appId: AppId,
  now: UnixMillis,
): Promise<AppState['forbids']> {
  const rows = await db
    .selectFrom('forbid_rules')
    .selectAll()
    .where('app_id', '=', appId)
    .where('expires_at', '>', now)
    .execute();
  return createForbidRules(rows.map(toForbidRule));
}
