import { limits } from '@roomkey/protocol';
import { createTokenKey, mintToken } from '@roomkey/token';
import { describe, expect, it, vi } from 'vitest';
import {
  FakeClock,
  startTestServer,
  type TestApp,
  TestClient,
  type TestServer,
} from '../../../packages/server/src/testing/index.ts';

async function enter(test: TestServer, app: TestApp, given: { userId: string; nowMs: number }) {
  const { appId, secret } = app;
  const { userId, nowMs } = given;
  const key = createTokenKey({ id: 'k', secret, appId });
  const token = mintToken({ appId, userId, expiresInSeconds: 3_600, key }, Math.floor(nowMs / 1_000));
  const client = await TestClient.greeted(test.wsUrl);
  expect(await client.login({ appId, roomId: 'r', userId, token })).toMatchObject({ t: 'ok' });
  return client;
}

function nested(depth: number): string {
  const inner = '{"a":'.repeat(depth - 1);
  return `{"t":"ping","id":1,"a":${inner}1${'}'.repeat(depth - 1)}}`;
}

describe('sockets that nobody was admitted on', () => {
  it('[WS2] one address has 200 of them, then HTTP 429; whoever was let in stays, and a place that is left is taken', async () => {
    await using test = await startTestServer();
    const app = await test.importApp();
    await using guest = await enter(test, app, { userId: 'guest', nowMs: Date.now() });
    const open = await Promise.all(
      Array.from({ length: limits.unadmittedPerAddress + 1 }, () => TestClient.connect(test.wsUrl)),
    );
    // One more for the session of this address.
    expect(test.server.signal.unadmitted).toBe(limits.unadmittedPerAddress + 1);
    const late = await Promise.allSettled(Array.from({ length: 30 }, () => TestClient.connect(test.wsUrl)));
    const reasons = late.map((each) => (each.status === 'rejected' ? String(each.reason.message) : 'open'));
    expect(new Set(reasons)).toEqual(new Set(['HTTP 429']));
    expect(await guest.request('ping')).toMatchObject({ t: 'ok' });
    const [first] = open;
    await first?.close();
    await vi.waitFor(() => expect(test.server.signal.unadmitted).toBe(limits.unadmittedPerAddress));
    open.push(await TestClient.connect(test.wsUrl));
    for (const client of open) client.terminate();
    await vi.waitFor(() => expect(test.server.signal.connections).toBe(1));
  });

  it('[WS2] hello is due in 5 s, the login in 10 s after it, else 4401; an admitted socket is not hurried', async () => {
    const clock = new FakeClock();
    await using test = await startTestServer({ clock });
    const app = await test.importApp();
    await using silent = await TestClient.connect(test.wsUrl);
    await using greeted = await TestClient.greeted(test.wsUrl);
    await using guest = await enter(test, app, { userId: 'guest', nowMs: clock.wallMs() });
    await clock.advance(limits.helloWithinMs);
    expect(await silent.closed).toMatchObject({ code: 4401 });
    expect(test.server.signal.connections).toBe(2);
    await clock.advance(limits.loginWithinMs - limits.helloWithinMs);
    expect(await greeted.closed).toMatchObject({ code: 4401 });
    await clock.advance(limits.loginWithinMs);
    expect(await guest.request('ping')).toMatchObject({ t: 'ok' });
  });
});

