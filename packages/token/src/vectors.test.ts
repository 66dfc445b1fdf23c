import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createKeyring, createTokenKey, type KeyringOptions, openToken, type TokenClaims } from './index.ts';

const NOW = 1795488930;
const LATER = 1795500000;

interface PublicVector {
  readonly id: string;
  readonly version: '03' | '04';
  readonly secret: string;
  readonly token: string;
  readonly plaintext: string;
  readonly ivHex: string;
  readonly flags: readonly string[];
}

interface Plaintext {
  readonly app_id: number;
  readonly room_id: string;
  readonly user_id: string;
  readonly privilege: { readonly '1': number; readonly '2': number };
  readonly ctime: number;
  readonly expire: number;
  readonly create_time: number;
  readonly expire_time: number;
  readonly payload?: string | null;
}

interface AttackVector {
  readonly name: string;
  readonly from: string;
  readonly secret: string;
  readonly token: string;
  readonly level: 'must' | 'policy';
}

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../spec/vectors/${name}`, import.meta.url), 'utf8')) as T;
const PUBLIC = read<readonly PublicVector[]>('public.json');
const ATTACKS = read<readonly AttackVector[]>('attacks.json');

const keyringOf = (secret: string, options: KeyringOptions = {}, appId?: number) =>
  createKeyring([createTokenKey({ id: 'k1', secret, ...(appId === undefined ? {} : { appId }) })], options);

// An independent reading of the plaintext: JSON.parse, with the nonce taken from the text.
function claimsOf(vector: PublicVector): TokenClaims {
  const plain = JSON.parse(vector.plaintext) as Plaintext;
  const nonce = /"nonce":(-?\d+)/.exec(vector.plaintext)?.[1] as string;
  const { app_id: appId, user_id: userId } = plain;
  if (vector.version === '04') {
    const { ctime, expire } = plain;
    return { version: '04', appId, userId, nonce, ctime, expire, payload: plain.payload ?? '' };
  }
  const privilege = { login: plain.privilege['1'] === 1, publish: plain.privilege['2'] === 1 };
  const { room_id: roomId, create_time: ctime, expire_time: expire } = plain;
  return { version: '03', appId, roomId, userId, privilege, ctime, expire, nonce };
}

describe('published tokens', () => {
  it('[TK10] every one of the 126 opens with exactly its claims', () => {
    expect(PUBLIC).toHaveLength(126);
    for (const vector of PUBLIC) {
      const result = openToken(vector.token, keyringOf(vector.secret), NOW);
      expect(result, vector.id).toMatchObject({ ok: true, keyId: 'k1', claims: claimsOf(vector) });
      expect(result, vector.id).toMatchObject({ ivHex: vector.ivHex });
    }
  });

  it('[TK15] later exactly the ten short-lived ones are expired, and still say what they said', () => {
    const refused = PUBLIC.filter((vector) => !openToken(vector.token, keyringOf(vector.secret), LATER).ok);
    expect(refused).toHaveLength(10);
    expect(refused.every((vector) => vector.flags.includes('expired-60s'))).toBe(true);
    for (const vector of refused) {
      expect(openToken(vector.token, keyringOf(vector.secret), LATER)).toMatchObject({
        ok: false,
        reason: 'expired',
        code: 1002078,
        opened: { claims: claimsOf(vector), keyId: 'k1' },
      });
    }
  });

  it('[TK10] the rule names the C++ token03 that leaves its last block unpadded, and nothing else', () => {
    const byRule = PUBLIC.filter((vector) => {
      const result = openToken(vector.token, keyringOf(vector.secret), NOW);
      return result.ok && result.rule === 'cpp03Unpadded';
    });
    const flagged = PUBLIC.filter((vector) => vector.flags.includes('cpp03-unpadded-last-block'));
    expect(byRule).toEqual(flagged);
    expect(flagged).toHaveLength(2);
  });

  it('[TK2] none opens with another secret', () => {
    for (const vector of PUBLIC) {
      const result = openToken(vector.token, keyringOf('another-secret-of-32-bytes-here!'), NOW);
      expect(result, vector.id).toEqual({ ok: false, reason: 'unopened', code: 1002033 });
    }
  });
});

describe('tampered tokens', () => {
  it('[TK9] every must row is refused while the token it was made from opens', () => {
    const rows = ATTACKS.filter((attack) => attack.level === 'must');
    expect(rows.length).toBeGreaterThanOrEqual(29);
    for (const attack of rows) {
      const source = PUBLIC.find((vector) => vector.id === attack.from) as PublicVector;
      expect(openToken(source.token, keyringOf(source.secret), NOW).ok, attack.name).toBe(true);
      expect(openToken(attack.token, keyringOf(attack.secret), NOW).ok, attack.name).toBe(false);
    }
  });

  it('[TK1] URL-safe base64 is no token', () => {
    const attack = ATTACKS.find((row) => row.name === 'base64-url-safe') as AttackVector;
    expect(openToken(attack.token, keyringOf(attack.secret), NOW)).toEqual({
      ok: false,
      reason: 'format',
      code: 1002075,
      check: 'base64',
    });
  });

  it('[TK12] an IV flip that rewrites the user of a Java token passes allow, not appIdFirst, not deny', () => {
    const { token, secret } = ATTACKS.find((row) => row.name === 'java-iv-flip-user-id') as AttackVector;
    const allowed = openToken(token, keyringOf(secret), NOW);
    expect(allowed).toMatchObject({ ok: true, claims: { userId: 'root' }, rule: 'cbcAllow' });
    const first = openToken(token, keyringOf(secret, { cbc: 'appIdFirst' }, 1), NOW);
    expect(first).toEqual({ ok: false, reason: 'unopened', code: 1002033 });
    const denied = openToken(token, keyringOf(secret, { cbc: 'deny' }), NOW);
    expect(denied).toEqual({ ok: false, reason: 'cbcDenied', code: 1002033 });
  });
});
