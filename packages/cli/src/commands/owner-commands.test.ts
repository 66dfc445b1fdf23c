import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyring, createTokenKey, openToken } from '@roomkey/token';
import { describe, expect, it } from 'vitest';
import type { AppAnswer, EffectAnswer, ReceiptAnswer, SessionAnswer } from '../api-answers.ts';
import { type FakeApi, problem, type SeenRequest, startFakeApi } from '../testing/fake-api.ts';
import { makeFolder, runTyped } from '../testing/run-typed.ts';

const app: AppAnswer = {
  appId: 7,
  name: 'shop',
  origin: 'imported',
  appSign: 'active',
  secrets: [
    { secretId: 's1', state: 'primary', formats: ['04-gcm', '04-cbc'], createdAt: 0, stateSince: 0 },
    { secretId: 's2', state: 'staged', formats: ['04-gcm'], createdAt: 0, stateSince: 0 },
    { secretId: 's0', state: 'retired', formats: ['04-cbc'], createdAt: 0, stateSince: 0 },
  ],
  allowedOrigins: [],
  createdAt: 0,
  forced: false,
  policyVersion: 3,
  rulesVersion: 9,
};
const policy = {
  policy: { forced: false, expiry: 'soft', cbc: 'allow' },
  policyVersion: 3,
  rulesVersion: 9,
  changedAt: 0,
};
const hit: SessionAnswer = {
  sessionId: 'sess-1',
  roomId: 'room1',
  userId: 'demo\u202e',
  state: 'present',
  method: 'appSign',
  platform: 'web',
  sdkVersion: '3.0',
  leaseEndsAt: 1_795_488_930_000,
  lapsed: false,
};
const none = { count: 0, sessions: [] };
const effectOf = (count: number): EffectAnswer => ({
  judged: 5,
  ended: { count, sessions: count === 0 ? [] : [hit] },
  narrowed: none,
  ending: none,
});
const receiptOf = (count: number): ReceiptAnswer => ({
  applied: true,
  silentNodes: [],
  rulesVersion: 10,
  policyVersion: 4,
  effect: effectOf(count),
});

/** A route for a change: a preview when asked for one, else the receipt. */
const changing = (count: number) => (request: SeenRequest) => ({
  body: request.query['preview'] === 'true' ? { preview: true, effect: effectOf(count) } : receiptOf(count),
});

const withApi = (api: FakeApi, ...argv: readonly string[]) => runTyped([...argv, '--data', api.folder]);
const changes = (api: FakeApi): readonly SeenRequest[] =>
  api.seen.filter(({ method, query }) => method !== 'GET' && query['preview'] !== 'true');

