import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { type Token03Claims, type Token04Claims, tokenDigest } from './index.ts';

const claims04: Token04Claims = {
  version: '04',
  appId: 7,
  userId: '用户甲',
  nonce: '-42',
  ctime: 1700000000,
  expire: 1700003600,
  payload: '',
};
const claims03: Token03Claims = {
  version: '03',
  appId: 7,
  roomId: 'room1',
  userId: 'demo',
  privilege: { login: true, publish: false },
  ctime: 1700000000,
  expire: 1700003600,
  nonce: '-9129340302916540243',
};

it('[TK10b] the digest is SHA-256 over the label and the length-prefixed fields', () => {
  const hashed = (...fields: readonly string[]) => {
    const hash = createHash('sha256');
    for (const field of ['roomkey-token-digest-v1', ...fields]) {
      const bytes = Buffer.from(field);
      hash.update(`${bytes.length}:`).update(bytes);
    }
    return hash.digest('hex');
  };
  const times = ['1700000000', '1700003600'];
  expect(tokenDigest(claims04)).toBe(hashed('04', '7', '用户甲', ...times, '-42'));
  const nonce = '-9129340302916540243';
  expect(tokenDigest(claims03)).toBe(hashed('03', '7', 'demo', 'room1', ...times, nonce));
});

it('[TK10b] each field changes it; payload and privilege, which a CBC holder can alter, do not', () => {
  const changed: Token04Claims[] = [
    { ...claims04, appId: 8 },
    { ...claims04, userId: '用户乙' },
    { ...claims04, nonce: '42' },
    { ...claims04, ctime: 1700000001 },
    { ...claims04, expire: 1700003601 },
  ];
  const digests = [claims04, ...changed, claims03, { ...claims03, roomId: 'room2' }].map(tokenDigest);
  expect(new Set(digests).size).toBe(digests.length);
  expect(tokenDigest({ ...claims04, payload: '{"room_id":"r"}' })).toBe(tokenDigest(claims04));
  expect(tokenDigest({ ...claims03, privilege: { login: true, publish: true } })).toBe(tokenDigest(claims03));
});

it('[TK10b] moving a character from one field to the next changes it', () => {
  const ab = tokenDigest({ ...claims03, userId: 'ab', roomId: 'c' });
  expect(tokenDigest({ ...claims03, userId: 'a', roomId: 'bc' })).not.toBe(ab);
});
