import { request } from 'node:http';
import { closeCodes, limits } from '@roomkey/protocol';
import { describe, expect, it, vi } from 'vitest';
import { TestClient } from '../testing/test-client.ts';
import { refusing } from './testing/fake-access.ts';
import { openSignal } from './testing/open-signal.ts';

const ann = { appId: 7, roomId: 'r1', userId: 'ann', token: '04x' };

describe('the upgrade', () => {
  it('[WS1] only the path and the subprotocol of the wire are opened, without compression', async () => {
    await using open = await openSignal();
    await expect(TestClient.connect(`${open.url}/v2/signal`)).rejects.toThrow('HTTP 404');
    await expect(TestClient.connect(open.url, { subprotocols: ['roomkey.v9'] })).rejects.toThrow('HTTP 400');
    const headers = await upgradeHeaders(open.port);
    expect(headers['sec-websocket-protocol']).toBe('roomkey.v1');
    expect(headers['sec-websocket-extensions']).toBeUndefined();
  });

  it('[WS1] a frame over 16 KiB closes the socket with 1009', async () => {
    await using open = await openSignal();
    await using client = await TestClient.connect(open.url);
    client.sendRaw('x'.repeat(limits.frameBytes + 1));
    expect((await client.closed).code).toBe(1009);
  });

  it('[WS2] an address has so many sockets that are not admitted, and one more for each of its sessions', async () => {
    await using open = await openSignal({ unadmittedPerAddress: 2 });
    await using first = await TestClient.connect(open.url);
    await using second = await TestClient.connect(open.url);
    await expect(TestClient.connect(open.url)).rejects.toThrow('HTTP 429');
    open.access.sessionsOfAddress = 1;
    await using third = await TestClient.connect(open.url);
    expect(open.signal.unadmitted).toBe(3);
    await third.hello();
    await third.login(ann);
    expect(open.signal.unadmitted).toBe(2);
    await Promise.all([first.close(), second.close()]);
    await vi.waitFor(() => expect(open.signal.unadmitted).toBe(0));
    expect(open.signal.connections).toBe(1);
  });

  it('[WS2] a full or draining node opens no socket', async () => {
    await using open = await openSignal({ maxConnections: 1 });
    await using client = await TestClient.connect(open.url);
    await expect(TestClient.connect(open.url)).rejects.toThrow('HTTP 503');
    await client.close();
    await vi.waitFor(() => expect(open.signal.connections).toBe(0));
    open.access.isOpen = false;
    await expect(TestClient.connect(open.url)).rejects.toThrow('HTTP 503');
  });

  it('[WS2] sockets own no timer: one for all, none without sockets', async () => {
    await using open = await openSignal();
    expect(open.clock.timers).toBe(0);
    await using first = await TestClient.greeted(open.url);
    await using second = await TestClient.greeted(open.url);
    expect(open.clock.timers).toBe(1);
    await Promise.all([first.close(), second.close()]);
    await vi.waitFor(() => expect(open.signal.connections).toBe(0));
    await open.clock.advance(1_000);
    expect(open.clock.timers).toBe(0);
  });
});

describe('waiting for an admission', () => {
  it('[WS2] hello is due within 5 s of the upgrade', async () => {
    await using open = await openSignal();
    await using client = await TestClient.connect(open.url);
    await open.clock.advance(limits.helloWithinMs - 1_000);
    expect(open.access.lost).toHaveLength(0);
    await open.clock.advance(1_000);
    expect(await client.closed).toEqual({ code: 4401, reason: closeCodes.notAdmitted.reason });
  });

  it('[WS2] the first login is due within 10 s of hello; an admitted socket is not hurried', async () => {
    await using open = await openSignal();
    await using late = await TestClient.greeted(open.url);
    await using inTime = await TestClient.greeted(open.url);
    await inTime.login(ann);
    await open.clock.advance(limits.loginWithinMs - 1_000);
    expect(open.signal.unadmitted).toBe(1);
    await open.clock.advance(1_000);
    expect((await late.closed).code).toBe(4401);
    expect((await inTime.request('ping')).t).toBe('ok');
  });

  it('[WS2] a login that is still being judged is not cut off by the clock', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    const judged = Promise.withResolvers<void>();
    open.access.scripts.set('login', () => judged.promise.then(() => ({ ok: true, result: {} })));
    const answer = client.login(ann);
    await vi.waitFor(() => expect(open.access.of('login')).toHaveLength(1));
    await open.clock.advance(limits.loginWithinMs * 2);
    judged.resolve();
    expect((await answer).t).toBe('ok');
  });

  it('[WS2] three refused logins are answered, a fourth closes the socket', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    open.access.scripts.set('login', refusing('tokenExpired'));
    for (let n = 0; n < 3; n++) expect((await client.login(ann))['name']).toBe('tokenExpired');
    expect((await client.login(ann))['name']).toBe('tooManyRefusedLogins');
    expect((await client.closed).code).toBe(4403);
    expect(open.access.of('login')).toHaveLength(3);
  });

  it('[WS2] troubles of the server are not counted as refused logins', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    open.access.scripts.set('login', refusing('rulesUnsettled'));
    for (let n = 0; n < 4; n++) expect((await client.login(ann))['name']).toBe('rulesUnsettled');
    open.access.scripts.delete('login');
    expect((await client.login(ann)).t).toBe('ok');
  });

  it('[WS12] after the last logout the socket closes 4000, unless somebody logs in again', async () => {
    await using open = await openSignal();
    await using gone = await TestClient.greeted(open.url);
    await using back = await TestClient.greeted(open.url);
    for (const client of [gone, back]) {
      await client.login(ann);
      await client.request('logout', { roomId: 'r1' });
    }
    await back.login(ann);
    await open.clock.advance(limits.loginWithinMs);
    expect((await gone.closed).code).toBe(4000);
    expect((await back.request('ping')).t).toBe('ok');
  });
});

