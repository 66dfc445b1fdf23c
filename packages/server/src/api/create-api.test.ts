import { request as httpRequest } from 'node:http';
import { errorTable } from '@roomkey/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestApp, TestClient, type TestServer } from '#testing';
import { scopes } from './api-keys.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever field it expects and fails if it is not there.
  readonly body: any;
}
interface Sent {
  readonly body?: unknown;
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

let server: TestServer;
let app: TestApp;
let key: string;

beforeAll(async () => {
  server = await startTestServer();
  app = await server.importApp();
  key = (await server.server.keys.create({ name: 'owner', scopes, appIds: null }, { name: 'test' })).text;
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function call(method: string, path: string, sent: Sent = {}): Promise<Answer> {
  const body = sent.raw ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body));
  const response = await fetch(`${server.server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...sent.headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

const ofApp = (rest: string, appId = app.appId) => `/api/v1/apps/${appId}${rest}`;

/** A guest whom AppSign let into a room of the app. */
async function enterByAppSign(given: TestApp, userId: string): Promise<TestClient> {
  const client = await TestClient.connect(server.wsUrl);
  await client.hello();
  await client.login({ appId: given.appId, roomId: 'r', userId, appSign: given.appSign });
  return client;
}

test('[API1] every refusal is a problem with number, name, both languages and the page of the error', async () => {
  const answer = await call('GET', ofApp('', 4294967295));
  const row = errorTable.find((each) => each.name === 'notFound');
  expect(answer.status).toBe(404);
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.body).toEqual({
    type: 'docs/errors.md#notfound',
    title: expect.any(String),
    status: 404,
    code: row?.code,
    name: 'notFound',
    detail: row?.en,
    en: row?.en,
    zh: row?.zh,
    details: [],
  });
  expect((await call('GET', '/api/v1/nowhere')).body).toMatchObject({ name: 'notFound' });
  expect((await call('GET', '/%zz')).body).toMatchObject({ name: 'notFound' });
  expect((await call('PUT', '/healthz')).body).toMatchObject({ name: 'notFound' });
});

test('[SC2] what no schema knows is refused: keys, types, queries, sizes, depth, media', async () => {
  const path = ofApp('/sessions/kick');
  const problem = async (sent: Sent, at = path) => (await call('POST', at, sent)).body;
  expect(await problem({ body: { userId: 'u', extra: 1 } })).toMatchObject({
    name: 'validation',
    details: ['body: unknown key extra'],
  });
  expect(await problem({ body: { userId: 7 } })).toMatchObject({ name: 'validation' });
  expect(await problem({ raw: '{"userId":' })).toMatchObject({ name: 'validation' });
  expect(await problem({ raw: '{"__proto__":{"a":1},"userId":"u"}' })).toMatchObject({ name: 'validation' });
  expect(await problem({ raw: '['.repeat(20_000) })).toMatchObject({
    name: 'validation',
    details: ['body: nested too deep'],
  });
  expect(await problem({ body: { userId: 'u'.repeat(70_000) } })).toMatchObject({
    name: 'tooLarge',
    status: 413,
  });
  const asText = { raw: 'userId=u', headers: { 'content-type': 'text/plain' } };
  expect(await problem(asText)).toMatchObject({ name: 'unsupportedMedia', status: 415 });
  const bent = { body: { userId: 'u', seconds: '60' } };
  expect(await problem(bent, ofApp('/forbids'))).toMatchObject({ name: 'validation' });
  for (const query of ['?extra=1', '?limit=0', '?limit=1e2', '?limit=0x10', '?limit=1&limit=2', '?limit=']) {
    expect((await call('GET', ofApp(`/sessions${query}`))).body).toMatchObject({ name: 'validation' });
  }
  // Control: the same routes take what they know.
  expect((await call('POST', path, { body: { userId: 'u' } })).body).toEqual({
    ended: { count: 0, sessions: [] },
  });
  expect((await call('GET', ofApp('/sessions?limit=16'))).status).toBe(200);
});

test('[SC2] an app has one spelling in a path', async () => {
  for (const spelling of [
    `0${app.appId}`,
    `${app.appId}.0`,
    `+${app.appId}`,
    '1e9',
    '-1',
    '0',
    '4294967296',
  ]) {
    expect((await call('GET', `/api/v1/apps/${spelling}`)).status).toBe(404);
  }
  expect((await call('GET', ofApp(''))).status).toBe(200);
});

test('[SC5] every answer carries the headers that keep browsers out; HSTS only under https', async () => {
  for (const path of ['/healthz', '/api/v1/apps', '/api/v1/nowhere', '/%zz']) {
    const { headers } = await call('GET', path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('strict-transport-security')).toBeNull();
  }
  await using secure = await startTestServer({ config: { publicUrl: 'https://door.example' } });
  const response = await fetch(`${secure.server.url}/healthz`);
  expect(response.headers.get('strict-transport-security')).toContain('max-age=');
});

test('[API1] two owners never overwrite each other: a policy changes only on the version that was read', async () => {
  const mine = await server.importApp();
  const path = ofApp('/policy', mine.appId);
  const read = await call('GET', path);
  const etag = read.headers.get('etag') ?? '';
  const body = { policy: { ...read.body.policy, expiry: 'hard' }, why: 'first' };
  expect((await call('PUT', path, { body })).body).toMatchObject({
    name: 'preconditionRequired',
    status: 428,
  });
  const first = await call('PUT', path, { body, headers: { 'if-match': etag } });
  expect(first).toMatchObject({ status: 200, body: { applied: true, silentNodes: [] } });
  const second = { policy: { ...read.body.policy, checkLogin: true } };
  const conflict = await call('PUT', path, { body: second, headers: { 'if-match': etag } });
  expect(conflict.body).toMatchObject({ name: 'versionConflict', status: 412 });
  const now = await call('GET', path);
  expect(now.body.policy).toMatchObject({ expiry: 'hard', checkLogin: false });
  expect(now.headers.get('etag')).toBe(first.headers.get('etag'));
  const odd = await call('PUT', path, { body: second, headers: { 'if-match': '"1" or so' } });
  expect(odd.status).toBe(412);
});

test('[API1] a policy with an unknown or wrong field is refused with its path', async () => {
  const path = ofApp('/policy');
  const read = await call('GET', path);
  const headers = { 'if-match': read.headers.get('etag') ?? '' };
  const wrong = { ...read.body.policy, expiry: 'never', forcd: true };
  const { body, status } = await call('PUT', path, { body: { policy: wrong }, headers });
  expect(status).toBe(400);
  expect(body.details.join('\n')).toContain('expiry');
  expect(body.details.join('\n')).toContain('forcd');
  expect((await call('GET', path)).body).toEqual(read.body);
});

test('[API1] history says who, when, why and what changed; a version can be restored', async () => {
  const mine = await server.importApp();
  const path = ofApp('/policy', mine.appId);
  const change = async (policy: object, why: string): Promise<void> => {
    const read = await call('GET', path);
    const headers = { 'if-match': read.headers.get('etag') ?? '' };
    const answer = await call('PUT', path, {
      body: { policy: { ...read.body.policy, ...policy }, why },
      headers,
    });
    expect(answer.status).toBe(200);
  };
  await change({ expiry: 'hard' }, 'ends must be hard');
  await change({ checkLogin: true }, 'rooms in tokens count');
  const page = await call('GET', `${path}/history?limit=2`);
  expect(page.body.items).toMatchObject([
    { why: 'rooms in tokens count', changedBy: expect.stringMatching(/^api-key:/), changes: [{ to: true }] },
    { why: 'ends must be hard', changes: [{ from: 'soft', to: 'hard' }] },
  ]);
  const rest = await call('GET', `${path}/history?limit=2&cursor=${page.body.nextCursor}`);
  expect(rest.body).toMatchObject({ items: [{ version: 1 }], nextCursor: null });
  const etag = (await call('GET', path)).headers.get('etag') ?? '';
  expect((await call('POST', `${path}/restore/1`, {})).status).toBe(428);
  const restored = await call('POST', `${path}/restore/1`, { headers: { 'if-match': etag } });
  expect(restored.status).toBe(200);
  expect((await call('GET', path)).body).toMatchObject({
    policyVersion: 4,
    policy: { expiry: 'soft', checkLogin: false },
  });
  const nowhere = await call('POST', `${path}/restore/99`, {
    headers: { 'if-match': restored.headers.get('etag') ?? '' },
  });
  expect(nowhere.status).toBe(404);
});

test('[API1] a preview changes nothing; forcing Token over running sessions needs their number repeated', async () => {
  const mine = await server.importApp({ onForce: { mode: 'end' } });
  const guests = [await enterByAppSign(mine, 'a'), await enterByAppSign(mine, 'b')];
  const path = ofApp('/policy', mine.appId);
  const read = await call('GET', path);
  const sent = {
    body: { policy: { ...read.body.policy, forced: true } },
    headers: { 'if-match': read.headers.get('etag') ?? '' },
  };
  const preview = await call('PUT', `${path}?preview=true`, sent);
  expect(preview.body).toMatchObject({ preview: true, effect: { judged: 2, ended: { count: 2 } } });
  expect((await call('GET', path)).body).toEqual(read.body);
  for (const query of ['', '?confirm=1', '?confirm=3']) {
    const refused = await call('PUT', `${path}${query}`, sent);
    expect(refused.body).toMatchObject({ name: 'confirmMismatch', status: 409 });
    expect(refused.body.details.join(' ')).toContain('2');
  }
  expect((await call('GET', ofApp('/sessions', mine.appId))).body.total).toBe(2);
  const done = await call('PUT', `${path}?confirm=2`, sent);
  const users = done.body.effect.ended.sessions.map((session: { userId: string }) => session.userId);
  expect(users.sort()).toEqual(['a', 'b']);
  expect((await call('GET', ofApp('/sessions', mine.appId))).body.total).toBe(0);
  await Promise.all(guests.map((guest) => guest.closed));
});

test('[API1] sessions are listed a page at a time, also when one leaves between two pages, and can be ended', async () => {
  const mine = await server.importApp();
  const users = ['u1', 'u2', 'u3', 'u4', 'u5'];
  const guests: TestClient[] = [];
  for (const user of users) guests.push(await enterByAppSign(mine, user));
  const path = ofApp('/sessions', mine.appId);
  const idsOf = (answer: Answer) => answer.body.items.map((each: { userId: string }) => each.userId);
  const first = await call('GET', `${path}?limit=2`);
  expect(first.body.total).toBe(5);
  const last = first.body.items[1];
  const ended = await call('DELETE', `${path}/${last.sessionId}`);
  expect(ended.body).toMatchObject({ ended: { count: 1, sessions: [{ userId: last.userId }] } });
  expect((await call('DELETE', `${path}/${last.sessionId}`)).status).toBe(404);
  guests.push(await enterByAppSign(mine, 'newest'));
  const second = await call('GET', `${path}?limit=2&cursor=${first.body.nextCursor}`);
  const third = await call('GET', `${path}?limit=2&cursor=${second.body.nextCursor}`);
  const seen = [first, second, third].flatMap(idsOf);
  expect(new Set(seen)).toEqual(new Set(users));
  expect(third.body.nextCursor).toBeNull();
  const kicked = await call('POST', `${path}/kick`, { body: { userId: 'u1' } });
  expect(kicked.body.ended.count).toBe(1);
  expect((await call('POST', `${path}/kick`, { body: {} })).body).toMatchObject({ name: 'validation' });
  const odd = await call('GET', `${path}?cursor=${Buffer.from('["a"]').toString('base64url')}`);
  expect(odd.body).toMatchObject({ name: 'validation' });
  for (const guest of guests) guest.terminate();
});

test('[API1] a revocation is previewed, done and listed; its receipt names the sessions that were closed', async () => {
  const mine = await server.importApp();
  const guest = await enterByAppSign(mine, 'gone');
  const stays = await enterByAppSign(mine, 'stays');
  const path = ofApp('/revocations', mine.appId);
  const body = { target: { kind: 'user', userId: 'gone' }, why: 'left the company' };
  const preview = await call('POST', `${path}?preview=true`, { body });
  expect(preview.body).toMatchObject({ preview: true, effect: { ended: { count: 1 } } });
  expect((await call('GET', path)).body.items).toEqual([]);
  const done = await call('POST', path, { body });
  expect(done.body).toMatchObject({ applied: true, effect: { ended: { sessions: [{ userId: 'gone' }] } } });
  expect((await call('GET', path)).body.items).toMatchObject([
    { target: { kind: 'user', userId: 'gone' }, reason: 'left the company' },
  ]);
  await guest.closed;
  stays.terminate();
});

test('[API1] a forbid rule is made, listed and lifted', async () => {
  const mine = await server.importApp();
  const path = ofApp('/forbids', mine.appId);
  await call('POST', path, { body: { userId: 'u', roomId: 'r', seconds: 60 } });
  const listed = await call('GET', path);
  expect(listed.body.items).toMatchObject([{ userId: 'u', roomId: 'r' }]);
  expect((await call('POST', path, { body: { seconds: 60 } })).status).toBe(400);
  expect((await call('DELETE', `${path}/${listed.body.items[0].ruleId}`)).status).toBe(200);
  expect((await call('GET', path)).body.items).toEqual([]);
});

test('[API1] a write with an Idempotency-Key happens once; another body under it is a conflict', async () => {
  const mine = await server.importApp();
  const path = ofApp('/forbids', mine.appId);
  const headers = { 'idempotency-key': 'once' };
  const body = { userId: 'u', seconds: 60 };
  const [one, two] = await Promise.all([
    call('POST', path, { body, headers }),
    call('POST', path, { body, headers }),
  ]);
  // Two at once: one is done, the other is answered from it or told that it is under way.
  expect([one.status, two.status].filter((status) => status === 200).length).toBeGreaterThan(0);
  const again = await call('POST', path, { body, headers });
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect([one.text, two.text]).toContain(again.text);
  expect((await call('GET', path)).body.items).toHaveLength(1);
  const otherBody = await call('POST', path, { body: { ...body, seconds: 61 }, headers });
  expect(otherBody.body).toMatchObject({ name: 'idempotencyConflict', status: 409 });
  // A refusal changed nothing and is not kept: the same key may be used for what is right.
  const refused = { 'idempotency-key': 'refused first' };
  expect((await call('POST', path, { body: { seconds: 60 }, headers: refused })).status).toBe(400);
  expect((await call('POST', path, { body, headers: refused })).status).toBe(200);
});

test('[API2] a secret made here is shown once, and never kept for a repetition', async () => {
  const headers = { 'idempotency-key': 'make an app' };
  const made = await call('POST', '/api/v1/apps', { body: { name: 'shop' }, headers });
  expect(made.status).toBe(201);
  const { secrets, appSign, app: created } = made.body;
  expect(secrets[0].secret).toHaveLength(32);
  expect(appSign).toMatch(/^[0-9a-f]{64}$/);
  expect(created).toMatchObject({ name: 'shop', origin: 'new', forced: true });
  const again = await call('POST', '/api/v1/apps', { body: { name: 'shop' }, headers });
  expect(again.body).toMatchObject({ name: 'alreadyExists', details: [`/api/v1/apps/${created.appId}`] });
  for (const secret of [secrets[0].secret, appSign]) expect(again.text).not.toContain(secret);
});

test('[API2] a key gives no more than its maker has, and cannot revoke itself', async () => {
  const maker = await server.server.keys.create(
    { name: 'maker', scopes: ['secrets'], appIds: null },
    { name: 'test' },
  );
  const headers = { authorization: `Bearer ${maker.text}` };
  const wanted = (granted: readonly string[]) => ({
    body: { name: 'k', scopes: granted, appIds: null },
    headers,
  });
  expect((await call('POST', '/api/v1/keys', wanted(['secrets', 'policy']))).status).toBe(403);
  const made = await call('POST', '/api/v1/keys', wanted(['secrets']));
  expect(made.body.text).toMatch(/^rk_[0-9a-f]{8}_[0-9a-f]{64}_[0-9a-f]{8}$/);
  const listed = await call('GET', '/api/v1/keys', { headers });
  expect(listed.text).toContain(made.body.key.keyId);
  expect(listed.text).not.toContain(made.body.text);
  const self = await call('DELETE', `/api/v1/keys/${maker.key.keyId}`, { headers });
  expect(self.body).toMatchObject({ name: 'wrongState' });
  expect((await call('DELETE', `/api/v1/keys/${made.body.key.keyId}`, { headers })).status).toBe(200);
  const nobody = { body: { name: 'k', scopes: ['read'], appIds: [4294967295] } };
  expect((await call('POST', '/api/v1/keys', nobody)).body).toMatchObject({ name: 'validation' });
});

test('[SC4] secrets that came in never come out: not in answers, errors, logs, audit or figures', async () => {
  const canary = {
    appId: 777,
    appSign: 'c0ffee'.padEnd(64, 'a'),
    secret: 'canary-secret-of-32-bytes-000001',
  };
  const added = 'canary-secret-of-32-bytes-000002';
  const answers: string[] = [];
  const say = async (method: string, path: string, sent: Sent = {}): Promise<number> => {
    const answer = await call(method, path, sent);
    answers.push(answer.text, JSON.stringify([...answer.headers]));
    return answer.status;
  };
  const { appId, appSign, secret } = canary;
  const body = { appId, name: 'brought along', appSign, secrets: [secret] };
  const headers = { 'idempotency-key': 'canary' };
  expect(await say('POST', '/api/v1/apps/import', { body, headers })).toBe(201);
  await say('POST', '/api/v1/apps/import', { body, headers });
  await say('POST', '/api/v1/apps/import', { body });
  await say('POST', '/api/v1/apps/import', { body: { ...body, [secret]: 1, appSign: [appSign] } });
  await say('POST', '/api/v1/apps/import', { raw: `{"secrets":["${secret}", ${secret}` });
  await say('POST', '/api/v1/apps/import', {
    body: { ...body, appId: 778, secrets: [`${secret}-and-more`] },
  });
  const addBody = { secretId: 'next', secret: added };
  expect(await say('POST', '/api/v1/apps/777/secrets', { body: addBody })).toBe(201);
  await say('POST', '/api/v1/apps/777/secrets', { body: addBody });
  await say('POST', '/api/v1/apps/777/secrets', { body: { secretId: added, secret: 7 } });
  await say('PATCH', '/api/v1/apps/777/secrets/next', { body: { state: secret } });
  await say('GET', `/api/v1/apps/777/sessions?${secret}=1&cursor=${secret}`);
  for (const path of ['', '/secrets', '/policy', '/policy/history', '/counters', '/logins']) {
    await say('GET', `/api/v1/apps/777${path}`);
  }
  for (const path of ['/api/v1/apps', '/api/v1/audit', '/api/v1/keys', '/metrics']) await say('GET', path);
  const everything = [...answers, ...server.log].join('\n');
  for (const one of [secret, appSign, added, key]) expect(everything).not.toContain(one);
  // Control: the same search finds what is there, and a made secret does come out once.
  expect(everything).toContain('brought along');
  const made = await call('POST', '/api/v1/apps/777/secrets', { body: { secretId: 'made' } });
  expect(made.body.secretText).toHaveLength(32);
  expect((await call('GET', '/api/v1/apps/777/secrets')).text).not.toContain(made.body.secretText);
});

test('[API4] health and readiness answer anybody; the figures are Prometheus text for a key of the installation', async () => {
  const plain = async (path: string) => await fetch(`${server.server.url}${path}`);
  expect((await plain('/healthz')).status).toBe(200);
  expect(await (await plain('/readyz')).json()).toEqual({ ready: true, missing: [] });
  const guest = await enterByAppSign(app, 'counted');
  const { text, headers } = await call('GET', '/metrics');
  expect(headers.get('content-type')).toContain('text/plain');
  expect(text).toContain(`roomkey_sessions{app="${app.appId}",method="appSign"} 1`);
  for (const name of ['ledger_lag_seconds', 'ledger_gaps', 'revocations', 'event_loop_delay_seconds']) {
    expect(text).toContain(`roomkey_${name}`);
  }
  guest.terminate();
});

test('[API4] readiness says what is missing once the server drains', async () => {
  const draining = await startTestServer({ config: { drainGraceMs: 400 } });
  const guest = await TestClient.connect(draining.wsUrl);
  const drained = draining.server.drain();
  const answer = await fetch(`${draining.server.url}/readyz`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ ready: false, missing: ['draining'] });
  guest.terminate();
  await drained;
  await draining[Symbol.asyncDispose]();
});

test('[AD13] a diagnosis is told to who may, by its id alone', async () => {
  const mine = await server.importApp({ forced: true });
  const client = await TestClient.connect(server.wsUrl);
  await client.hello();
  const refused = await client
    .login({ appId: mine.appId, roomId: 'r', userId: 'u', appSign: mine.appSign })
    .catch((error: unknown) => error as { diagnosis?: string });
  client.terminate();
  expect(refused).toBeDefined();
  const listed = await call('GET', ofApp('/diagnoses', mine.appId));
  const { diagnosisId } = listed.body.items[0];
  const why = await call('GET', ofApp(`/diagnoses/${diagnosisId}`, mine.appId));
  expect(why.body).toMatchObject({ diagnosisId, dropped: false });
  expect(JSON.stringify(why.body.diagnosis)).toContain('noToken');
  expect((await call('GET', ofApp(`/diagnoses/${diagnosisId}`))).status).toBe(404);
  expect((await call('GET', ofApp('/diagnoses/unknown', mine.appId))).status).toBe(404);
});

test('[SC2] a request that is no HTTP gets no answer that echoes it', async () => {
  const { hostname, port } = new URL(server.server.url);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const request = httpRequest({ host: hostname, port, path: `/${'a'.repeat(20_000)}` }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
    request.end();
  });
  expect([404, 414, 431]).toContain(status);
});
