import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { SecretInfo, SecretState } from './app.ts';
import { isSampleSecret } from './is-sample-secret.ts';
import {
  allFormats,
  chooseAppId,
  createAppSign,
  createAppSignVerifier,
  createKeyRing,
  createServerSecret,
  holdSecret,
} from './key-ring.ts';

const bytes = Buffer.alloc(32, 0xab);
const input = Buffer.from('what the proof is bound to');
const proofBytes = createHmac('sha256', bytes).update(input).digest();

describe('the AppSign verifier', () => {
  const verifier = createAppSignVerifier(bytes);

  it('[AD2] takes the proof of the 32 bytes, and nothing else', () => {
    const proof = proofBytes.toString('base64');
    expect(verifier.verify(input, proof)).toBe(true);
    expect(verifier.verify(Buffer.from('something else'), proof)).toBe(false);
    const flipped = Buffer.from(proofBytes);
    flipped[31] = (flipped[31] ?? 0) ^ 1;
    const others = [
      '',
      proof.slice(0, -1),
      `${proof}=`,
      proofBytes.toString('hex'),
      flipped.toString('base64'),
    ];
    for (const other of [...others, proof.replace(/^./, '\n')]) {
      expect(verifier.verify(input, other)).toBe(false);
    }
  });

  it('[AD2] takes one spelling of a proof: spare bits of base64 are not free', () => {
    const proof = proofBytes.toString('base64');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const last = alphabet[alphabet.indexOf(proof[42] ?? 'A') + 1] ?? 'B';
    const other = `${proof.slice(0, 42)}${last}=`;
    expect(Buffer.from(other, 'base64')).toEqual(proofBytes);
    expect(verifier.verify(input, other)).toBe(false);
  });

  it('[SC3] shows no byte of the AppSign', () => {
    const shown = inspect(verifier, { depth: 9, showHidden: true }) + JSON.stringify(verifier);
    expect(shown).not.toMatch(/abab|ab ab/);
  });
});

describe('the key ring', () => {
  const infos = (given: readonly SecretState[]): SecretInfo[] =>
    given.map((state, at) => ({
      secretId: `k${at}`,
      state,
      formats: allFormats,
      createdAt: at,
      stateSince: at,
    }));
  const held = {
    tokens: new Map(
      [0, 1, 2, 3, 4].map((at) => [`k${at}`, holdSecret(7, `k${at}`, Buffer.alloc(32, 65 + at))]),
    ),
    appSign: createAppSignVerifier(bytes),
  };

  it('[AD12] opens with verifying, primary and retiring, newest first, and seals with the primary', () => {
    const ring = createKeyRing(
      infos(['retiring', 'primary', 'verifying', 'staged', 'retired']),
      'active',
      held,
    );
    expect(ring.tokens?.keys.map(({ id }) => id)).toEqual(['k2', 'k1', 'k0']);
    expect(ring.tokens?.cbc).toBe('allow');
    expect([...ring.formats.keys()]).toEqual(['k2', 'k1', 'k0']);
    expect(ring.sealing?.id).toBe('k1');
  });

  it('[AD12] has no AppSign unless it is active, and no keyring without an opening secret', () => {
    expect(createKeyRing(infos(['primary']), 'active', held).appSign).toBe(held.appSign);
    expect(createKeyRing(infos(['primary']), 'suspended', held).appSign).toBeUndefined();
    expect(createKeyRing(infos(['primary']), 'destroyed', held).appSign).toBeUndefined();
    expect(createKeyRing(infos(['staged']), 'active', held)).toMatchObject({ tokens: undefined });
  });
});

describe('what is made for a new app', () => {
  it('[AD12] is random and of the right shape', () => {
    const secrets = Array.from({ length: 200 }, createServerSecret);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(new Set(secrets).size).toBe(200);
    expect(secrets.filter(isSampleSecret)).toEqual([]);
    expect(createAppSign()).toMatch(/^[0-9a-f]{64}$/);
    const asked: number[] = [];
    const appId = chooseAppId((id) => asked.push(id) < 3);
    expect(asked).toHaveLength(3);
    expect(appId).toBe(asked[2]);
  });

  it('[AD12] every secret of the vectors is known as a sample', () => {
    const path = new URL('../../../../spec/vectors/public.json', import.meta.url);
    const vectors = JSON.parse(readFileSync(path, 'utf8')) as { readonly secret: string }[];
    const secrets = [...new Set(vectors.map(({ secret }) => secret))];
    expect(secrets.length).toBeGreaterThan(3);
    expect(secrets.filter((secret) => !isSampleSecret(secret))).toEqual([]);
  });

  it.each([
    ['a'.repeat(32), true],
    ['0123456789abcdef0123456789abcdef', true],
    ['12345678901234567890123456789012', true],
    ['abcdefghijklmnopqrstuvwxyz123456', true],
    ['9f86d081884c7d659a2feaa0c55ad015', false],
    ['Q7fK2xW9bT4mZ6sJ1vD8hR3nL5pC0yGa', false],
  ])('[AD12] the obvious text %s is a sample: %s', (secret, isSample) => {
    expect(isSampleSecret(secret)).toBe(isSample);
  });
});
