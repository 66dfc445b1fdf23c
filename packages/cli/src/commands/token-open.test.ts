import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, runTyped } from '../testing/run-typed.ts';

interface Vector {
  readonly id: string;
  readonly version: '03' | '04';
  readonly secret: string;
  readonly token: string;
  readonly plaintext: string;
  readonly flags: readonly string[];
}

interface Attack {
  readonly name: string;
  readonly level: 'must' | 'policy';
  readonly secret: string;
  readonly token: string;
}

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../../../spec/vectors/${name}`, import.meta.url), 'utf8')) as T;
const vectors = read<readonly Vector[]>('public.json');
const attacks = read<readonly Attack[]>('attacks.json');
const now = '1795488930';
const bySecret = [...Map.groupBy(vectors, (vector) => vector.secret)];

// An independent reading of the plaintext; the nonce is taken from the text, as it may exceed 2^53.
function claimsOf(vector: Vector): object {
  const plain = JSON.parse(vector.plaintext) as Record<string, unknown>;
  const nonce = /"nonce":(-?\d+)/.exec(vector.plaintext)?.[1];
  const ids = { appId: plain['app_id'], userId: plain['user_id'], nonce };
  if (vector.version === '04') {
    return { ...ids, ctime: plain['ctime'], expire: plain['expire'], payload: plain['payload'] ?? '' };
  }
  const bits = plain['privilege'] as Record<string, number>;
  return {
    ...ids,
    roomId: plain['room_id'],
    privilege: { login: bits['1'] === 1, publish: bits['2'] === 1 },
    ctime: plain['create_time'],
    expire: plain['expire_time'],
  };
}

describe('token open', () => {
  let folder = '';
  const fileOf = (secret: string): string =>
    join(folder, `s${bySecret.findIndex(([each]) => each === secret)}`);

  beforeAll(() => {
    folder = makeFolder();
    for (const [secret] of bySecret) writeFileSync(fileOf(secret), `${secret}\n`);
  });

  it('[TK10][CLI3] opens all 126 published tokens with exactly their claims, in order, secret by secret', async () => {
    expect(vectors).toHaveLength(126);
    for (const [secret, group] of bySecret) {
      const input = `${group.map(({ token }) => token).join('\n')}\n`;
      const argv = ['token', 'open', '--json', '--secret-file', `main=${fileOf(secret)}`, '--now', now];
      const answer = await runTyped(argv, { input });
      expect(answer.exitCode).toBe(0);
      const answers = answer.json();
      expect(answers).toHaveLength(group.length);
      group.forEach((vector, at) => {
        expect(answers[at], vector.id).toMatchObject({ ok: true, version: vector.version, keyId: 'main' });
        expect(answers[at]?.['claims'], vector.id).toEqual(claimsOf(vector));
        expect(answers[at]?.['format'], vector.id).toMatch(`${vector.version}-`);
      });
    }
  });

  it('[TK15][CLI3] refuses exactly the ten short-lived ones later, and ends with 1', async () => {
    const argv = [
      'token',
      'open',
      '--json',
      '--now',
      '1795500000',
      ...bySecret.flatMap(([secret]) => ['--secret-file', fileOf(secret)]),
    ];
    const answer = await runTyped(argv, { input: vectors.map(({ token }) => token).join('\n') });
    expect(answer.exitCode).toBe(1);
    const answers = answer.json();
    const refused = vectors.filter((_, at) => answers[at]?.['ok'] === false);
    expect(refused).toEqual(vectors.filter(({ flags }) => flags.includes('expired-60s')));
    expect(refused).toHaveLength(10);
    for (const each of answers.filter((one) => one['ok'] === false)) {
      expect(each).toEqual({ ok: false, reason: 'expired', code: 1002078 });
    }
  });

  it('[TK9] refuses every tampered token that must be refused', async () => {
    for (const { name, secret, token } of attacks.filter(({ level }) => level === 'must')) {
      const answer = await runTyped(
        ['token', 'open', '--json', '--secret-file', fileOf(secret), '--now', now],
        { input: `${token}\n` },
      );
      expect(answer.exitCode, name).toBe(1);
      expect(answer.json(), name).toEqual([
        { ok: false, reason: expect.any(String), code: expect.any(Number) },
      ]);
    }
  });

  it('[AD4][CLI3] refuses another app, user and room by its code, and opens the right ones', async () => {
    const vector = vectors.find(
      ({ version, plaintext }) => version === '04' && plaintext.includes('room1'),
    ) as Vector;
    const { appId, userId } = claimsOf(vector) as { appId: number; userId: string };
    const open = (...more: string[]) =>
      runTyped([
        'token',
        'open',
        vector.token,
        '--json',
        '--secret-file',
        fileOf(vector.secret),
        '--now',
        now,
        ...more,
      ]);
    const right = await open('--app', String(appId), '--user', userId, '--room', 'room1');
    expect([right.exitCode, right.json()[0]?.['ok']]).toEqual([0, true]);
    for (const [more, code] of [
      [['--app', '77'], 1002076],
      [['--user', 'nobody'], 1002077],
      [['--room', 'elsewhere'], 1002074],
    ] as const) {
      const wrong = await open(...more);
      expect([wrong.exitCode, wrong.json()[0]?.['code']]).toEqual([1, code]);
    }
  });

  it('[TK12] holds CBC tokens to the rule of --cbc; without --app appIdFirst checks the shape only', async () => {
    const flip = attacks.find(({ name }) => name === 'java-iv-flip-user-id') as Attack;
    const node = vectors.find(({ id }) => id === 'nodejs/04-empty-a') as Vector;
    const gcm = vectors.find(({ id }) => id.startsWith('gcm-reference/')) as Vector;
    const open = async (secret: string, token: string, ...more: string[]) =>
      (
        await runTyped([
          'token',
          'open',
          token,
          '--json',
          '--secret-file',
          fileOf(secret),
          '--now',
          now,
          ...more,
        ])
      ).exitCode;
    expect(await open(flip.secret, flip.token)).toBe(0);
    expect(await open(flip.secret, flip.token, '--cbc', 'appIdFirst')).toBe(1);
    expect(await open(node.secret, node.token, '--cbc', 'appIdFirst')).toBe(0);
    expect(await open(node.secret, node.token, '--cbc', 'appIdFirst', '--app', '1')).toBe(0);
    expect(await open(node.secret, node.token, '--cbc', 'appIdFirst', '--app', '2')).toBe(1);
    expect(await open(node.secret, node.token, '--cbc', 'deny')).toBe(1);
    expect(await open(gcm.secret, gcm.token, '--cbc', 'deny')).toBe(0);
  });

  it('[CLI3] tells a newline at the end of a secret file, and refuses 31 and 33 bytes and a missing file', async () => {
    const { secret, token } = vectors[0] as Vector;
    const bare = join(folder, 'bare');
    const short = join(folder, 'short');
    const long = join(folder, 'long');
    writeFileSync(bare, secret);
    writeFileSync(short, secret.slice(1));
    writeFileSync(long, `${secret}x`);
    const open = (file: string) => runTyped(['token', 'open', token, '--secret-file', file, '--now', now]);
    const quiet = await open(bare);
    expect([quiet.exitCode, quiet.err]).toEqual([0, '']);
    const told = await open(fileOf(secret));
    expect(told.exitCode).toBe(0);
    expect(told.err).toContain('newline');
    for (const file of [short, long, join(folder, 'missing')]) {
      const answer = await open(file);
      expect([answer.exitCode, answer.out]).toEqual([2, '']);
      expect(answer.err).toContain(file);
      expect(answer.err).not.toContain(secret.slice(1));
    }
  });

  it('[CLI3] takes a secret from ROOMKEY_SECRET or standard input, and no more than four', async () => {
    const { secret, token } = vectors[0] as Vector;
    const byEnvironment = await runTyped(['token', 'open', token, '--json', '--now', now], {
      env: { ROOMKEY_SECRET: secret },
    });
    expect(byEnvironment.json()[0]).toMatchObject({ ok: true });
    const byInput = await runTyped(['token', 'open', token, '--json', '--now', now, '--secret-file', '-'], {
      input: `${secret}\n`,
    });
    expect(byInput.json()[0]).toMatchObject({ ok: true });
    expect((await runTyped(['token', 'open', token])).exitCode).toBe(2);
    const five = ['a', 'b', 'c', 'd', 'e'].flatMap((id) => ['--secret-file', `${id}=${fileOf(secret)}`]);
    expect((await runTyped(['token', 'open', token, ...five])).exitCode).toBe(2);
    expect((await runTyped(['token', 'open', token, ...five.slice(2)])).exitCode).not.toBe(2);
    const twice = ['--secret-file', `a=${fileOf(secret)}`, '--secret-file', `a=${fileOf(secret)}`];
    expect((await runTyped(['token', 'open', token, ...twice])).exitCode).toBe(2);
  });

  it('[CLI3] answers every line, an empty and an endless one too, without holding them', async () => {
    const { secret, token } = vectors[0] as Vector;
    async function* input(): AsyncGenerator<Buffer> {
      yield Buffer.from(`${token}\r\n\n`);
      for (let at = 0; at < 64; at += 1) yield Buffer.alloc(1024 * 1024, 'A');
      yield Buffer.from(`\n${token}`);
    }
    const answer = await runTyped(
      ['token', 'open', '--json', '--secret-file', fileOf(secret), '--now', now],
      { input: input() },
    );
    expect(answer.json().map((one) => one['ok'])).toEqual([true, false, false, true]);
  });

  it('[CLI3] streams 200 000 lines through a real process in bounded memory', () => {
    const { secret, token } = vectors[0] as Vector;
    const main = fileURLToPath(new URL('../main.ts', import.meta.url));
    const argv = [
      '--conditions=source',
      '--max-old-space-size=32',
      main,
      'token',
      'open',
      '--json',
      '--secret-file',
      fileOf(secret),
      '--now',
      now,
    ];
    // Measured: a program that holds 100 000 such lines dies with 24 MB of heap, this one needs 20 for any number.
    const lines = 200_000;
    const ran = spawnSync(process.execPath, argv, { input: `${token}\n`.repeat(lines), maxBuffer: 2 ** 28 });
    expect(ran.status, ran.stderr.toString()).toBe(0);
    const answers = ran.stdout.toString().trimEnd().split('\n');
    expect(answers).toHaveLength(lines);
    expect(new Set(answers).size).toBe(1);
    expect(JSON.parse(answers[0] as string)).toMatchObject({
      ok: true,
      claims: claimsOf(vectors[0] as Vector),
    });
  });

  it('[CLI3] shows people what opened and why not, and strips what turns a terminal round', async () => {
    const hostile = '\u001b[31m\u202eresu';
    const minted = execMint(
      ['--app', '5', '--user', 'bob', '--expires-in', '60', '--room', hostile, '--login'],
      fileOf(bySecret[0]?.[0] as string),
    );
    const answer = await runTyped([
      'token',
      'open',
      minted,
      '--secret-file',
      fileOf(bySecret[0]?.[0] as string),
      '--now',
      String(Math.floor(Date.now() / 1000)),
    ]);
    expect(answer.out).toContain('opened');
    expect(answer.out).not.toContain('\u001b');
    expect(answer.out).not.toContain('\u202e');
    const json = await runTyped([
      'token',
      'open',
      minted,
      '--json',
      '--secret-file',
      fileOf(bySecret[0]?.[0] as string),
      '--now',
      String(Math.floor(Date.now() / 1000)),
    ]);
    expect(json.out).not.toContain('\u202e');
    expect(JSON.stringify(json.json()[0])).toContain('\u202e');
  });
});

function execMint(argv: readonly string[], secretFile: string): string {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url));
  const args = ['--conditions=source', main, 'token', 'mint', ...argv, '--secret-file', secretFile];
  return execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .trim();
}
