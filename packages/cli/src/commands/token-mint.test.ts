import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder, runTyped } from '../testing/run-typed.ts';

const secret = 'canary-secret-of-32-bytes-000001';
const nowSeconds = Math.floor(Date.now() / 1000);

async function mintAndOpen(...argv: readonly string[]) {
  const world = { env: { ROOMKEY_SECRET: secret }, nowMs: nowSeconds * 1000 };
  const minted = await runTyped(['token', 'mint', '--app', '7', '--user', 'bob', ...argv], world);
  const token = minted.out.trimEnd();
  const opened = await runTyped(['token', 'open', token, '--json'], { ...world, nowMs: Date.now() });
  return {
    minted,
    token,
    opened: opened.json()[0] as { ok: boolean; format: string; claims: Record<string, unknown> },
  };
}

describe('token mint', () => {
  it('[TK5] prints the token and nothing else; --temporary is a basic token for 24 hours', async () => {
    const { minted, token, opened } = await mintAndOpen('--temporary');
    expect(minted.exitCode).toBe(0);
    expect(minted.err).toBe('');
    expect(token).toMatch(/^04[A-Za-z0-9+/]+=*$/);
    expect(opened).toMatchObject({
      ok: true,
      format: '04-gcm',
      claims: { appId: 7, userId: 'bob', payload: '' },
    });
    expect(Number(opened.claims['expire']) - Number(opened.claims['ctime'])).toBe(86_400);
  });

  it('[TK4] writes room, privileges and streams where asked, each only when asked', async () => {
    const { opened } = await mintAndOpen(
      '--expires-in',
      '60',
      '--room',
      'r1',
      '--login',
      '--streams',
      's1,s2',
    );
    expect(JSON.parse(opened.claims['payload'] as string)).toEqual({
      room_id: 'r1',
      privilege: { 1: 1, 2: 0 },
      stream_id_list: ['s1', 's2'],
    });
    const other = await mintAndOpen('--expires-in', '60', '--publish', '--audience', 'media,board');
    expect(JSON.parse(other.opened.claims['payload'] as string)).toEqual({
      room_id: '',
      privilege: { 1: 0, 2: 1 },
      stream_id_list: null,
      aud: ['media', 'board'],
    });
  });

  it('[TK5] makes what the published generators make: 04-cbc, and 03-cbc bound to a room', async () => {
    expect((await mintAndOpen('--expires-in', '60', '--format', '04-cbc')).opened).toMatchObject({
      ok: true,
      format: '04-cbc',
    });
    const old = await mintAndOpen(
      '--expires-in',
      '60',
      '--format',
      '03-cbc',
      '--room',
      'r1',
      '--login',
      '--publish',
    );
    expect(old.opened).toMatchObject({
      ok: true,
      format: '03-cbc',
      claims: { roomId: 'r1', privilege: { login: true, publish: true } },
    });
  });

  it.each([
    ['--expires-in', '60', '--room', 'r1'],
    ['--temporary', '--room', 'r1', '--login'],
    ['--temporary', '--expires-in', '60'],
    ['--expires-in', '60', '--format', '03-cbc'],
    ['--expires-in', '60', '--format', '03-cbc', '--room', 'r', '--login', '--streams', 's'],
    ['--expires-in', '60', '--login', '--audience', 'moon'],
    ['--expires-in', '0'],
  ])('[CLI3] refuses what makes no sense: %s %s %s %s', async (...argv) => {
    const answer = await runTyped(['token', 'mint', '--app', '7', '--user', 'bob', ...argv], {
      env: { ROOMKEY_SECRET: secret },
    });
    expect([answer.exitCode, answer.out]).toEqual([2, '']);
  });

  it('[TK7] lists every problem the codec finds with the vendor numbers, and ends with 1', async () => {
    const argv = ['token', 'mint', '--app', '7', '--user', 'u'.repeat(64), '--expires-in', '99999999'];
    const answer = await runTyped(argv, { env: { ROOMKEY_SECRET: secret } });
    expect(answer.exitCode).toBe(1);
    expect(answer.err).toMatch(/userId \(3\)[\s\S]*time \(6\)/);
  });

  it('[CLI3] reads the secret from a file or standard input; no output ever holds it', async () => {
    const file = join(makeFolder(), 'secret');
    writeFileSync(file, `${secret}\n`);
    const mint = ['token', 'mint', '--app', '7', '--user', 'bob', '--temporary', '--json'];
    const byFile = await runTyped([...mint, '--secret-file', file]);
    const byInput = await runTyped([...mint, '--secret-file', '-'], { input: secret });
    const wrong = await runTyped(mint, { env: { ROOMKEY_SECRET: `${secret}x` } });
    expect([byFile.exitCode, byInput.exitCode, wrong.exitCode]).toEqual([0, 0, 2]);
    expect(byFile.json()[0]).toMatchObject({
      version: '04',
      format: '04-gcm',
      appId: 7,
      userId: 'bob',
      expiresInSeconds: 86_400,
    });
    for (const { out, err } of [byFile, byInput, wrong]) expect(out + err).not.toContain(secret);
  });
});

describe('token peek', () => {
  it('[TK16] reads format and expiry without a key, a line each, and marks them unverified', async () => {
    const { token } = await mintAndOpen('--expires-in', '60');
    const answer = await runTyped(['token', 'peek', '--json'], {
      input: `${token}\n${token}#abc\nnonsense\n`,
    });
    expect(answer.exitCode).toBe(1);
    expect(answer.json()).toMatchObject([
      { ok: true, verified: false, format: '04-gcm' },
      { ok: true, kit: { ignoredCharacters: 4 } },
      { ok: false, reason: 'version', code: 1002079 },
    ]);
    expect((await runTyped(['token', 'peek', token])).exitCode).toBe(0);
  });
});
