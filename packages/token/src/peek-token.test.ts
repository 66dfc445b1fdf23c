import { expect, it } from 'vitest';
import { formatOf, peekToken } from './index.ts';
import { sealFixed } from './testing.ts';

const secret = '12345678900987654321123456789012';
const base = { appId: 7, userId: 'demo', key: secret, seconds: 60, nonce: '1', nowSeconds: 1700000000 };
const gcm = sealFixed({ ...base, format: '04-gcm', iv: Buffer.alloc(12, 1) });
const cbc = sealFixed({ ...base, format: '04-cbc', iv: Buffer.alloc(16, 1) });

it('[TK16] what needs no key is read and marked unverified', () => {
  expect(peekToken(gcm)).toEqual({
    ok: true,
    verified: false,
    version: '04',
    format: '04-gcm',
    outerExpire: 1700000060,
    tokenCharacters: gcm.length,
    frameBytes: Buffer.from(gcm.slice(2), 'base64').length,
    ivBytes: 12,
    ciphertextBytes: Buffer.from(gcm.slice(2), 'base64').length - 25,
    ivHex: '01'.repeat(12),
  });
  expect(peekToken(cbc)).toMatchObject({ ok: true, format: '04-cbc', ivBytes: 16 });
  const refused = { ok: false, verified: false, reason: 'version', code: 1002079, check: 'version' };
  expect(peekToken('05AAAA')).toEqual(refused);
  expect(peekToken('04AA A')).toMatchObject({ ok: false, reason: 'format', check: 'base64' });
  expect(() => peekToken(7 as unknown as string)).toThrow(TypeError);
});

it('[TK16] a kit token is recognised and its tail is ignored, which is said', () => {
  const tail = `#${Buffer.from(JSON.stringify({ userID: 'demo', appID: 7 })).toString('base64')}`;
  expect(peekToken(gcm + tail)).toEqual({ ...peekToken(gcm), kit: { ignoredCharacters: tail.length } });
  expect(peekToken(gcm)).not.toHaveProperty('kit');
});

it('[TK16] the format can be had alone', () => {
  expect([formatOf(gcm), formatOf(cbc), formatOf('04'), formatOf('')]).toEqual([
    '04-gcm',
    '04-cbc',
    undefined,
    undefined,
  ]);
});
