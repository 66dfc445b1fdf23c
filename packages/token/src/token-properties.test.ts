import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createKeyring, createTokenKey, openToken, parsePayload, peekToken } from './index.ts';
import { scanJson } from './json-scanner.ts';
import { sealFixed } from './testing.ts';

const SECRET = '12345678900987654321123456789012';
const NOW = 1700000000;
const key = createTokenKey({ id: 'k1', secret: SECRET, appId: 7 });

const id = (maxBytes: number) =>
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((text) => !/\p{Cc}/u.test(text) && text.isWellFormed() && Buffer.byteLength(text) <= maxBytes);
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const int32 = fc.integer().map(String);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const seconds = fc.integer({ min: 1, max: 2 ** 40 });
const appId = fc.integer({ min: 1, max: 4294967295 });

const seal04 = fc.record({
  format: fc.constantFrom('04-gcm' as const, '04-cbc' as const),
  appId,
  userId: id(63),
  seconds: fc.integer({ min: 1, max: 2 ** 37 }),
  nonce: int32,
  payload: fc.string({ unit: 'grapheme', maxLength: 200 }),
});

it('[TK3] what was sealed as token04 opens as it was', () => {
  fc.assert(
    fc.property(seal04, bytes(16), (fields, random) => {
      const secretKey = createTokenKey({ id: 'any', secret: SECRET });
      const iv = fields.format === '04-gcm' ? random.subarray(0, 12) : random;
      const token = sealFixed({ ...fields, key: secretKey, iv, nowSeconds: NOW });
      const { userId, nonce, payload } = fields;
      const claims = { version: '04', appId: fields.appId, userId, nonce, payload, ctime: NOW };
      const keyring = createKeyring([secretKey]);
      expect(openToken(token, keyring, NOW)).toMatchObject({
        ok: true,
        format: fields.format,
        claims: { ...claims, expire: NOW + fields.seconds },
      });
    }),
  );
});

it('[TK3] what was sealed as token03 opens as it was', () => {
  fc.assert(
    fc.property(
      fc.record({
        roomId: id(127),
        userId: id(63),
        nonce: int64,
        login: fc.boolean(),
        publish: fc.boolean(),
      }),
      bytes(16),
      ({ roomId, userId, nonce, login, publish }, iv) => {
        const privilege = { canLoginRoom: login, canPublishStream: publish };
        const fixed = { appId: 7, key, seconds: 60, iv, nowSeconds: NOW } as const;
        const token = sealFixed({ ...fixed, format: '03-cbc', roomId, userId, nonce, privilege });
        const claims = { version: '03', roomId, userId, nonce, privilege: { login, publish } };
        expect(openToken(token, createKeyring([key]), NOW)).toMatchObject({ ok: true, claims });
      },
    ),
  );
});

const flip = (token: string, bit: number): string => {
  const frame = Buffer.from(token.slice(2), 'base64');
  frame[bit >> 3] = (frame[bit >> 3] as number) ^ (1 << (bit & 7));
  return token.slice(0, 2) + frame.toString('base64');
};
const bitsOf = (token: string): number => Buffer.from(token.slice(2), 'base64').length * 8;
const base = { appId: 7, userId: 'demo', key, seconds: 3600, nonce: '42', nowSeconds: NOW };
const payload = '{"room_id":"room1","privilege":{"1":1,"2":0},"stream_id_list":null}';

it('[TK1] any flipped bit of a GCM token is refused', () => {
  const token = sealFixed({ ...base, payload, format: '04-gcm', iv: Buffer.alloc(12, 3) });
  const keyring = createKeyring([key]);
  expect(openToken(token, keyring, NOW).ok).toBe(true);
  for (let bit = 0; bit < bitsOf(token); bit++) {
    expect(openToken(flip(token, bit), keyring, NOW).ok, `bit ${bit}`).toBe(false);
  }
});

it('[TK12] no flipped bit of a CBC token yields another app under appIdFirst; under allow some do', () => {
  // Without payload every block but the first is pinned by what it holds; ids in block 0 can move.
  const token = sealFixed({ ...base, format: '04-cbc', iv: Buffer.alloc(16, 3) });
  const opened = (cbc: 'appIdFirst' | 'allow') =>
    Array.from({ length: bitsOf(token) }, (_, bit) => bit).flatMap((bit) => {
      const result = openToken(flip(token, bit), createKeyring([key], { cbc }), NOW);
      return result.ok ? [result.claims.appId] : [];
    });
  expect(opened('appIdFirst').every((app) => app === 7)).toBe(true);
  expect(opened('allow').some((app) => app !== 7)).toBe(true);
});

it('[TK14] no text makes opening or peeking throw', () => {
  const keyring = createKeyring([key]);
  const frames = fc.tuple(fc.constantFrom('03', '04'), fc.uint8Array({ maxLength: 120 }));
  const tokens = fc.oneof(
    fc.string(),
    frames.map(([version, frame]) => version + Buffer.from(frame).toString('base64')),
  );
  fc.assert(
    fc.property(tokens, (token) => {
      expect(openToken(token, keyring, NOW).ok).toBe(false);
      expect(peekToken(token).verified).toBe(false);
    }),
  );
});

it('[TK14] noise behind a good form never opens and never throws', () => {
  const keyring = createKeyring([key]);
  const body = fc.integer({ min: 1, max: 12 }).chain((blocks) => bytes(blocks * 16));
  fc.assert(
    fc.property(body, bytes(16), (noise, iv) => {
      const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 16]);
      const length = Buffer.from([0, noise.length]);
      const token = `03${Buffer.concat([head, iv, length, noise]).toString('base64')}`;
      expect(openToken(token, keyring, NOW)).toEqual({ ok: false, reason: 'unopened', code: 1002033 });
    }),
  );
});

it('[TK11] the scanner takes exactly the objects that JSON.parse takes, repeated and special keys aside', () => {
  const special = /"(__proto__|constructor)"/;
  const objects = fc.json({ maxDepth: 4 }).map((json) => `{"a":${json}}`);
  const broken = fc
    .tuple(objects, fc.nat(), fc.constantFrom('', '"', '{', ']', ',', '1', '\\', ' ', '\u0001', 'e', '-'))
    .map(([json, at, piece]) => json.slice(0, at % json.length) + piece + json.slice((at % json.length) + 1));
  fc.assert(
    fc.property(fc.oneof(objects, broken), (json) => {
      fc.pre(!special.test(json));
      const { bad, nodes } = scanJson(json, json.length);
      const keys = nodes.filter((node) => node.key !== '').length;
      fc.pre(keys < 64);
      expect(bad).toBe(!isObject(json));
    }),
    { numRuns: 2000 },
  );
});

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

it('[TK4] no payload makes parsePayload throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(typeof parsePayload(text).ok).toBe('boolean');
    }),
  );
});

it('[TK15] a token opens exactly from ctime less the skew until before its expiry', () => {
  const keyring = createKeyring([key]);
  fc.assert(
    fc.property(seconds, fc.integer({ min: 0, max: 2 ** 31 }), (lifetime, now) => {
      const token = sealFixed({
        ...base,
        seconds: lifetime % 5000 || 1,
        format: '04-gcm',
        iv: Buffer.alloc(12),
      });
      const expire = NOW + (lifetime % 5000 || 1);
      expect(openToken(token, keyring, now).ok).toBe(now >= NOW - 300 && now < expire);
      const near = NOW - 400 + (now % 6000);
      expect(openToken(token, keyring, near).ok).toBe(near >= NOW - 300 && near < expire);
    }),
  );
});
