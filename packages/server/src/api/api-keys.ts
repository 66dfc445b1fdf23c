import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { AppId } from '#apps';
import { type Clock, createId, RoomkeyError, type UnixMillis } from '#kernel';
import type { Actor } from '#policy';
import type { AuditEntry, AuditWriter, Database, DbSchema } from '#storage';

/** What a key may be good for (API2). */
export const scopes = ['read', 'diagnose', 'sessions', 'policy', 'secrets', 'mint'] as const;

/** One of the rights of a key. */
export type Scope = (typeof scopes)[number];

/** What may be told of an API key: never its text. */
export interface KeyInfo {
  readonly keyId: string;
  readonly name: string;
  /** The part of the text that people recognise a key by. */
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  /** Null = every app. */
  readonly appIds: readonly AppId[] | null;
  readonly createdAt: UnixMillis;
  readonly revokedAt: UnixMillis | null;
}

/** What a new key is to be. */
export interface KeyRequest {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly appIds: readonly AppId[] | null;
}

/** The API keys of the installation; only hashes are kept (ST2). */
export interface ApiKeys {
  /** Makes a key, with an audit entry in the same transaction; `text` is in no other place afterwards. */
  create(request: KeyRequest, by: Actor): Promise<{ readonly key: KeyInfo; readonly text: string }>;
  /** Newest first, the revoked ones too. */
  list(): Promise<readonly KeyInfo[]>;
  /**
   * From here on the key opens nothing; on other nodes within 5 s. Audited.
   *
   * @throws RoomkeyError `notFound`.
   */
  revoke(keyId: string, by: Actor): Promise<KeyInfo>;
  /** The key a text is, unless it is unknown or revoked. Costs no query per call: a flood of wrong keys stays cheap. */
  find(text: string): Promise<KeyInfo | undefined>;
}

const prefixLength = 8;
const secretLength = 64;
const checkLength = 8;
const textLength = 'rk_'.length + prefixLength + 1 + secretLength + 1 + checkLength;
const freshMs = 5_000;

interface KeptKey {
  readonly info: KeyInfo;
  readonly hash: Uint8Array;
}

/** A new key's text: `rk_PREFIX_SECRET_CHECK`, all hex; the check lets scanners tell a real one from a lookalike. */
function createKeyText(): string {
  const body = `rk_${randomBytes(prefixLength / 2).toString('hex')}_${randomBytes(secretLength / 2).toString('hex')}`;
  return `${body}_${checkOf(body)}`;
}

function checkOf(body: string): string {
  return crc32(body).toString(16).padStart(checkLength, '0');
}

/** The prefix of a text that has the shape and the check of a key; undefined for anything else. */
function prefixOf(text: string): string | undefined {
  if (text.length !== textLength || !text.startsWith('rk_')) return undefined;
  const body = text.slice(0, textLength - checkLength - 1);
  if (text.slice(body.length) !== `_${checkOf(body)}`) return undefined;
  return text.slice('rk_'.length, 'rk_'.length + prefixLength);
}

function hashOf(text: string): Uint8Array {
  return createHash('sha256').update(text, 'utf8').digest();
}

/** What API keys stand on. */
export interface ApiKeysParts {
  readonly database: Database;
  readonly audit: AuditWriter;
  readonly clock: Clock;
}

/** API keys in the owner's database. */
export function createApiKeys({ database, audit, clock }: ApiKeysParts): ApiKeys {
  const memory = createKeyMemory(database, clock);
  return {
    async create(request, by) {
      const text = createKeyText();
      const key = keyOf(request, text, clock.wallMs());
      await database.transaction(async (tx) => {
        await tx
          .insertInto('api_keys')
          .values(rowOf(key, hashOf(text)))
          .execute();
        await audit.append(tx, auditEntry('apiKey.create', key, by, key.createdAt));
      });
      await memory.forget();
      return { key, text };
    },
    async list() {
      const rows = await database.db
        .selectFrom('api_keys')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('key_id')
        .execute();
      return rows.map(infoOf);
    },
    async revoke(keyId, by) {
      const at = clock.wallMs();
      const key = await database.transaction(async (tx) => {
        const row = await tx
          .updateTable('api_keys')
          .set({ revoked_at: at })
          .where('key_id', '=', keyId)
          .where('revoked_at', 'is', null)
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) throw new RoomkeyError('notFound');
        const revoked = infoOf(row);
        await audit.append(tx, auditEntry('apiKey.revoke', revoked, by, at));
        return revoked;
      });
      await memory.forget();
      return key;
    },
    find: (text) => memory.find(text),
  };
}

interface KeyMemory {
  find(text: string): Promise<KeyInfo | undefined>;
  /** What was read before counts no longer. */
  forget(): Promise<void>;
}

function createKeyMemory(database: Database, clock: Clock): KeyMemory {
  let kept: ReadonlyMap<string, readonly KeptKey[]> = new Map();
  let readAtMono = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    const startedMono = clock.monoMs();
    const query = database.db.selectFrom('api_keys').selectAll().where('revoked_at', 'is', null);
    const keys = (await query.execute()).map((row) => ({ info: infoOf(row), hash: row.hash }));
    kept = Map.groupBy(keys, (key) => key.info.prefix);
    readAtMono = startedMono;
  };
  const refresh = async (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    await reading;
  };
  return {
    async find(text) {
      const prefix = prefixOf(text);
      if (prefix === undefined) return undefined;
      if (clock.monoMs() - readAtMono >= freshMs) await refresh();
      const hash = hashOf(text);
      return kept.get(prefix)?.find((key) => timingSafeEqual(key.hash, hash))?.info;
    },
    async forget() {
      // A read that began before the change may have missed it.
      await reading?.catch(() => undefined);
      await refresh();
    },
  };
}

function keyOf(request: KeyRequest, text: string, now: UnixMillis): KeyInfo {
  return {
    keyId: createId(),
    name: request.name,
    prefix: prefixOf(text) ?? '',
    scopes: request.scopes,
    appIds: request.appIds,
    createdAt: now,
    revokedAt: null,
  };
}

function auditEntry(action: string, key: KeyInfo, by: Actor, at: UnixMillis): AuditEntry {
  const { keyId, name, scopes: granted, appIds } = key;
  const why = by.why === undefined ? {} : { why: by.why };
  return {
    at,
    actor: by.name,
    action,
    appId: null,
    details: { keyId, name, scopes: granted, appIds, ...why },
  };
}

type KeyRow = DbSchema['api_keys'];

function infoOf(row: KeyRow): KeyInfo {
  return {
    keyId: row.key_id,
    name: row.name,
    prefix: row.prefix,
    scopes: JSON.parse(row.scopes) as Scope[],
    appIds: row.app_ids === null ? null : (JSON.parse(row.app_ids) as AppId[]),
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}

function rowOf(key: KeyInfo, hash: Uint8Array): KeyRow {
  return {
    key_id: key.keyId,
    prefix: key.prefix,
    hash,
    scopes: JSON.stringify(key.scopes),
    app_ids: key.appIds === null ? null : JSON.stringify(key.appIds),
    name: key.name,
    created_at: key.createdAt,
    revoked_at: key.revokedAt,
  };
}
