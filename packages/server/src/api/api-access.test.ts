import { readFileSync } from 'node:fs';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestApp, type TestServer } from '#testing';
import { guardRoutes, needs } from './access-rule.ts';
import { type KeyRequest, type Scope, scopes } from './api-keys.ts';
import { describeApi } from './create-api.ts';

interface Operation {
  readonly 'x-scope'?: Scope;
  readonly 'x-app-binding'?: 'path' | 'own' | 'all' | 'none';
}
interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Route extends Operation {
  readonly method: string;
  readonly path: string;
}

const document = (await describeApi()) as OpenApi;
const routes: readonly Route[] = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({
    ...operation,
    method: method.toUpperCase(),
    path,
  })),
);
const guarded = routes.filter((route) => route['x-scope'] !== undefined);
const open = routes.filter((route) => route['x-scope'] === undefined);
const named = (list: readonly Route[]) =>
  list.map((route) => [`${route.method} ${route.path}`, route] as const);

let server: TestServer;
let own: TestApp;
let other: TestApp;

beforeAll(async () => {
  server = await startTestServer();
  own = await server.importApp();
  other = await server.importApp();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function createKey(request: Partial<KeyRequest> = {}): Promise<string> {
  const wanted = { name: 'test', scopes, appIds: null, ...request };
  return (await server.server.keys.create(wanted, { name: 'test' })).text;
}

/** Calls a route as it stands in the document, with the own app in its path. */
async function call(route: Route, key?: string): Promise<{ status: number; name?: string; text: string }> {
  const path = route.path
    .replace('{appId}', String(own.appId))
    .replace('{version}', '1')
    .replace('{id}', 'none');
  const hasBody = route.method !== 'GET' && route.method !== 'DELETE';
  const response = await fetch(`${server.server.url}${path}`, {
    method: route.method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    },
    // No route takes this body: whoever passes the guard is stopped by the schema and changes nothing.
    ...(hasBody ? { body: '{"nothing":"of ours"}' } : {}),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const body = isJson ? (JSON.parse(text) as { name?: string }) : {};
  return { status: response.status, text, ...(body.name === undefined ? {} : { name: body.name }) };
}

describe('every route, from the document it describes itself in', () => {
  test('[API2] there are routes of every scope in use and of every binding', () => {
    expect(guarded.length).toBeGreaterThan(25);
    const inUse = new Set(guarded.map((route) => route['x-scope']));
    expect([...inUse].sort()).toEqual(['diagnose', 'policy', 'read', 'secrets', 'sessions']);
    expect(new Set(guarded.map((route) => route['x-app-binding']))).toEqual(
      new Set(['path', 'own', 'all', 'none']),
    );
  });

  test('[API4] only health answers without a key', () => {
    expect(open.map((route) => route.path).sort()).toEqual(['/healthz', '/readyz']);
  });

  test.each(named(guarded))('[API2] %s without a key is 401', async (_name, route) => {
    const answer = await call(route);
    // The address is asked to wait after ten failures; before that it is told that a key is missing.
    expect([401, 429]).toContain(answer.status);
    expect(['unauthorized', 'apiTooFrequent']).toContain(answer.name);
  });

  test.each(named(guarded.filter((route) => route['x-app-binding'] === 'path')))(
    "[API2] %s with another app's key is 404, as is an app that is not there",
    async (_name, route) => {
      const key = await createKey({ appIds: [other.appId] });
      expect(await call(route, key)).toMatchObject({ status: 404, name: 'notFound' });
      const nowhere = { ...route, path: route.path.replace('{appId}', '4294967295') };
      expect(await call(nowhere, await createKey())).toMatchObject({ status: 404, name: 'notFound' });
    },
  );

  test.each(named(guarded.filter((route) => route['x-app-binding'] === 'all')))(
    '[API2] %s with a key that is bound to an app is 403',
    async (_name, route) => {
      const key = await createKey({ appIds: [own.appId] });
      expect(await call(route, key)).toMatchObject({ status: 403, name: 'forbidden' });
    },
  );

  test.each(named(guarded))('[API2] %s without its scope is 403', async (_name, route) => {
    const others = scopes.filter((scope) => scope !== route['x-scope']);
    const key = await createKey({ scopes: others });
    expect(await call(route, key)).toMatchObject({ status: 403, name: 'forbidden' });
  });

  test.each(named(guarded))(
    '[API2] control: %s with the right key passes the guard',
    async (_name, route) => {
      const scope = route['x-scope'] ?? 'read';
      const answer = await call(route, await createKey({ scopes: [scope] }));
      expect([401, 403, 429, 500]).not.toContain(answer.status);
      // A GET is answered, or says that the thing of that id is not there; a write refuses the body.
      if (route.method === 'GET') expect([200, 404]).toContain(answer.status);
      else expect([400, 404, 428]).toContain(answer.status);
    },
  );
});

test('[API2] a list over several apps shows a bound key its own only', async () => {
  const bound = await createKey({ appIds: [own.appId] });
  const list = async (path: string, key: string) => (await call({ method: 'GET', path }, key)).text;
  expect(JSON.parse(await list('/api/v1/apps', bound)).items).toMatchObject([{ appId: own.appId }]);
  expect(JSON.parse(await list('/api/v1/apps', await createKey())).items).toHaveLength(2);
  const audit = JSON.parse(await list('/api/v1/audit', bound)) as { items: { appId: number | null }[] };
  expect(audit.items.length).toBeGreaterThan(0);
  expect(new Set(audit.items.map((entry) => entry.appId))).toEqual(new Set([own.appId]));
});

test('[API2] a revoked key opens nothing from then on', async () => {
  const { key, text } = await server.server.keys.create(
    { name: 'short', scopes: ['read'], appIds: null },
    { name: 'test' },
  );
  const apps = { method: 'GET', path: '/api/v1/apps' };
  expect(await call(apps, text)).toMatchObject({ status: 200 });
  await server.server.keys.revoke(key.keyId, { name: 'test' });
  expect([401, 429]).toContain((await call(apps, text)).status);
});

test('[API2] [SC1] a route without an access rule cannot be registered, nor one with the wrong binding', async () => {
  const app = fastify();
  guardRoutes(app, {
    keys: { find: async () => undefined } as never,
    attempts: { count: () => 0, size: 0 },
    addressOf: () => '',
    hasApp: () => true,
  });
  expect(() => app.get('/open', async () => 'x')).toThrow('declares no access rule');
  expect(() => app.get('/x/:appId', { config: needs('read', 'all') }, async () => 'x')).toThrow(
    'app binding',
  );
  expect(() => app.get('/x', { config: needs('read', 'path') }, async () => 'x')).toThrow('app binding');
  app.get('/fine/:appId', { config: needs('read', 'path') }, async () => 'x');
  await app.close();
});

test('[SC5] wrong keys are slowed down by address, and a right one from there still works', async () => {
  await using slowed = await startTestServer();
  const { text } = await slowed.server.keys.create(
    { name: 'right', scopes: ['read'], appIds: null },
    { name: 'test' },
  );
  const ask = (key: string) =>
    fetch(`${slowed.server.url}/api/v1/apps`, { headers: { authorization: `Bearer ${key}` } });
  const wrong = `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`;
  const statuses: number[] = [];
  for (let left = 12; left > 0; left -= 1) statuses.push((await ask(wrong)).status);
  expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
  const late = await ask(wrong);
  expect(late.status).toBe(429);
  expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await ask(text)).status).toBe(200);
});

test('[API1] the document is OpenAPI 3.1, is served, and the one checked in is current', async () => {
  const checkedIn = readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8');
  const plain = JSON.parse(JSON.stringify(document)) as OpenApi;
  expect(plain.openapi).toBe('3.1.0');
  expect(JSON.parse(checkedIn)).toEqual(plain);
  const served = await call({ method: 'GET', path: '/api/v1/openapi.json' }, await createKey());
  expect(JSON.parse(served.text)).toEqual(plain);
});