describe('finding the server', () => {
  it('[CLI2a] finds it by endpoint.json and api-key of the data directory, or by flags', async () => {
    await using api = await startFakeApi({
      'GET /apps': () => ({ body: { items: [app], nextCursor: null } }),
    });
    const byFolder = await withApi(api, 'app', 'list', '--json');
    expect([byFolder.exitCode, byFolder.json()]).toEqual([0, [{ items: [app] }]]);
    const keyFile = join(api.folder, 'api-key');
    const byFlags = await runTyped(['app', 'list', '--json', '--server', api.url, '--api-key-file', keyFile]);
    expect(byFlags.exitCode).toBe(0);
    const byVariables = { env: { ROOMKEY_API_KEY: api.apiKey } };
    expect((await runTyped(['app', 'list', '--server', api.url], byVariables)).exitCode).toBe(0);
  });

  it('[CLI2a] says plainly that nothing is running, with a code and what to do; it looks for no database', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'roomkey.db'), 'not to be opened');
    for (const argv of [
      ['app', 'list'],
      ['policy', 'show', '--app', '7'],
      ['sessions', 'list', '--app', '7'],
      ['why', 'x'],
    ]) {
      const answer = await runTyped([...argv, '--data', folder]);
      expect([answer.exitCode, answer.out]).toEqual([1, '']);
      expect(answer.err).toContain('1002030');
      expect(answer.err).toContain('roomkey up');
      expect(answer.err).toContain(folder);
    }
  });

  it('[CLI2a] says the same of a file left behind by a server that is gone', async () => {
    const api = await startFakeApi({});
    await api[Symbol.asyncDispose]();
    const answer = await withApi(api, 'app', 'list', '--json');
    expect(answer.exitCode).toBe(1);
    expect(JSON.parse(answer.err)).toMatchObject({ error: { name: 'connectFailed', code: 1002030 } });
    expect(answer.err).not.toContain(api.apiKey);
  });

  it('[CLI2a] shows the code and both texts of what the server refuses; the key is in no output', async () => {
    await using api = await startFakeApi({ 'GET /apps/7': () => problem('readOnly', ['disk full']) });
    const answer = await withApi(api, 'app', 'show', '--app', '7');
    expect([answer.exitCode, answer.out]).toEqual([1, '']);
    expect(answer.err).toContain('901011 readOnly');
    expect(answer.err).toContain('  disk full');
    expect((await withApi(api, 'app', 'show', '--app', '7', '--lang', 'zh')).err).toMatch(/\p{Script=Han}/u);
    writeFileSync(join(api.folder, 'api-key'), 'rk_another_canary');
    const refused = await withApi(api, 'app', 'show', '--app', '7');
    expect(refused.err).toContain('901001');
    expect(refused.err + answer.err).not.toContain('canary');
    rmSync(join(api.folder, 'api-key'));
    expect((await withApi(api, 'app', 'show', '--app', '7')).exitCode).toBe(2);
  });
});

describe('apps', () => {
  it('[CLI3] import sends AppID, AppSign and secrets out of files, never out of arguments', async () => {
    await using api = await startFakeApi({
      'POST /apps/import': () => ({ body: { app, secrets: [] }, status: 201 }),
    });
    const secret = join(api.folder, 's');
    const sign = join(api.folder, 'a');
    writeFileSync(secret, `${'s'.repeat(32)}\n`);
    writeFileSync(sign, `${'AB'.repeat(32)}\n`);
    const argv = [
      'app',
      'import',
      '--app-id',
      '7',
      '--name',
      'shop',
      '--app-sign-file',
      sign,
      '--secret-file',
      secret,
    ];
    const answer = await withApi(api, ...argv);
    expect(answer.exitCode).toBe(0);
    expect(api.seen[0]?.body).toEqual({
      appId: 7,
      name: 'shop',
      appSign: 'ab'.repeat(32),
      secrets: ['s'.repeat(32)],
    });
    expect(answer.out + answer.err).not.toContain('s'.repeat(32));
    expect(answer.out).toContain('shop');
    writeFileSync(sign, 'short');
    expect((await withApi(api, ...argv)).exitCode).toBe(2);
    expect((await withApi(api, 'app', 'import', '--app-id', '4294967296')).exitCode).toBe(2);
    expect(api.seen).toHaveLength(1);
  });

  it('[CLI3] create shows what was made for the app this once', async () => {
    const created = { app, appSign: 'cd'.repeat(32), secrets: [{ secretId: 's1', secret: 'e'.repeat(32) }] };
    await using api = await startFakeApi({ 'POST /apps': () => ({ body: created, status: 201 }) });
    const answer = await withApi(api, 'app', 'create', '--name', 'shop');
    expect(answer.out).toContain('e'.repeat(32));
    expect(answer.out).toContain('Shown this once');
    expect(api.seen[0]?.body).toEqual({ name: 'shop' });
  });

  it('[AD12][CLI3] a secret goes one step at a time, and not further', async () => {
    await using api = await startFakeApi({
      'GET /apps/7': () => ({ body: app }),
      'PATCH /apps/7/secrets/s2': changing(0),
    });
    const answer = await withApi(api, 'app', 'secret', 'promote', 's2', '--app', '7', '--reason', 'rotated');
    expect(answer.exitCode).toBe(0);
    expect(changes(api)[0]?.body).toEqual({ state: 'verifying', why: 'rotated' });
    expect((await withApi(api, 'app', 'secret', 'retire', 's1', '--app', '7')).err).toContain(
      'promote another',
    );
    expect((await withApi(api, 'app', 'secret', 'retire', 's2', '--app', '7', '--yes')).exitCode).toBe(0);
    expect(changes(api)[1]?.body).toEqual({ state: 'retired' });
    expect((await withApi(api, 'app', 'secret', 'promote', 's1', '--app', '7')).err).toContain('901015');
    expect((await withApi(api, 'app', 'secret', 'retire', 's0', '--app', '7')).err).toContain('901015');
    expect((await withApi(api, 'app', 'secret', 'retire', 'sx', '--app', '7')).err).toContain('901003');
  });
});

