import { type CbcRule, createKeyring, createTokenKey, type Keyring, type TokenKey } from '@roomkey/token';
import type { CommandCall } from '../command-call.ts';
import { usageFailure } from '../failure.ts';
import { readServerSecret, secretFromEnvironment } from '../read-secret.ts';
import { sentence } from '../sentence.ts';

/** Most keys one opening may try (TK9). */
const maxKeys = 4;

/** A secret file as typed: `F`, or `id=F` which names the key. */
export interface NamedFile {
  readonly id: string;
  readonly file: string;
}

/** Reads `id=F`; what stands before the first `=` is an id only if it looks like one. Others are k1, k2, … */
export function parseNamedFiles(typed: readonly string[]): readonly NamedFile[] {
  return typed.map((text, at) => {
    const match = /^([A-Za-z0-9._-]{1,64})=(.+)$/s.exec(text);
    return { id: match?.[1] ?? `k${at + 1}`, file: match?.[2] ?? text };
  });
}

/**
 * The keys of `--secret-file`, else of ROOMKEY_SECRET, in the order typed, under the rule of `--cbc`.
 *
 * @throws {CliFailure} of usage for no key, more than 4, two of one id, or a secret that is not 32 bytes.
 */
export async function readKeyring(
  call: CommandCall,
  cbc: CbcRule,
  appId: number | undefined,
): Promise<Keyring> {
  const files = parseNamedFiles(call.list('secretFile'));
  if (files.length > maxKeys) throw usageFailure(sentence('tooManyKeys', { count: files.length }));
  if (new Set(files.map(({ id }) => id)).size !== files.length) {
    throw usageFailure(sentence('sameKeyId'), sentence('sameKeyIdNext'));
  }
  const fromInput = files.filter(({ file }) => file === '-').length;
  if (fromInput > 1 || (fromInput === 1 && call.args.length === 0))
    throw usageFailure(sentence('stdinTwice'));
  const app = appId === undefined ? {} : { appId };
  const keys: TokenKey[] = [];
  for (const { id, file } of files) {
    keys.push(createTokenKey({ id, secret: await readServerSecret(call, file), ...app }));
  }
  const fromEnvironment = keys.length > 0 ? undefined : secretFromEnvironment(call);
  if (fromEnvironment !== undefined) {
    keys.push(createTokenKey({ id: 'ROOMKEY_SECRET', secret: fromEnvironment, ...app }));
  }
  if (keys.length === 0) throw usageFailure(sentence('noSecret'), sentence('noSecretNext'));
  return createKeyring(keys, { cbc });
}