describe('frames that are not fit to be read', () => {
  it('[WS1] one byte over 16 KiB closes with 1009, for an admitted guest too; 16 KiB are read', async () => {
    await using test = await startTestServer();
    const app = await test.importApp();
    await using guest = await enter(test, app, { userId: 'guest', nowMs: Date.now() });
    await using other = await enter(test, app, { userId: 'other', nowMs: Date.now() });
    const frame = (bytes: number): string => {
      const [head, tail] = ['{"t":"ping","id":99,"pad":"', '"}'];
      return `${head}${'x'.repeat(bytes - head.length - tail.length)}${tail}`;
    };
    // The control: a frame of exactly 16 KiB is read and answered.
    const answered = guest.next('ok', ({ id }) => id === 99);
    guest.sendRaw(frame(limits.frameBytes));
    await answered;
    guest.sendRaw(frame(limits.frameBytes + 1));
    expect(await guest.closed).toMatchObject({ code: 1009 });
    expect(await other.request('ping')).toMatchObject({ t: 'ok' });
  });

  it('[WS1][WS3] deep JSON is a badFrame, never a stack; five bad frames in a row close with 4400', async () => {
    await using test = await startTestServer();
    const app = await test.importApp();
    await using client = await enter(test, app, { userId: 'guest', nowMs: Date.now() });
    const bad = [
      nested(limits.jsonDepth + 1),
      '['.repeat(limits.frameBytes),
      '{"a":'.repeat(3_000),
      new Uint8Array([0xff, 0x00]),
    ];
    for (const frame of bad) {
      client.sendRaw(frame);
      expect(await nextError(client)).toMatchObject({ name: 'badFrame' });
    }
    // The control: a good frame begins the count anew, so the next four leave the socket open.
    expect(await client.request('ping')).toMatchObject({ t: 'ok' });
    for (const frame of bad) client.sendRaw(frame);
    client.sendRaw('{"t":');
    expect(await client.closed).toMatchObject({ code: 4400 });
  });
});

/** An error without an id answers no request, so it lies among the events. */
async function nextError(client: TestClient) {
  return await vi.waitFor(() => {
    const at = client.events.findIndex(({ t }) => t === 'error');
    const [found] = at < 0 ? [] : client.events.splice(at, 1);
    if (found === undefined) throw new Error('no error came');
    return found;
  });
}

describe('a guest who does not read', () => {
  it('[WS11] is closed with 4008 when 1 MiB waits, while the others get every message', async () => {
    const clock = new FakeClock();
    await using test = await startTestServer({ clock });
    const app = await test.importApp();
    const nowMs = clock.wallMs();
    await using slow = await enter(test, app, { userId: 'slow', nowMs });
    await using sender = await enter(test, app, { userId: 'sender', nowMs });
    await using reader = await enter(test, app, { userId: 'reader', nowMs });
    slow.pauseReading();
    // A control character takes six bytes on the wire: the room floods faster than its buckets count.
    const flood = '\u0001'.repeat(limits.messageMaxBytes);
    let said = 0;
    let mostUnsent = 0;
    for (let second = 0; second < 60 && presentIds(test).includes('slow'); second++) {
      const asked: Promise<unknown>[] = [];
      for (let at = 0; at < 5; at++) {
        said += 1;
        asked.push(sender.request('sendCommand', { roomId: 'r', command: `all ${said}`, toUserIds: [] }));
      }
      for (let at = 0; at < 190; at++) {
        asked.push(sender.request('sendCommand', { roomId: 'r', command: flood, toUserIds: ['slow'] }));
        if (at % 10 !== 9) continue;
        await Promise.all(asked);
        mostUnsent = Math.max(mostUnsent, unsentOf(test, 'slow'));
      }
      await reader.request('ping');
      await clock.advance(1_000);
    }
    expect(presentIds(test).sort()).toEqual(['reader', 'sender']);
    // The control: the bound was really approached, and never passed.
    expect(mostUnsent).toBeGreaterThan(limits.sendBudgetBytes / 2);
    expect(mostUnsent).toBeLessThanOrEqual(limits.sendBudgetBytes + limits.frameBytes);
    slow.resumeReading();
    expect(await slow.closed).toMatchObject({ code: 4008 });
    const last = `all ${said}`;
    if (!commandsOf(reader).includes(last)) await reader.next('command', ({ command }) => command === last);
    const heard = commandsOf(reader);
    const expected = Array.from({ length: said }, (_, at) => `all ${at + 1}`);
    expect([...new Set([...heard, last])]).toEqual(expected);
  });
});

function commandsOf(client: TestClient): readonly string[] {
  return client.events.filter(({ t }) => t === 'command').map(({ command }) => command);
}

function presentIds({ server }: TestServer): string[] {
  return [...server.sessions()].filter(({ state }) => state === 'present').map(({ userId }) => userId);
}

/** Bytes the server holds for one guest's socket. */
function unsentOf({ server }: TestServer, userId: string): number {
  for (const session of server.sessions()) {
    if (session.userId !== userId || session.state !== 'present') continue;
    const { unsentBytes } = session.connection as unknown as { readonly unsentBytes: number };
    return unsentBytes;
  }
  return 0;
}
