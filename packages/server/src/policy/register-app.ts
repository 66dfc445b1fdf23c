import type { Transaction } from 'kysely';
import {
  type App,
  type AppId,
  type ClearSecret,
  type CreateAppRequest,
  chooseAppId,
  createAppSign,
  createSecretId,
  createServerSecret,
  findCreateProblems,
  findImportProblems,
  type ImportAppRequest,
  openApp,
  refuseProblems,
  type Sealer,
  sealApp,
  toImportedSecret,
} from '#apps';
import type { UnixMillis } from '#kernel';
import type { DbSchema } from '#storage';
import type { Actor, AppRules } from './app-rules.ts';
import { type AppState, toAppState } from './app-state.ts';
import { defaultPolicies } from './default-policy.ts';
import { createForbidRules } from './forbid-rules.ts';
import { secretWarnings } from './plan-secret.ts';
import { RevocationIndex } from './revocation-index.ts';

/** An app that was made or imported; the only time that what was made for it is told (API2). */
export interface RegisteredApp {
  readonly app: App;
  readonly rules: AppRules;
  /** Only when it was made here. */
  readonly appSign?: string;
  /** Only those that were made here. */
  readonly secrets: readonly { readonly secretId: string; readonly secret: string }[];
  /** Sample secrets and bytes in use elsewhere; in production they are refused (AD12). */
  readonly warnings: readonly string[];
}

/** What registering an app may look at. */
export interface RegisterContext {
  readonly sealer: Sealer;
  readonly now: UnixMillis;
  readonly by: Actor;
  readonly isProduction: boolean;
  readonly isTaken: (appId: AppId) => boolean;
  readonly isSharedSecret: (fingerprint: string) => boolean;
}

/** An app that is ready to be written, with its first rules. */
export interface Registration {
  readonly appId: AppId;
  readonly action: 'app.create' | 'app.import';
  readonly state: AppState;
  readonly told: Omit<RegisteredApp, 'app' | 'rules'>;
  readonly fingerprints: readonly (readonly [fingerprint: string, secretId: string])[];
  write(tx: Transaction<DbSchema>): Promise<void>;
}

/** A new app with an AppSign and one server secret of its own, forced from the start (AD16). */
export function planCreateApp(context: RegisterContext, request: CreateAppRequest): Registration {
  refuseProblems(findCreateProblems(request));
  const appSign = createAppSign();
  const secret = createServerSecret();
  const secretId = createSecretId();
  return plan(context, {
    appId: request.appId ?? chooseAppId(context.isTaken),
    name: request.name,
    origin: 'new',
    appSign,
    secrets: [{ secretId, secret, state: 'primary' }],
    allowedOrigins: request.allowedOrigins ?? [],
    told: { appSign, secrets: [{ secretId, secret }], warnings: [] },
  });
}

/** An app that is brought along: its first secret seals, the others open beside it (AD12, AD16). */
export function planImportApp(context: RegisterContext, request: ImportAppRequest): Registration {
  refuseProblems(findImportProblems(request));
  const secrets = request.secrets.map((given, index): ClearSecret => {
    const { secretId = createSecretId(), secret } = toImportedSecret(given);
    return { secretId, secret, state: index === 0 ? 'primary' : 'verifying' };
  });
  const warnings = secrets.flatMap(({ secret }, index) => {
    const isTwice = secrets.findIndex((other) => other.secret === secret) < index;
    const isShared = isTwice || context.isSharedSecret(context.sealer.fingerprint(Buffer.from(secret)));
    return secretWarnings(secret, isShared).map((warning) => `/secrets/${index}/secret: ${warning}`);
  });
  if (context.isProduction) refuseProblems(warnings);
  return plan(context, {
    appId: request.appId,
    name: request.name,
    origin: 'imported',
    appSign: request.appSign,
    secrets,
    allowedOrigins: request.allowedOrigins ?? [],
    told: { secrets: [], warnings },
  });
}

interface ClearRegistration {
  readonly appId: AppId;
  readonly name: string;
  readonly origin: App['origin'];
  readonly appSign: string | undefined;
  readonly secrets: readonly ClearSecret[];
  readonly allowedOrigins: readonly string[];
  readonly told: Registration['told'];
}

function plan({ sealer, now, by }: RegisterContext, clear: ClearRegistration): Registration {
  const { appId, told, origin } = clear;
  const rows = sealApp({ ...clear, createdAt: now }, sealer);
  const policy = defaultPolicies[origin];
  const state = toAppState({
    opened: openApp(rows.app, rows.secrets, sealer),
    policy,
    policyVersion: 1,
    candidate: undefined,
    candidateVersion: null,
    lastPolicyVersion: 1,
    index: new RevocationIndex(),
    forbids: createForbidRules([]),
    version: 1,
    changedAt: now,
  });
  const ofApp = { app_id: appId };
  return {
    appId,
    action: origin === 'new' ? 'app.create' : 'app.import',
    state,
    told,
    fingerprints: rows.secrets.map((row) => [row.fingerprint, row.secret_id] as const),
    async write(tx) {
      await tx.insertInto('apps').values(rows.app).execute();
      await tx
        .insertInto('app_secrets')
        .values([...rows.secrets])
        .execute();
      const version = { version: 1, kind: 'active', policy: JSON.stringify(policy) };
      const changed = { changed_by: by.name, changed_at: now, why: by.why ?? null };
      await tx
        .insertInto('policy_versions')
        .values({ ...ofApp, ...version, ...changed })
        .execute();
      const numbers = { rules_version: 1, policy_version: 1, candidate_version: null, changed_at: now };
      await tx
        .insertInto('app_rules')
        .values({ ...ofApp, ...numbers })
        .execute();
    },
  };
}
