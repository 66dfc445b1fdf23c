import { createCipheriv, createDecipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeyring, createTokenKey, openToken, openTokenWithDetail } from './index.ts';
import { scanJson } from './json-scanner.ts';
import type { JsonScan } from './testing.ts';
import { openCounted, sealJson } from './testing.ts';

const SECRET = '12345678900987654321123456789012';
const NOW = 1700000000;
const EXPIRE = NOW + 3600;
const key = createTokenKey({ id: 'k1', secret: SECRET });
const keyring = createKeyring([key]);
const IV = Buffer.from('0123456789abcdef');
const text = `{"app_id":7,"user_id":"demo","nonce":42,"ctime":${NOW},"expire":${EXPIRE},"payload":""}`;
const seal = (json: string, outerExpire = EXPIRE): string =>
  sealJson({ format: '04-cbc', json, outerExpire, key, iv: IV });

/** What an outsider sees for a token: all of it, as text. */
type Oracle = (token: string) => string;

interface Parts {
  readonly expire: number;
  readonly iv: Buffer;
  readonly body: Buffer;
}

function split(token: string): Parts {
  const frame = Buffer.from(token.slice(2), 'base64');
  return { expire: Number(frame.readBigInt64BE(0)), iv: frame.subarray(10, 26), body: frame.subarray(28) };
}

function join({ expire, iv, body }: Parts): string {
  const head = Buffer.alloc(10);
  head.writeBigInt64BE(BigInt(expire), 0);
  head.writeUInt16BE(16, 8);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return `04${Buffer.concat([head, iv, length, body]).toString('base64')}`;
}