describe('the life of a socket', () => {
  it('[SE7] nothing heard for 100 s closes 4408 and detaches at once; a ping keeps it', async () => {
    await using open = await openSignal();
    await using silent = await TestClient.greeted(open.url);
    await silent.login(ann);
    const heardAt = open.clock.monoMs();
    await using alive = await TestClient.greeted(open.url);
    await alive.login(ann);
    await open.clock.advance(60_000);
    await alive.request('ping');
    await open.clock.advance(39_000);
    expect(open.access.lost).toHaveLength(0);
    await open.clock.advance(1_000);
    expect((await silent.closed).code).toBe(4408);
    expect(open.access.lost.map((entry) => entry.lastFrameAtMono)).toEqual([heardAt]);
    expect((await alive.request('ping')).t).toBe('ok');
  });

  it('[SE1] a socket that is gone is told to access once', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    await client.login(ann);
    client.terminate();
    await vi.waitFor(() => expect(open.signal.connections).toBe(0));
    expect(open.access.lost).toHaveLength(1);
    expect(open.signal.unadmitted).toBe(0);
  });

  it('[SE1] a login that ends after its socket is gone leaves no session that seems present', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    const judged = Promise.withResolvers<void>();
    open.access.scripts.set('login', () => judged.promise.then(() => ({ ok: true, result: {} })));
    client.login(ann).catch(() => undefined);
    await vi.waitFor(() => expect(open.access.of('login')).toHaveLength(1));
    client.terminate();
    await vi.waitFor(() => expect(open.access.lost).toHaveLength(1));
    judged.resolve();
    await vi.waitFor(() => expect(open.access.lost).toHaveLength(2));
    expect(open.access.sessions.size).toBe(0);
  });

  it('[WS12] a close carries its code and reason, behind what was sent before it', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    await client.login(ann);
    const { sink } = open.access.latest;
    sink.send({ t: 'kicked', roomId: 'r1', code: 1002057, name: 'sessionRevoked' }, 'event');
    sink.close('revoked');
    sink.send({ t: 'notice', roomId: 'r1', code: 1, name: 'late' }, 'event');
    expect(await client.closed).toEqual({ code: 4411, reason: closeCodes.revoked.reason });
    expect(client.events.map((event) => event.t)).toEqual(['kicked']);
  });

  it('[WS12] a peer that does not answer the close is cut after 5 s', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    await client.login(ann);
    client.pauseReading();
    open.access.latest.sink.close('revoked');
    await open.clock.advance(4_000);
    expect(open.signal.connections).toBe(1);
    await open.clock.advance(1_000);
    await vi.waitFor(() => expect(open.signal.connections).toBe(0));
  });

  it('[WS11] who does not read is closed 4008 and detached at once; others are not held up', async () => {
    await using open = await openSignal();
    await using reader = await TestClient.greeted(open.url);
    await reader.login(ann);
    const readerSink = open.access.latest.sink;
    await using slow = await TestClient.greeted(open.url);
    await slow.login(ann);
    const slowSink = open.access.latest.sink;
    slow.pauseReading();
    const frame = { t: 'command', roomId: 'r1', command: 'x'.repeat(64 * 1024) };
    for (let n = 0; n < 2_000 && open.access.lost.length === 0; n++) {
      slowSink.send(frame, 'event');
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(open.access.lost).toHaveLength(1);
    readerSink.send({ t: 'notice', roomId: 'r1', code: 1, name: 'still here' }, 'event');
    await reader.next('notice');
    slow.resumeReading();
    expect((await slow.closed).code).toBe(4008);
  });

  it('[SE9] a drain tells all clients to go, spread in time, and opens no more sockets', async () => {
    const draws = [0, 0.5];
    await using open = await openSignal({ random: () => draws.shift() ?? 0 });
    await using first = await TestClient.greeted(open.url);
    await using second = await TestClient.greeted(open.url);
    open.signal.drain(2_000);
    expect((await first.next('drain'))['resumeAfterMs']).toBe(2_000);
    expect((await second.next('drain'))['resumeAfterMs']).toBe(3_000);
    await expect(TestClient.connect(open.url)).rejects.toThrow('HTTP 503');
    await open.signal.stop();
    expect((await first.closed).code).toBe(4503);
    expect((await second.closed).code).toBe(4503);
    expect(open.clock.timers).toBe(0);
  });
});

function upgradeHeaders(port: number): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const asked = request({
      port,
      host: '127.0.0.1',
      path: '/v1/signal',
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-protocol': 'other, roomkey.v1',
        'sec-websocket-extensions': 'permessage-deflate',
      },
    });
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.headers);
    });
    asked.on('error', reject);
    asked.end();
  });
}