describe('policy', () => {
  const routes = (count: number) => ({
    'GET /apps/7/policy': () => ({ body: policy, etag: '"9"' }),
    'PUT /apps/7/policy': changing(count),
    'POST /apps/7/policy/restore/2': changing(count),
  });

  it('[API1] set changes single fields on the version that was read', async () => {
    await using api = await startFakeApi(routes(0));
    const answer = await withApi(
      api,
      'policy',
      'set',
      '--app',
      '7',
      'forced=true',
      'expiry=hard',
      '--reason',
      'go',
    );
    expect(answer.exitCode).toBe(0);
    const [put] = changes(api);
    expect(put?.headers['if-match']).toBe('"9"');
    expect(put?.body).toEqual({ policy: { forced: true, expiry: 'hard', cbc: 'allow' }, why: 'go' });
    expect(answer.out).toMatch(/rules version +10/);
  });

  it('[AD11] set shows whom it hits and does nothing until that is confirmed', async () => {
    await using api = await startFakeApi(routes(3));
    const set = ['policy', 'set', '--app', '7', 'forced=true'];
    const unasked = await withApi(api, ...set);
    expect(unasked.exitCode).toBe(1);
    expect(unasked.out).toContain('This affects 3 of 5 running sessions.');
    expect(unasked.out).toContain('sess-1');
    expect(unasked.out).not.toContain('\u202e');
    expect(unasked.err).toContain('--confirm 3');
    const other = await withApi(api, ...set, '--confirm', '2');
    expect(other.err).toContain('901013');
    const preview = await withApi(api, ...set, '--preview', '--json');
    expect([preview.exitCode, preview.json()[0]]).toMatchObject([
      0,
      { preview: true, effect: { ended: { count: 3 } } },
    ]);
    expect(changes(api)).toEqual([]);
    expect((await withApi(api, ...set, '--confirm', '3')).exitCode).toBe(0);
    expect(changes(api)[0]?.query).toEqual({ confirm: '3' });
    const receipt = await withApi(api, ...set, '--yes', '--json');
    expect(receipt.json()).toEqual([receiptOf(3)]);
  });

  it('[AD11] --yes goes on while the number moves; --confirm stands by its number', async () => {
    let hits = 1;
    await using api = await startFakeApi({
      'GET /apps/7/policy': () => ({ body: policy, etag: '"9"' }),
      'PUT /apps/7/policy': (request) => {
        if (request.query['preview'] === 'true') return changing(hits)(request);
        if (request.query['confirm'] === '3') return changing(3)(request);
        hits += 1;
        return problem('confirmMismatch');
      },
    });
    const set = ['policy', 'set', '--app', '7', 'forced=true'];
    const moved = await withApi(api, ...set, '--confirm', '1');
    expect([moved.exitCode, moved.err.includes('901013')]).toEqual([1, true]);
    hits = 1;
    expect((await withApi(api, ...set, '--yes')).exitCode).toBe(0);
  });

  it('[TK10b] a token to revoke is opened here and named by its digest; the token itself is not sent', async () => {
    await using api = await startFakeApi({ 'POST /apps/7/revocations': changing(0) });
    const secret = 'canary-secret-of-32-bytes-000001';
    const file = join(api.folder, 'token');
    const minted = await runTyped(['token', 'mint', '--app', '7', '--user', 'u', '--temporary'], {
      env: { ROOMKEY_SECRET: secret },
    });
    writeFileSync(file, minted.out);
    const secretFile = join(api.folder, 'secret');
    writeFileSync(secretFile, secret);
    const revoke = ['revoke', '--app', '7', '--token-file', file, '--yes'];
    expect((await withApi(api, ...revoke, '--secret-file', secretFile)).exitCode).toBe(0);
    const opened = openToken(
      minted.out.trim(),
      createKeyring([createTokenKey({ id: 'k', secret })]),
      1_795_488_931,
    );
    expect(changes(api)[0]?.body).toEqual({
      target: { kind: 'token', digest: opened.ok ? opened.digest : '' },
    });
    writeFileSync(secretFile, 'another-secret-of-32-bytes-00001');
    const refused = await withApi(api, ...revoke, '--secret-file', secretFile);
    expect([refused.exitCode, refused.err.includes('1002033')]).toEqual([1, true]);
  });

  it('[CF2] set names every unknown field at once, with the nearest, and changes nothing', async () => {
    await using api = await startFakeApi(routes(0));
    const answer = await withApi(api, 'policy', 'set', '--app', '7', 'force=true', 'expire=hard', '--yes');
    expect(answer.exitCode).toBe(2);
    expect(answer.err).toContain('force → forced');
    expect(answer.err).toContain('expire → expiry');
    expect(changes(api)).toEqual([]);
  });

  it('[CLI3] set takes a file with comments; restore brings a version back', async () => {
    await using api = await startFakeApi(routes(0));
    const file = join(api.folder, 'policy.json');
    writeFileSync(file, '{ "forced": true, // only tokens\n "cbc": "deny" }');
    expect((await withApi(api, 'policy', 'set', '--app', '7', '--file', file)).exitCode).toBe(0);
    expect(changes(api)[0]?.body).toEqual({ policy: { forced: true, expiry: 'soft', cbc: 'deny' } });
    writeFileSync(file, '[1]');
    expect((await withApi(api, 'policy', 'set', '--app', '7', '--file', file)).exitCode).toBe(2);
    expect((await withApi(api, 'policy', 'restore', '2', '--app', '7')).exitCode).toBe(0);
    expect((await withApi(api, 'policy', 'restore', 'two', '--app', '7')).exitCode).toBe(2);
  });

  it('[CLI3] history goes page by page up to the limit', async () => {
    const version = (number: number) => ({
      version: number,
      kind: 'active',
      changedBy: 'cli',
      changedAt: 0,
      why: null,
      changes: [{ field: 'forced', from: false, to: true }],
    });
    await using api = await startFakeApi({
      'GET /apps/7/policy/history': ({ query }) => ({
        body:
          query['cursor'] === undefined
            ? { items: [version(3), version(2)], nextCursor: 'c' }
            : { items: [version(1)], nextCursor: null },
      }),
    });
    const answer = await withApi(api, 'policy', 'history', '--app', '7', '--limit', '3');
    expect(
      answer.out
        .split('\n')
        .slice(1, 4)
        .map((line) => line[0]),
    ).toEqual(['3', '2', '1']);
    expect(answer.out).toContain('forced: false → true');
  });
});

