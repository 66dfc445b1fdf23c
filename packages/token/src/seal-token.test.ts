import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  createKeyring,
  createTokenKey,
  generateToken03,
  generateToken04,
  generateToken04Gcm,
  mintToken,
  openToken,
  peekToken,
  privilegePayload,
  type SealWarning,
  TokenArgumentError,
} from './index.ts';
import { sealFixed } from './testing.ts';

const SECRET = '12345678900987654321123456789012';
const NOW = 1700000000;
const key = createTokenKey({ id: 'k1', secret: SECRET });
const keyring = createKeyring([key]);
const request = { appId: 7, userId: 'demo', key, expiresInSeconds: 60 };
const both = { canLoginRoom: true, canPublishStream: true };
const unchecked = { checkClock: 'none' } as const;

// Loosened signatures: a caller without types passes anything.
const loose04 = generateToken04 as (...args: unknown[]) => string;
const loose03 = generateToken03 as (...args: unknown[]) => string;

function caught(act: () => unknown): TokenArgumentError {
  try {
    act();
  } catch (error) {
    if (error instanceof TokenArgumentError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

it('[TK5] mintToken seals 04-GCM, the drop-ins 04-CBC, 03-CBC and 04-GCM', () => {
  const formats = [
    mintToken(request, NOW),
    generateToken04(7, 'demo', SECRET, 60, ''),
    generateToken03(7, 'room1', 'demo', both, SECRET, 60),
    generateToken04Gcm(7, 'demo', SECRET, 60, ''),
  ].map((token) => {
    const result = openToken(token, keyring, NOW, unchecked);
    return result.ok && [result.format, result.claims.appId, result.claims.userId];
  });
  const said = (format: string) => [format, 7, 'demo'];
  expect(formats).toEqual([said('04-gcm'), said('04-cbc'), said('03-cbc'), said('04-gcm')]);
});

it('[TK5] a drop-in takes null and nothing as payload like the vendor, and keeps a text as it is', () => {
  const payloadOf = (payload?: string | null) => {
    const result = openToken(generateToken04(7, 'demo', SECRET, 60, payload), keyring, NOW, unchecked);
    return result.ok && result.claims.version === '04' && result.claims.payload;
  };
  expect([payloadOf(), payloadOf(null), payloadOf('')]).toEqual(['', '', '']);
  expect(payloadOf('free text "quoted"')).toBe('free text "quoted"');
});

it('[TK6] IV and nonce differ from token to token, the IV in raw bytes', () => {
  const seen = Array.from({ length: 400 }, () => openToken(mintToken(request, NOW), keyring, NOW));
  expect(new Set(seen.map((result) => result.ok && result.ivHex)).size).toBe(400);
  const nonces = seen.map((result) => (result.ok ? Number(result.claims.nonce) : Number.NaN));
  expect(new Set(nonces).size).toBeGreaterThan(395);
  expect(nonces.some((nonce) => nonce < 0)).toBe(true);
  expect(nonces.every((nonce) => nonce >= -(2 ** 31) && nonce < 2 ** 31)).toBe(true);
  const bytes = seen.map((result) => (result.ok ? result.ivHex : '')).join('');
  expect(new Set(bytes.match(/../g)).size).toBe(256);
});

it('[TK6] token03 carries int64 nonces without losing a digit', () => {
  const nonces = Array.from({ length: 64 }, () => {
    const token = generateToken03(7, 'room1', 'demo', both, SECRET, 60);
    const result = openToken(token, keyring, NOW, unchecked);
    return result.ok ? result.claims.nonce : '';
  });
  expect(nonces.some((nonce) => BigInt(nonce) > 2n ** 53n)).toBe(true);
  expect(nonces.some((nonce) => BigInt(nonce) < 0n)).toBe(true);
  expect(nonces.some((nonce) => BigInt(Number(nonce)) !== BigInt(nonce))).toBe(true);
});

it('[TK6] a key counts its GCM seals, warns once at 2^31 and stops at 2^32', () => {
  const warnings: SealWarning[] = [];
  const near = createTokenKey({
    id: 'old',
    secret: SECRET,
    sealedBefore: 2 ** 31 - 2,
    onSealWarning: (warning) => warnings.push(warning),
  });
  const ring = createKeyring([near]);
  mintToken({ ...request, key: near }, NOW);
  expect([near.sealedCount, warnings.length, ring.keysNearSealLimit]).toEqual([2 ** 31 - 1, 0, []]);
  mintToken({ ...request, key: near }, NOW);
  mintToken({ ...request, key: near }, NOW);
  expect(warnings).toEqual([{ keyId: 'old', sealedCount: 2 ** 31, limit: 2 ** 32 }]);
  expect(ring.keysNearSealLimit).toEqual(['old']);
  const spent = createTokenKey({ id: 'spent', secret: SECRET, sealedBefore: 2 ** 32 - 1 });
  mintToken({ ...request, key: spent }, NOW);
  expect(caught(() => mintToken({ ...request, key: spent }, NOW)).problems[0]?.name).toBe('sealCount');
});

it('[TK7] all problems come at once, in the order of the vendor, before any crypto', () => {
  const spied = createTokenKey({ id: 'k', secret: SECRET });
  const all = caught(() => loose03(0, '', '', { canLoginRoom: 1 }, 'short', -1));
  expect(all.problems.map((problem) => problem.code)).toEqual([1, 2, 3, 5, 4, 6]);
  expect([all.errorCode, all.errorMessage]).toEqual([1, 'appID invalid']);
  const some = caught(() => loose04(7, '', SECRET, 0.5, {}));
  expect(some.problems.map((problem) => problem.name)).toEqual(['userId', 'time', 'payload']);
  expect(caught(() => mintToken({ ...request, key: spied, userId: '' }, NOW)).errorCode).toBe(3);
  expect(spied.sealedCount).toBe(0);
});

it("[TK7] every refusal of the vendor's Node generator is refused with its code and message", () => {
  const url = new URL('../../../spec/vectors/refusals.json', import.meta.url);
  const { probes } = JSON.parse(readFileSync(url, 'utf8')) as {
    probes: { lang: string; version: string; probe: string; code: unknown; message: string }[];
  };
  const long = 'x'.repeat(31);
  const calls04: Record<string, () => string> = {
    'appId=0': () => loose04(0, 'demo', SECRET, 60, ''),
    "userId=''": () => loose04(7, '', SECRET, 60, ''),
    'seconds=0': () => loose04(7, 'demo', SECRET, 0, ''),
    'secret 31 chars': () => loose04(7, 'demo', long, 60, ''),
    'secret 33 chars': () => loose04(7, 'demo', `${long}xx`, 60, ''),
  };
  const calls03: Record<string, () => string> = {
    'appId=0': () => loose03(0, 'room1', 'demo', both, SECRET, 60),
    "roomId=''": () => loose03(7, '', 'demo', both, SECRET, 60),
    "userId=''": () => loose03(7, 'room1', '', both, SECRET, 60),
    'privilege {}': () => loose03(7, 'room1', 'demo', {}, SECRET, 60),
    'seconds=0': () => loose03(7, 'room1', 'demo', both, SECRET, 0),
    'secret 31 chars': () => loose03(7, 'room1', 'demo', both, long, 60),
  };
  let compared = 0;
  for (const probe of probes.filter((row) => row.lang === 'nodejs')) {
    const call = (probe.version === '04' ? calls04 : calls03)[probe.probe];
    if (call === undefined) continue;
    const { errorCode, errorMessage } = caught(call);
    expect([errorCode, errorMessage], probe.probe).toEqual([probe.code, probe.message]);
    compared += 1;
  }
  expect(compared).toBe(11);
});

it('[TK7] sealing takes users of 63 bytes and rooms of 127, not one more', () => {
  const sealed = (userId: string) => mintToken({ ...request, userId }, NOW);
  expect(peekToken(sealed('u'.repeat(63))).ok).toBe(true);
  expect(peekToken(sealed('用'.repeat(21))).ok).toBe(true);
  for (const userId of ['u'.repeat(64), '用'.repeat(22), 'a\nb', '\ud800']) {
    expect(caught(() => sealed(userId)).errorCode, JSON.stringify(userId)).toBe(3);
  }
  expect(generateToken03(7, 'r'.repeat(127), 'demo', both, SECRET, 60)).toMatch(/^03/);
  expect(caught(() => generateToken03(7, 'r'.repeat(128), 'demo', both, SECRET, 60)).errorCode).toBe(2);
});

it('[TK7] mintToken grants 24 days and refuses a second more; a drop-in has no ceiling', () => {
  const days24 = 24 * 24 * 3600;
  expect(mintToken({ ...request, expiresInSeconds: days24 }, NOW)).toMatch(/^04/);
  const refused = caught(() => mintToken({ ...request, expiresInSeconds: days24 + 1 }, NOW));
  expect(refused.errorCode).toBe(6);
  expect(generateToken04(7, 'demo', SECRET, 15 * 365 * 24 * 3600)).toMatch(/^04/);
});

it('[TK7] a token of 2047 characters at most is sealed; more is refused, saying by how much', () => {
  const sealedWith = (length: number): string => {
    const payload = privilegePayload({ roomId: 'r'.repeat(length), login: true, publish: true });
    const fixed = { appId: 7, userId: 'demo', key, seconds: 60, nonce: '42', nowSeconds: NOW } as const;
    return sealFixed({ ...fixed, format: '04-gcm', iv: Buffer.alloc(12), payload });
  };
  // Base64 grows by four: 2046 is the last length of a token below the limit, 2050 the first above.
  let fits = 1000;
  while (sealedWith(fits).length < 2046) fits += 1;
  expect(sealedWith(fits + 2)).toHaveLength(2046);
  const refused = caught(() => sealedWith(fits + 3));
  expect(refused.problems).toEqual([
    { code: -1, name: 'length', message: 'token is 3 characters too long: 2050 of 2047' },
  ]);
});

it('[TK7] no refusal holds the secret or the payload', () => {
  const canary = 'canary-secret-of-thirty-3-bytes!!';
  const refused = caught(() => loose04(0, canary, canary, -1, { canary }));
  expect(JSON.stringify([refused.message, refused.problems, String(refused.stack)])).not.toContain(canary);
});

it('[TK6] the key of another app seals nothing', () => {
  const bound = createTokenKey({ id: 'k1', secret: SECRET, appId: 8 });
  expect(caught(() => mintToken({ ...request, key: bound }, NOW)).problems[0]?.name).toBe('secret');
  expect(mintToken({ ...request, appId: 8, key: bound }, NOW)).toMatch(/^04/);
});
