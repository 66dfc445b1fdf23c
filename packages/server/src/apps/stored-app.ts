import type { TokenFormat, TokenKey } from '@roomkey/token';
import type { Selectable } from 'kysely';
import type { DbSchema } from '#storage';
import type { App, AppId, AppSignState, AppSignVerifier, KeyRing, SecretInfo, SecretState } from './app.ts';
import { allFormats, createAppSignVerifier, createKeyRing, type HeldKeys, holdSecret } from './key-ring.ts';
import type { Sealer } from './sealer.ts';

/** A row of `apps`. */
export type AppRow = Selectable<DbSchema['apps']>;

/** A row of `app_secrets`. */
export type SecretRow = Selectable<DbSchema['app_secrets']>;

/** An app with what it holds in memory. */
export interface OpenedApp {
  readonly app: App;
  readonly held: HeldKeys;
  readonly keys: KeyRing;
}

/** A server secret in the clear, on its way to a row; lives no longer than that. */
export interface ClearSecret {
  readonly secretId: string;
  readonly secret: string;
  readonly state: SecretState;
}

/** An app in the clear, on its way to rows. */
export interface ClearApp {
  readonly appId: AppId;
  readonly name: string;
  readonly origin: App['origin'];
  readonly appSign: string | undefined;
  readonly secrets: readonly ClearSecret[];
  readonly allowedOrigins: readonly string[];
  readonly createdAt: number;
}

/** Opens the rows of one app (SC3). @throws {SealedValueDamaged} when a sealed value does not open in its place. */
export function openApp(row: AppRow, secrets: readonly SecretRow[], sealer: Sealer): OpenedApp {
  const app: App = {
    appId: row.app_id,
    name: row.name,
    origin: row.origin === 'new' ? 'new' : 'imported',
    appSign: row.app_sign_state as AppSignState,
    secrets: secrets.map(toSecretInfo),
    allowedOrigins: JSON.parse(row.allowed_origins) as readonly string[],
    createdAt: row.created_at,
  };
  const tokens = new Map<string, TokenKey>();
  for (const secret of secrets) {
    if (secret.sealed !== null) tokens.set(secret.secret_id, openSecret(secret, secret.sealed, sealer));
  }
  return toOpenedApp(app, { tokens, appSign: openAppSign(row, sealer) });
}

/** An app with its key ring made anew: after a change of its secrets or its AppSign. */
export function toOpenedApp(app: App, held: HeldKeys): OpenedApp {
  return { app, held, keys: createKeyRing(app.secrets, app.appSign, held) };
}

/** The rows of a new app, its secrets sealed. */
export function sealApp(
  clear: ClearApp,
  sealer: Sealer,
): { readonly app: AppRow; readonly secrets: readonly SecretRow[] } {
  const { appId, appSign } = clear;
  const appSignBytes = appSign === undefined ? undefined : Buffer.from(appSign, 'hex');
  const app: AppRow = {
    app_id: appId,
    name: clear.name,
    origin: clear.origin,
    app_sign_state: appSignBytes === undefined ? 'destroyed' : 'active',
    app_sign_sealed: appSignBytes === undefined ? null : sealer.seal(appSignPlace(appId), appSignBytes),
    allowed_origins: JSON.stringify(clear.allowedOrigins),
    created_at: clear.createdAt,
  };
  appSignBytes?.fill(0);
  // A millisecond apart, so that the order of a list stays the order of trying: the first is the newest.
  const secrets = clear.secrets.map((secret, index) =>
    sealSecret(appId, secret, { sealer, createdAt: clear.createdAt - index }),
  );
  return { app, secrets };
}

/** The row of a new secret. */
export function sealSecret(
  appId: AppId,
  { secretId, secret, state }: ClearSecret,
  { sealer, createdAt }: { readonly sealer: Sealer; readonly createdAt: number },
): SecretRow {
  const bytes = Buffer.from(secret, 'utf8');
  const row: SecretRow = {
    app_id: appId,
    secret_id: secretId,
    state,
    formats: JSON.stringify(allFormats),
    sealed: sealer.seal({ kind: 'serverSecret', appId, id: secretId }, bytes),
    fingerprint: sealer.fingerprint(bytes),
    created_at: createdAt,
    state_since: createdAt,
  };
  bytes.fill(0);
  return row;
}

/** What may be told of a secret's row. */
export function toSecretInfo(row: SecretRow): SecretInfo {
  return {
    secretId: row.secret_id,
    state: row.state as SecretState,
    formats: JSON.parse(row.formats) as readonly TokenFormat[],
    createdAt: row.created_at,
    stateSince: row.state_since,
  };
}

/** The key of a sealed secret. */
export function openSecret(row: SecretRow, sealed: Uint8Array, sealer: Sealer): TokenKey {
  const place = { kind: 'serverSecret', appId: row.app_id, id: row.secret_id } as const;
  const bytes = sealer.open(place, sealed);
  try {
    return holdSecret(row.app_id, row.secret_id, bytes);
  } finally {
    bytes.fill(0);
  }
}

function appSignPlace(appId: AppId): { kind: 'appSign'; appId: AppId; id: string } {
  return { kind: 'appSign', appId, id: 'appSign' };
}

function openAppSign(row: AppRow, sealer: Sealer): AppSignVerifier | undefined {
  if (row.app_sign_sealed === null) return undefined;
  const bytes = sealer.open(appSignPlace(row.app_id), row.app_sign_sealed);
  try {
    return createAppSignVerifier(bytes);
  } finally {
    bytes.fill(0);
  }
}
