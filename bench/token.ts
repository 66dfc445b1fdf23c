import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { createKeyring, createTokenKey, generateToken04, mintToken, openToken } from '@roomkey/token';
import { jwtVerify, SignJWT } from 'jose';
import { compare, round } from './measure.ts';

const secret = 'bench-secret-0123456789-abcdefgh';
const nowSeconds = Math.floor(Date.now() / 1_000);
const body = Buffer.from(
  JSON.stringify({
    app_id: 1,
    user_id: 'demo',
    nonce: 42,
    ctime: nowSeconds,
    expire: nowSeconds + 3_600,
    payload: '',
  }),
);

/** Sealing and opening beside raw `node:crypto` with a KeyObject and pooled IVs, and `jose` HS256. */
export async function benchToken(): Promise<object> {
  const keyObject = createSecretKey(Buffer.from(secret));
  const key = createTokenKey({ id: 'k', secret, appId: 1 });
  const ring = createKeyring([key]);
  const request = { appId: 1, userId: 'demo', expiresInSeconds: 3_600, key };
  const gcm = mintToken(request, nowSeconds);
  const cbc = generateToken04(1, 'demo', secret, 3_600, '');
  let pool = randomBytes(12 * 1_024);
  let at = 0;
  const iv = (): Buffer => {
    if (at + 12 > pool.length) [pool, at] = [randomBytes(12 * 1_024), 0];
    at += 12;
    return pool.subarray(at - 12, at);
  };
  const rawSeal = (): unknown => {
    const cipher = createCipheriv('aes-256-gcm', keyObject, iv(), { authTagLength: 16 });
    return [cipher.update(body), cipher.final(), cipher.getAuthTag()];
  };
  const frame = Buffer.from(gcm.slice(2), 'base64');
  const [nonce, sealed] = [frame.subarray(10, 22), frame.subarray(24, frame.length - 1)];
  const rawOpenGcm = (): unknown => {
    const decipher = createDecipheriv('aes-256-gcm', keyObject, nonce, { authTagLength: 16 });
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = decipher.update(sealed.subarray(0, -16));
    decipher.final();
    return JSON.parse(plain.toString('utf8'));
  };
  const frameCbc = Buffer.from(cbc.slice(2), 'base64');
  const rawOpenCbc = (): unknown => {
    const decipher = createDecipheriv('aes-256-cbc', keyObject, frameCbc.subarray(10, 26));
    const plain = Buffer.concat([decipher.update(frameCbc.subarray(28)), decipher.final()]);
    return JSON.parse(plain.toString('utf8'));
  };
  const jwt = await new SignJWT({ app_id: 1 })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(keyObject);
  const rates = await compare({
    seal: () => mintToken(request, nowSeconds),
    rawSeal,
    joseSign: () =>
      new SignJWT({ app_id: 1 }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(keyObject),
    openGcm: () => openToken(gcm, ring, nowSeconds),
    rawOpenGcm,
    openCbc: () => openToken(cbc, ring, nowSeconds),
    rawOpenCbc,
    joseVerify: () => jwtVerify(jwt, keyObject),
  });
  const ratio = (one: string, other: string): number =>
    round((rates[one]?.median ?? 0) / (rates[other]?.median ?? 1));
  return {
    perSecond: Object.fromEntries(
      Object.entries(rates).map(([name, { median, min, max }]) => [name, [median, min, max].map(Math.round)]),
    ),
    ratios: {
      sealToRaw: ratio('seal', 'rawSeal'),
      sealToJose: ratio('seal', 'joseSign'),
      openGcmToRaw: ratio('openGcm', 'rawOpenGcm'),
      openCbcToRaw: ratio('openCbc', 'rawOpenCbc'),
      openGcmToJose: ratio('openGcm', 'joseVerify'),
    },
  };
}
