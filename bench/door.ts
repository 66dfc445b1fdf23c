import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestClient } from '@roomkey/server/testing';
import { createTokenKey, mintToken, type TokenKey } from '@roomkey/token';
import { WebSocket } from 'ws';
import { percentile, round, spreadOf } from './measure.ts';
import { type MeasuredServer, startMeasured } from './measured-server.ts';

const perRound = 400;
const rounds = 5;
const atOnce = 16;

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

const keyOf = ({ started }: MeasuredServer): TokenKey =>
  createTokenKey({ id: 'k', secret: started.secret, appId: started.appId });

async function enter(
  server: MeasuredServer,
  key: TokenKey,
  user: { readonly id: string; readonly room?: string; readonly seconds?: number },
): Promise<TestClient> {
  const now = Math.floor(Date.now() / 1_000);
  const { appId } = server.started;
  const token = mintToken({ appId, userId: user.id, expiresInSeconds: user.seconds ?? 3_600, key }, now);
  const client = await TestClient.greeted(server.wsUrl);
  const answer = await client.login({
    appId,
    roomId: user.room ?? `room-${user.id}`,
    userId: user.id,
    token,
  });
  if (answer.t !== 'ok') throw new Error(`a login was refused: ${String(answer['name'])}`);
  return client;
}

async function cpuOf(server: MeasuredServer, work: () => Promise<void>): Promise<number> {
  const before = await server.figures();
  await work();
  return (await server.figures()).cpuMicros - before.cpuMicros;
}

async function echoOnce(url: string): Promise<void> {
  const socket = new WebSocket(url);
  await new Promise<void>((resolve, reject) => {
    let left = 2;
    socket.on('open', () => socket.send('x'.repeat(300)));
    socket.on('message', () => (--left > 0 ? socket.send('x'.repeat(300)) : socket.close()));
    socket.on('close', () => resolve());
    socket.on('error', reject);
  });
}

/** Logins per second of the server's CPU (all threads, records durable) beside connect, two echoes, close. */
export async function benchLogins(): Promise<object> {
  await using server = await startMeasured('roomkey');
  await using echo = await startMeasured('echo');
  const key = keyOf(server);
  const logins: number[] = [];
  const echoes: number[] = [];
  for (let turn = -1; turn < rounds; turn++) {
    const cpu = await cpuOf(server, () =>
      inParallel(perRound, async (index) => {
        const client = await enter(server, key, { id: `u${turn}-${index}` });
        client.terminate();
      }),
    );
    const bare = await cpuOf(echo, () => inParallel(perRound, () => echoOnce(echo.wsUrl)));
    if (turn < 0) continue;
    logins.push((perRound * 1e6) / cpu);
    echoes.push((perRound * 1e6) / bare);
  }
  const [ours, bare] = [spreadOf(logins), spreadOf(echoes)];
  const { longestStopMs } = await server.figures();
  return {
    loginsPerCpuSecond: [ours.median, ours.min, ours.max].map(Math.round),
    echoesPerCpuSecond: [bare.median, bare.min, bare.max].map(Math.round),
    ratio: round(ours.median / bare.median),
    longestStopMs: round(longestStopMs, 1),
  };
}

/** Resident memory per idle session at 5 000, in 250 rooms. */
export async function benchMemory(): Promise<object> {
  const sessions = 5_000;
  const rooms = 250;
  await using server = await startMeasured('roomkey');
  const key = keyOf(server);
  const clients: TestClient[] = [];
  const keep = async (index: number): Promise<void> =>
    void clients.push(await enter(server, key, { id: `m${index}`, room: `room-${index % rooms}` }));
  await inParallel(500, (index) => keep(index));
  const before = await server.figures();
  await inParallel(sessions, (index) => keep(500 + index));
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const after = await server.figures();
  for (const client of clients) client.terminate();
  return {
    sessions,
    rooms,
    kibPerSession: round((after.rssBytes - before.rssBytes) / sessions / 1_024, 1),
    rssMib: round(after.rssBytes / 2 ** 20, 0),
    longestStopMs: round(after.longestStopMs, 1),
  };
}

/** How late 5 000 hard ends arrive that are due within one minute. */
export async function benchEnds(): Promise<object> {
  const sessions = 5_000;
  await using server = await startMeasured('roomkey');
  const key = keyOf(server);
  const lateness: number[] = [];
  const ended: Promise<void>[] = [];
  const begun = Date.now();
  await inParallel(sessions, async (index) => {
    // All are in before the first ends: the ends are due 60 to 120 s after the begin.
    const seconds = 60 + Math.floor((index * 60) / sessions) - Math.floor((Date.now() - begun) / 1_000);
    const dueAt = (Math.floor(Date.now() / 1_000) + seconds) * 1_000;
    const client = await enter(server, key, { id: `e${index}`, seconds });
    ended.push(client.closed.then(() => void lateness.push(Date.now() - dueAt)));
  });
  const entered = round((Date.now() - begun) / 1_000, 1);
  await server.figures();
  await Promise.all(ended);
  const { longestStopMs } = await server.figures();
  lateness.sort((one, other) => one - other);
  return {
    sessions,
    enteredInSeconds: entered,
    latenessMs: { p50: percentile(lateness, 0.5), p99: percentile(lateness, 0.99), max: lateness.at(-1) },
    longestStopMs: round(longestStopMs, 1),
  };
}

/** From the start of the process to serving logins: a new data folder, then the same one again. */
export async function benchStart(): Promise<object> {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const folder = mkdtempSync(join(tmpdir(), 'roomkey-bench-'));
    for (const figures of [cold, warm]) {
      const server = await startMeasured('roomkey', folder);
      figures.push(server.readyMs);
      await server[Symbol.asyncDispose]();
    }
    rmSync(folder, { recursive: true, force: true });
  }
  return { coldMs: spreadOf(cold.map(Math.round)), warmMs: spreadOf(warm.map(Math.round)) };
}
