import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Kysely } from 'kysely';
import type { DbSchema } from '#storage';
import type { Sealer } from './sealer.ts';

/** Where the master key comes from (SC3). */
export type MasterKeySource =
  | { readonly from: 'file'; readonly path: string; readonly mayGenerate: boolean }
  /** The value of `ROOMKEY_MASTER_KEY`, which config has taken out of the environment. */
  | { readonly from: 'environment'; readonly text: string }
  | { readonly from: 'memory'; readonly key: KeyObject };

/** A master key that is ready for `createSealer`. */
export interface LoadedMasterKey {
  readonly key: KeyObject;
  readonly from: MasterKeySource['from'];
  /** Made just now, because the file was not there. */
  readonly generated: boolean;
}

/** Why a master key cannot be used; the text holds no part of it. */
export class MasterKeyUnusable extends Error {
  readonly fault: 'missing' | 'openToOthers' | 'malformed' | 'wrong';

  constructor(fault: MasterKeyUnusable['fault'], message: string) {
    super(message);
    this.name = 'MasterKeyUnusable';
    this.fault = fault;
  }
}

/**
 * Reads the master key: 32 bytes as 64 hexadecimal characters or as base64.
 *
 * A file must be closed to group and others (0600). With `mayGenerate` a missing one is made: allow it only where no
 * database exists yet, or a lost key would be replaced in silence.
 *
 * @throws {MasterKeyUnusable} when it is missing, open to others or malformed.
 */
export function loadMasterKey(source: MasterKeySource): LoadedMasterKey {
  if (source.from === 'memory') return { key: source.key, from: source.from, generated: false };
  if (source.from === 'environment') {
    return { key: parseMasterKey(source.text), from: source.from, generated: false };
  }
  const text = readKeyFile(source.path);
  if (text !== undefined) return { key: parseMasterKey(text), from: source.from, generated: false };
  if (!source.mayGenerate) {
    throw new MasterKeyUnusable('missing', 'the file of the master key is not there');
  }
  return { key: generateKeyFile(source.path), from: source.from, generated: true };
}

/**
 * Refuses a master key that did not seal this database, before anything else is touched (SC3, ST6). The first key of an
 * empty database is remembered by its check value.
 *
 * @throws {MasterKeyUnusable} `wrong`.
 */
export async function checkMasterKey(db: Kysely<DbSchema>, sealer: Sealer): Promise<void> {
  const known = await db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', checkName)
    .executeTakeFirst();
  if (known?.value === sealer.checkValue) return;
  const isEmpty =
    known === undefined && (await db.selectFrom('apps').select('app_id').executeTakeFirst()) === undefined;
  if (!isEmpty) throw new MasterKeyUnusable('wrong', 'this master key did not seal this database');
  await db.insertInto('settings').values({ name: checkName, value: sealer.checkValue }).execute();
}

const checkName = 'master_key_check';
const keyBytes = 32;
const othersMask = 0o077;

function parseMasterKey(text: string): KeyObject {
  const trimmed = text.trim();
  const isHex = /^[0-9a-fA-F]{64}$/.test(trimmed);
  const bytes = isHex ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64');
  const isWhole = isHex || bytes.toString('base64').replace(/=+$/, '') === trimmed.replace(/=+$/, '');
  if (bytes.length !== keyBytes || !isWhole) {
    throw new MasterKeyUnusable(
      'malformed',
      'a master key is 32 bytes as 64 hexadecimal characters or base64',
    );
  }
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}

function readKeyFile(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
  try {
    // Windows has no such bits; there the folder's own rights count.
    if (process.platform !== 'win32' && (fstatSync(file).mode & othersMask) !== 0) {
      throw new MasterKeyUnusable('openToOthers', 'the file of the master key is open to others: chmod 600');
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function generateKeyFile(path: string): KeyObject {
  const bytes = randomBytes(keyBytes);
  // wx: two servers that start at once never overwrite each other's key.
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, `${bytes.toString('hex')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}
