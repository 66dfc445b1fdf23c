import { createKeyring, createTokenKey, openToken } from '@roomkey/token';
import { sealJson } from '@roomkey/token/testing';
import { compare, round } from './measure.ts';

const secret = 'bench-secret-0123456789-abcdefgh';
const ivHex = '000102030405060708090a0b0c0d0e0f';

/** The time each class of refused CBC token takes: a control, good tokens, and one of each fault (TK13). */
export async function benchRefusals(): Promise<object> {
  const key = createTokenKey({ id: 'k', secret, appId: 1 });
  const ring = createKeyring([key]);
  const now = 1_795_488_930;
  const json = (fields: object, expire = now + 3_600): string =>
    sealJson({
      format: '04-cbc',
      key,
      iv: Buffer.from(ivHex, 'hex'),
      outerExpire: expire,
      json: JSON.stringify({
        app_id: 1,
        user_id: 'demo',
        nonce: 42,
        ctime: now,
        expire: now + 3_600,
        payload: '',
        ...fields,
      }),
    });
  const good = json({});
  const flipped = (index: number): string => {
    const frame = Buffer.from(good.slice(2), 'base64');
    frame[frame.length - index] = (frame[frame.length - index] ?? 0) ^ 0x5a;
    return `04${frame.toString('base64')}`;
  };
  const classes: Record<string, string> = {
    good,
    padding: flipped(1),
    utf8: flipped(60),
    typeFault: json({ app_id: '1' }),
    outerExpire: json({}, now + 7_200),
  };
  const work = Object.fromEntries(
    Object.entries(classes).map(([name, token]) => [name, () => openToken(token, ring, now)]),
  );
  const rates = await compare({ control: () => openToken(good, ring, now), ...work });
  const micros = Object.fromEntries(
    Object.entries(rates).map(([name, { median }]) => [name, round(1e6 / median)]),
  );
  const refused = Object.entries(micros)
    .filter(([name]) => name !== 'good' && name !== 'control')
    .map(([, us]) => us);
  return {
    microseconds: micros,
    spreadOfRefusals: round(Math.max(...refused) - Math.min(...refused)),
    spreadOfControl: round(Math.abs((micros['control'] ?? 0) - (micros['good'] ?? 0))),
  };
}
