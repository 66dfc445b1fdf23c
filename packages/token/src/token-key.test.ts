import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { createKeyring, createTokenKey, mintToken, openToken, TokenArgumentError } from './index.ts';

const NOW = 1700000000;

it('[TK2] a secret is 32 bytes, not 32 characters', () => {
  expect(createTokenKey({ id: 'a', secret: 'a'.repeat(32) }).id).toBe('a');
  expect(createTokenKey({ id: 'a', secret: `${'é'.repeat(2)}${'a'.repeat(28)}` }).id).toBe('a');
  for (const secret of ['a'.repeat(31), 'a'.repeat(33), 'é'.repeat(32), '', new Uint8Array(31)]) {
    expect(() => createTokenKey({ id: 'a', secret })).toThrow(TokenArgumentError);
  }
});

it('[TK2] text and its bytes are the same key, and later changes to the bytes do not matter', () => {
  const bytes = Buffer.from('12345678900987654321123456789012');
  const fromBytes = createTokenKey({ id: 'b', secret: bytes });
  bytes.fill(0);
  const fromText = createTokenKey({ id: 't', secret: '12345678900987654321123456789012' });
  const token = mintToken({ appId: 7, userId: 'demo', key: fromBytes, expiresInSeconds: 60 }, NOW);
  expect(openToken(token, createKeyring([fromText]), NOW).ok).toBe(true);
});

it('[TK2] printing a key or a keyring does not show the secret', () => {
  const canary = 'canary-canary-canary-canary-3232';
  const key = createTokenKey({ id: 'k1', secret: canary, appId: 7 });
  const keyring = createKeyring([key]);
  const shown = [
    JSON.stringify({ key, keyring }),
    inspect({ key, keyring }, { depth: 9, showHidden: true }),
    String(key),
  ];
  const forms = [canary, Buffer.from(canary).toString('hex'), Buffer.from(canary).toString('base64')];
  for (const form of forms) expect(shown.join('\n')).not.toContain(form);
  expect(shown[0]).toContain('"id":"k1"');
});

it('[TK9] a keyring holds 1 to 4 keys and tries the first first', () => {
  const make = (id: string, letter: string) => createTokenKey({ id, secret: letter.repeat(32) });
  const keys = [make('new', 'n'), make('b', 'b'), make('c', 'c'), make('old', 'o')];
  const token = mintToken({ appId: 7, userId: 'demo', key: make('x', 'o'), expiresInSeconds: 60 }, NOW);
  expect(openToken(token, createKeyring(keys), NOW)).toMatchObject({ ok: true, keyId: 'old' });
  const twins = [make('first', 'o'), make('second', 'o')];
  expect(openToken(token, createKeyring(twins), NOW)).toMatchObject({ ok: true, keyId: 'first' });
  expect(() => createKeyring([])).toThrow(TypeError);
  expect(() => createKeyring([...keys, make('e', 'e')])).toThrow(TypeError);
  expect(() => createKeyring([make('a', 'a'), make('a', 'b')])).toThrow(TypeError);
});

it('[TK14] misuse is a TypeError', () => {
  const secret = 'a'.repeat(32);
  const key = createTokenKey({ id: 'a', secret });
  expect(() => createTokenKey({ id: '', secret })).toThrow(TypeError);
  expect(() => createTokenKey({ id: 'a', secret, appId: 0 })).toThrow(TypeError);
  expect(() => createTokenKey({ id: 'a', secret, sealedBefore: -1 })).toThrow(TypeError);
  expect(() => createKeyring([key], { cbc: 'maybe' as 'allow' })).toThrow(TypeError);
  expect(() => createKeyring([key], { cbcShape: 'loose' as 'off' })).toThrow(TypeError);
  expect(() => createKeyring([key], { clockSkewSeconds: -1 })).toThrow(TypeError);
  expect(() => createKeyring([{ id: 'a' } as typeof key])).toThrow(TypeError);
  const keyring = createKeyring([key]);
  expect(() => openToken(7 as unknown as string, keyring, NOW)).toThrow(TypeError);
  expect(() => openToken('04', keyring, NOW * 1000)).toThrow(TypeError);
  expect(() => openToken('04', keyring, NOW + 0.5)).toThrow(TypeError);
  expect(() => openToken('04', {} as typeof keyring, NOW)).toThrow(TypeError);
});