describe('sessions and revocations', () => {
  it('[CLI3] kick shows the sessions selected, needs a selection and a yes', async () => {
    await using api = await startFakeApi({
      'GET /apps/7/sessions': () => ({ body: { total: 1, items: [hit] } }),
      'POST /apps/7/sessions/kick': () => ({ body: { ended: { count: 1, sessions: [hit] } } }),
    });
    expect((await withApi(api, 'sessions', 'kick', '--app', '7', '--yes')).exitCode).toBe(2);
    const unasked = await withApi(api, 'sessions', 'kick', '--app', '7', '--user', 'demo');
    expect(unasked.exitCode).toBe(1);
    expect(unasked.out).toContain('sess-1');
    expect(changes(api)).toEqual([]);
    const kicked = await withApi(api, 'sessions', 'kick', '--app', '7', '--user', 'demo', '--yes');
    expect(kicked.exitCode).toBe(0);
    expect(changes(api)[0]?.body).toEqual({ userId: 'demo' });
    expect((await withApi(api, 'sessions', 'list', '--app', '7')).out).toContain('room1');
  });

  it('[AD11] revoke previews, asks even when nobody is hit, and shows the receipt', async () => {
    await using api = await startFakeApi({ 'POST /apps/7/revocations': changing(0) });
    const revoke = ['revoke', '--app', '7', '--user', 'demo'];
    expect((await withApi(api, ...revoke)).exitCode).toBe(1);
    expect((await withApi(api, ...revoke, '--preview')).exitCode).toBe(0);
    expect(changes(api)).toEqual([]);
    const done = await withApi(api, ...revoke, '--yes', '--margin', '30');
    expect(done.exitCode).toBe(0);
    expect(done.out).toContain('AppSign');
    expect(changes(api)[0]?.body).toEqual({ target: { kind: 'user', userId: 'demo' }, marginSeconds: 30 });
  });

  it.each([
    [['--room', 'r'], { kind: 'room', roomId: 'r' }],
    [['--session', 's'], { kind: 'session', sessionId: 's' }],
    [['--secret', 's1'], { kind: 'secret', secretId: 's1' }],
    [['--digest', 'ab'.repeat(32)], { kind: 'token', digest: 'ab'.repeat(32) }],
    [['--issued-before', '1700000000'], { kind: 'issuedBefore', atSeconds: 1_700_000_000 }],
    [['--issued-before', '2026-11-24T02:55:30Z'], { kind: 'issuedBefore', atSeconds: 1_795_488_930 }],
    [['--issued-before', 'now'], { kind: 'issuedBefore', atSeconds: 1_795_488_930 }],
  ])('[AD11] revoke %j', async (typed, target) => {
    await using api = await startFakeApi({ 'POST /apps/7/revocations': changing(0) });
    expect((await withApi(api, 'revoke', '--app', '7', ...typed, '--yes')).exitCode).toBe(0);
    expect(changes(api)[0]?.body).toEqual({ target });
  });

  it.each([[[]], [['--user', 'u', '--room', 'r']], [['--digest', 'zz']], [['--issued-before', 'yesterday']]])(
    '[CLI3] revoke refuses %j',
    async (typed) => {
      expect((await runTyped(['revoke', '--app', '7', ...typed, '--yes'])).exitCode).toBe(2);
    },
  );
});

