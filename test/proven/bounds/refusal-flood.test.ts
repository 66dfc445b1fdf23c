import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { signalPath, subprotocol } from '@roomkey/protocol';
import { createTokenKey, mintToken } from '@roomkey/token';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  FakeClock,
  startTestServer,
  TestClient,
  type TestServer,
} from '../../../packages/server/src/testing/index.ts';

const mebibyte = 1024 * 1024;
const strangers = 5_200;
const atOnce = 64;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

/** Bytes of the ledger on disk, its log included. */
function ledgerBytes({ dataDir }: TestServer): number {
  const files = readdirSync(dataDir).filter((name) => name.startsWith('ledger.db'));
  return files.reduce((sum, name) => sum + statSync(join(dataDir, name)).size, 0);
}

/** Comes from an address of its own under a name and a version of its own, with a token that nobody made. */
async function comeAsStranger({ wsUrl }: TestServer, appId: number, at: number): Promise<string> {
  const address = `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;
  const socket = new WebSocket(`${wsUrl}${signalPath}`, [subprotocol], {
    headers: { 'x-forwarded-for': address },
  });
  const answered = new Promise<string>((resolve, reject) => {
    // Several frames may come in one turn, so they are listened for all the time.
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as { id: number; t: string; name: string };
      if (frame.id === 2) resolve(frame.t === 'error' ? frame.name : frame.t);
    });
    socket.once('close', (code) => reject(new Error(`closed with ${code} before the answer`)));
  });
  try {
    await once(socket, 'open');
    const greeting = { protocol: 1, product: 'video', platform: 'linux', sdk: 'test', features: [] };
    socket.send(JSON.stringify({ t: 'hello', id: 1, sdkVersion: `9.${at}.0`, ...greeting }));
    const token = `04${Buffer.from(`forged ${at}`.padEnd(200, 'x')).toString('base64')}`;
    const user = { userId: `stranger${at}`, userName: 'x'.repeat(200) };
    socket.send(JSON.stringify({ t: 'login', id: 2, appId, roomId: `room${at}`, user, token }));
    return await answered;
  } finally {
    socket.terminate();
  }
}

async function flood(test: TestServer, appId: number, from: number, to: number): Promise<Set<string>> {
  const answers = new Set<string>();
  let next = from;
  const comeAndCome = async (): Promise<void> => {
    while (next < to) answers.add(await comeAsStranger(test, appId, next++));
  };
  await Promise.all(Array.from({ length: atOnce }, comeAndCome));
  return answers;
}

describe('a flood of strangers who are refused', () => {
  it('[MG1a][AD10][AD13] fills neither memory nor disk, and a guest still enters', async () => {
    const clock = new FakeClock();
    await using test = await startTestServer({
      clock,
      config: { trustedProxies: ['127.0.0.1/32'], logLevel: 'info' },
    });
    const { appId, secret } = await test.importApp();
    await flood(test, appId, 0, 200);
    const before = { heap: heapBytes(), ledger: ledgerBytes(test), log: test.log.length };
    const answers = await flood(test, appId, 200, strangers);
    const heapGrowth = heapBytes() - before.heap;
    expect(answers).not.toContain('ok');
    expect(heapGrowth).toBeLessThan(24 * mebibyte);
    expect(ledgerBytes(test) - before.ledger).toBeLessThan(2 * mebibyte);

    const counters = await countersOf(test, appId);
    expect(counters.logins).toEqual([]);
    // 5 000 cells of networks, and one that takes all others in (MG1a).
    expect(counters.refused.length).toBeLessThanOrEqual(5_001);
    const counted = counters.refused.reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(strangers);
    expect(await test.server.ledger.logins({ appId, limit: strangers })).toEqual([]);
    // The clock stands: what its bucket holds is all that is kept.
    const kept = await test.server.ledger.diagnoses(appId, strangers);
    expect(kept.length).toBeLessThanOrEqual(200);
    expect(kept.length).toBeGreaterThan(0);

    // The controls: a guest enters in spite of the flood, and one whom a real token names leaves a record when refused.
    const key = createTokenKey({ id: 'k', secret, appId });
    const now = Math.floor(clock.wallMs() / 1_000);
    const token = mintToken({ appId, userId: 'guest', expiresInSeconds: 600, key }, now);
    await using guest = await TestClient.greeted(test.wsUrl);
    expect(await guest.login({ appId, roomId: 'r', userId: 'other', token })).toMatchObject({ t: 'error' });
    expect(await guest.login({ appId, roomId: 'r', userId: 'guest', token })).toMatchObject({ t: 'ok' });
    const rows = await test.server.ledger.logins({ appId, limit: 10 });
    expect(rows.map(({ userId }) => userId).sort()).toEqual(['guest', 'other']);
  });
});

interface Counters {
  readonly logins: readonly object[];
  readonly refused: readonly { readonly count: number }[];
}

/** As the owner sees them. */
async function countersOf({ server }: TestServer, appId: number): Promise<Counters> {
  const { text } = await server.keys.create(
    { name: 'test', scopes: ['read', 'diagnose'], appIds: null },
    { name: 'test' },
  );
  const answer = await fetch(`${server.url}/api/v1/apps/${appId}/counters`, {
    headers: { authorization: `Bearer ${text}` },
  });
  return (await answer.json()) as Counters;
}