/** A verifier as many are written: each check answers for itself. */
const naive: Oracle = (token) => {
  const { expire, iv, body } = split(token);
  const decipher = createDecipheriv('aes-256-cbc', Buffer.from(SECRET), iv);
  let plain: string;
  try {
    plain = Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch {
    return 'bad padding';
  }
  try {
    const claims = JSON.parse(plain) as { expire: number };
    return claims.expire === expire ? 'ok' : 'expire differs';
  } catch {
    return 'bad json';
  }
};

const ours: Oracle = (token) => JSON.stringify(openToken(token, keyring, NOW));

/**
 * The padding oracle attack: finds what the block cipher makes of a block, byte by byte from its end, by
 * looking for the one guess whose answer differs from the others. Nothing when no guess stands out.
 */
function decryptBlock(oracle: Oracle, block: Buffer): Buffer | undefined {
  const inner = Buffer.alloc(16);
  for (let at = 15; at >= 0; at--) {
    const byte = findByte(oracle, { block, inner, at });
    if (byte === undefined) return undefined;
    inner[at] = byte;
  }
  return inner;
}

function findByte(oracle: Oracle, attack: { block: Buffer; inner: Buffer; at: number }): number | undefined {
  const { block, inner, at } = attack;
  const pad = 16 - at;
  const answers = Array.from({ length: 256 }, (_, guess) => {
    const forged = Buffer.alloc(16);
    for (let i = at + 1; i < 16; i++) forged[i] = (inner[i] as number) ^ pad;
    forged[at] = guess;
    // Another byte before the guess: a hit that lives on a longer padding by chance goes away.
    const again = Buffer.from(forged);
    if (at > 0) again[at - 1] = 0x55;
    const ask = (previous: Buffer) =>
      oracle(join({ expire: EXPIRE, iv: IV, body: Buffer.concat([previous, block]) }));
    const first = ask(forged);
    return first === ask(again) ? first : 'unsteady';
  });
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const rare = [...counts].filter(([answer, count]) => answer !== 'unsteady' && count === 1);
  const guess = rare.length === 1 ? answers.indexOf((rare[0] as [string, number])[0]) : -1;
  return guess === -1 ? undefined : guess ^ pad;
}

/** Forges a token for any text with nothing but answers: from the last block backwards, each IV by the oracle. */
function forge(oracle: Oracle, json: string): string | undefined {
  const missing = 16 - (json.length % 16);
  const plain = Buffer.concat([Buffer.from(json), Buffer.alloc(missing, missing)]);
  const blocks = [Buffer.alloc(16, 0xa5)];
  for (let end = plain.length; end > 0; end -= 16) {
    const inner = decryptBlock(oracle, blocks[0] as Buffer);
    if (inner === undefined) return undefined;
    blocks.unshift(Buffer.from(inner.map((byte, i) => byte ^ (plain[end - 16 + i] as number))));
  }
  const [iv, ...body] = blocks;
  return join({ expire: EXPIRE, iv: iv as Buffer, body: Buffer.concat(body) });
}

/**
 * The content oracle attack: asks which changes of one byte of the first block make the JSON break, and so
 * learns the byte. The outer expiry is moved away, so that no answer is an admission.
 */
function readByte(oracle: Oracle, token: string, at: number): number | undefined {
  const parts = split(token);
  const answers = Array.from({ length: 256 }, (_, change) => {
    const iv = Buffer.from(parts.iv);
    iv[at] = (iv[at] as number) ^ change;
    return oracle(join({ ...parts, expire: parts.expire + 60, iv }));
  });
  const different = new Set(answers.map((answer, change) => (answer === answers[0] ? -1 : change)));
  different.delete(-1);
  // Inside a string, ASCII control characters, the quote and the backslash break JSON. Only one byte fits.
  const breaks = (byte: number) => byte < 0x20 || byte === 0x22 || byte === 0x5c;
  const fits = (byte: number) =>
    Array.from({ length: 256 }, (_, change) => change).every(
      (change) => different.has(change) === breaks(byte ^ change),
    );
  const candidates = Array.from({ length: 256 }, (_, byte) => byte).filter(fits);
  return candidates.length === 1 ? candidates[0] : undefined;
}

const wanted = text.replace('demo', 'root');
const javaText = `{"user_id":"demo","payload":"","expire":${EXPIRE},"ctime":${NOW},"app_id":7,"nonce":42}`;

describe('asking a verifier', () => {
  it('[TK13] the padding oracle attack forges a token against a naive verifier, and gains nothing here', () => {
    const forged = forge(naive, wanted);
    expect(forged).toBeDefined();
    // The forgery is real: no MAC tells it from a token (TK12).
    expect(openToken(forged ?? '', keyring, NOW)).toMatchObject({ ok: true, claims: { userId: 'root' } });
    expect(forge(ours, wanted)).toBeUndefined();
  });

  it('[TK13] the content oracle attack reads a byte from a naive verifier, and none here', () => {
    const token = seal(javaText);
    expect(openToken(token, keyring, NOW).ok).toBe(true);
    expect(readByte(naive, token, 12)).toBe('d'.charCodeAt(0));
    expect(readByte(ours, token, 12)).toBeUndefined();
  });
});

/** One token of each refusal class, all of one length. */
const classes: Readonly<Record<string, string>> = {
  padding: changeCiphertext((body) => {
    body[body.length - 17] = (body[body.length - 17] as number) ^ 1;
  }),
  utf8: sealBytes(Buffer.from(text.replace('demo', 'de\u00ff'), 'latin1')),
  json: seal(text.replace('"demo"', "'demo'")),
  repeatedKey: seal(text.replace('"nonce":42', '"app_id":7')),
  field: seal(text.replace('"demo"', '123456')),
  wrongKey: sealJson({
    format: '04-cbc',
    json: text,
    outerExpire: EXPIRE,
    key: createTokenKey({ id: 'x', secret: 'x'.repeat(32) }),
    iv: IV,
  }),
  outerExpire: seal(text, EXPIRE + 1),
  lifetime: seal(text.replace(`${EXPIRE}`, `${NOW - 1}`), NOW - 1),
};

function changeCiphertext(change: (body: Buffer) => void): string {
  const parts = split(seal(text));
  change(parts.body);
  return join(parts);
}

function sealBytes(bytes: Buffer): string {
  const cipher = createCipheriv('aes-256-cbc', Buffer.from(SECRET), IV);
  return join({ expire: EXPIRE, iv: IV, body: Buffer.concat([cipher.update(bytes), cipher.final()]) });
}

describe('the steps of a refusal', () => {
  // Before the tokens' expiry and after their ctime, so that only the class decides.
  const now = NOW - 100;

  it('[TK13] each class is refused for its own reason, which only the offline door says', () => {
    for (const [name, token] of Object.entries(classes)) {
      const { result, keys } = openTokenWithDetail(token, keyring, now);
      expect(result, name).toEqual({ ok: false, reason: 'unopened', code: 1002033 });
      const faults = keys[0]?.faults ?? [];
      if (name !== 'wrongKey' && name !== 'repeatedKey') expect(faults[0], name).toBe(name);
      if (name === 'repeatedKey') expect(faults).toContain('repeatedKey');
      expect(openToken(token, keyring, now), name).toEqual(result);
    }
  });

  it('[TK13] every refusal class takes the same counted steps as a token that opens', () => {
    const good = openCounted(seal(text), keyring, now);
    expect(good.result.ok).toBe(true);
    const bodyBytes = split(seal(text)).body.length;
    expect(good.steps).toMatchObject({ padding: 16, utf8: 1, decode: 1, scan: bodyBytes });
    for (const [name, token] of Object.entries(classes)) {
      expect(openCounted(token, keyring, now).steps, name).toEqual(good.steps);
    }
  });

  it('[TK13] the count catches a parser that stops at the first fault', () => {
    const stopsEarly: JsonScan = (json, steps, tally) => {
      try {
        JSON.parse(json);
        return scanJson(json, steps, tally);
      } catch {
        tally?.count('scan', 1);
        return scanJson(json, steps);
      }
    };
    const good = openCounted(seal(text), keyring, now, stopsEarly);
    const caught = Object.keys(classes).filter((name) => {
      const { steps } = openCounted(classes[name] as string, keyring, now, stopsEarly);
      return JSON.stringify(steps) !== JSON.stringify(good.steps);
    });
    expect(caught).toContain('json');
    expect(caught).toContain('wrongKey');
  });
});
