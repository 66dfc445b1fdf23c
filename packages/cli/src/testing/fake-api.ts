import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { errorByName, type RoomkeyErrorName } from '@roomkey/protocol';
import { makeFolder } from './run-typed.ts';

/** A request as the fake saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** What the fake answers; `etag` goes into the header. */
export interface FakeAnswer {
  readonly status?: number;
  readonly body: unknown;
  readonly etag?: string;
}

/** An owner API on a port of its own, with a data directory that names it as a running server would. */
export interface FakeApi extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  readonly apiKey: string;
  readonly seen: readonly SeenRequest[];
}

/** A problem as the server writes it. */
export function problem(name: RoomkeyErrorName, details: readonly string[] = []): FakeAnswer {
  const { code, httpStatus: status, en, zh } = errorByName(name);
  return { status, body: { type: 'x', title: 'x', status, code, name, detail: en, en, zh, details } };
}

/** Starts a fake that answers by `METHOD /path` below `/api/v1`; what is not named is `notFound`. */
export async function startFakeApi(
  routes: Readonly<Record<string, (request: SeenRequest) => FakeAnswer>>,
): Promise<FakeApi> {
  const seen: SeenRequest[] = [];
  const apiKey = 'rk_fake_key_canary';
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://fake');
      const text = await readAll(request);
      const found: SeenRequest = {
        method: request.method ?? '',
        path: url.pathname.replace('/api/v1', ''),
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
      seen.push(found);
      const authorized = request.headers.authorization === `Bearer ${apiKey}`;
      const route = routes[`${found.method} ${found.path}`];
      const answer = authorized ? (route?.(found) ?? problem('notFound')) : problem('unauthorized');
      response.writeHead(answer.status ?? 200, {
        'content-type': 'application/json',
        ...(answer.etag === undefined ? {} : { etag: answer.etag }),
      });
      response.end(JSON.stringify(answer.body));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = makeFolder();
  writeFileSync(join(folder, 'endpoint.json'), JSON.stringify({ url, pid: process.pid, startedAt: 0 }));
  writeFileSync(join(folder, 'api-key'), `${apiKey}\n`);
  chmodSync(join(folder, 'api-key'), 0o600);
  return {
    url,
    folder,
    apiKey,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