describe('why', () => {
  const diagnosis = {
    error: 'noToken',
    code: 1002067,
    claims: { userId: 'de\u001bmo', appId: 7 },
    trace: [
      { check: 'forced', expected: 'a token', got: 'appSign', verdict: 'fail', hint: 'forced Token is on' },
      { check: 'room', expected: 'r', got: 'r', verdict: 'pass' },
    ],
    hint: { id: 'forced', en: 'get a token', zh: '获取 Token' },
  };

  it('[AD13] asks the apps in turn and shows the trace, the claims and the hint', async () => {
    await using api = await startFakeApi({
      'GET /apps': () => ({ body: { items: [{ ...app, appId: 3 }, app], nextCursor: null } }),
      'GET /apps/7/diagnoses/d1': () => ({ body: { diagnosisId: 'd1', dropped: false, diagnosis } }),
      'GET /apps/7/diagnoses/d2': () => ({ body: { diagnosisId: 'd2', dropped: true, alike: 12 } }),
    });
    const answer = await withApi(api, 'why', 'd1');
    expect(answer.exitCode).toBe(0);
    expect(answer.out).toMatch(/forced +a token +appSign +fail +forced Token is on/);
    expect(answer.out).toContain('claims.userId  demo');
    expect(answer.out).toContain('get a token');
    const json = await withApi(api, 'why', 'd1', '--json');
    expect(json.json()).toEqual([{ appId: 7, diagnosisId: 'd1', dropped: false, diagnosis }]);
    expect((await withApi(api, 'why', 'd2', '--app', '7')).out).toContain('12');
    const unknown = await withApi(api, 'why', 'd3');
    expect([unknown.exitCode, unknown.err.includes('901003')]).toEqual([1, true]);
  });
});
