import { errorFacts, limits, refusalRate, sessionRates } from '@roomkey/protocol';
import { describe, expect, it, vi } from 'vitest';
import { RoomkeyError } from '#kernel';
import { TestClient } from '../testing/test-client.ts';
import { refusing } from './testing/fake-access.ts';
import { openSignal } from './testing/open-signal.ts';

const ann = { appId: 7, roomId: 'r1', userId: 'ann', token: '04x' };
const publish = { roomId: 'r1', streamId: 's1', channel: 0 };

describe('hello', () => {
  it('[WS4] is answered by welcome; what the client says is taken down as said, or as unknown', async () => {
    await using open = await openSignal();
    await using client = await TestClient.connect(open.url, {
      host: 'Gate.Example:443',
      platform: 'web',
      product: 'nonsense',
      sdkVersion: 'v3 <b>',
    });
    const welcome = await client.hello();
    expect(welcome).toMatchObject({
      t: 'welcome',
      serverTime: open.clock.wallMs(),
      features: [],
      limits: { frameBytes: 16_384, resumeWindowMs: limits.resumeWindowWebMs, rates: sessionRates },
    });
    await client.login(ann);
    const { connectionId, platform, product, sdkVersion, host, resumeWindowMs } = open.access.latest;
    expect({ connectionId, platform, product, sdkVersion, host, resumeWindowMs }).toEqual({
      connectionId: welcome['connectionId'],
      platform: 'web',
      product: 'unknown',
      sdkVersion: 'other',
      host: 'gate.example:443',
      resumeWindowMs: limits.resumeWindowWebMs,
    });
  });

  it('[SE7] the native line has the longer resume window', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url, { platform: 'ios' });
    expect(client.welcome?.limits.resumeWindowMs).toBe(limits.resumeWindowNativeMs);
  });

  it('[WS4] comes first and once, and speaks this protocol', async () => {
    await using open = await openSignal();
    await using client = await TestClient.connect(open.url);
    expect((await client.request('ping'))['name']).toBe('wrongSequence');
    expect((await client.hello()).t).toBe('welcome');
    expect((await client.hello())['name']).toBe('wrongSequence');
    expect((await client.request('ping')).t).toBe('ok');
    await using newer = await TestClient.connect(open.url);
    expect((await newer.hello({ protocol: 2 }))['name']).toBe('protocolUnsupported');
    expect((await newer.closed).code).toBe(4400);
  });
});

describe('requests and answers', () => {
  it('[WS3] are answered in order, one at a time', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    const judged = Promise.withResolvers<void>();
    open.access.scripts.set('login', () => judged.promise.then(() => ({ ok: true, result: { room: 1 } })));
    client.sendRaw({ t: 'login', id: 10, appId: 7, roomId: 'r1', user: { userId: 'ann' } });
    client.sendRaw({ t: 'publish', id: 11, ...publish });
    client.sendRaw({ t: 'ping', id: 12 });
    await vi.waitFor(() => expect(open.access.of('login')).toHaveLength(1));
    expect(open.access.of('publish')).toHaveLength(0);
    judged.resolve();
    await client.next('ok', (frame) => frame['id'] === 12);
    expect(client.events.map((frame) => frame['id'])).toEqual([10, 11]);
  });

  it('[WS3] an id that does not grow is refused and does nothing', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    client.sendRaw({ t: 'ping', id: 5 });
    client.sendRaw({ t: 'publish', id: 5, ...publish });
    expect(await client.next('error')).toMatchObject({ id: 5, name: 'illegalParam', code: 1000017 });
    expect(open.access.of('publish')).toHaveLength(0);
  });

  it('[WS3] what cannot be read is an error answer; five in a row close 4400, fewer do not', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    expect((await client.request('dance'))['name']).toBe('unknownMessage');
    expect((await client.request('publish', { roomId: 1 }))['name']).toBe('illegalParam');
    client.sendRaw('not json');
    expect((await client.next('error'))['name']).toBe('badFrame');
    client.sendRaw(new Uint8Array([1, 2, 3]));
    expect((await client.next('error'))['name']).toBe('badFrame');
    expect((await client.request('ping', { newField: true })).t).toBe('ok');
    for (let n = 0; n < 5; n++) expect((await client.request('dance'))['name']).toBe('unknownMessage');
    expect((await client.closed).code).toBe(4400);
  });

  it('[WS3] a refusal carries code, name, diagnosis and waiting time, and nothing else', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    open.access.scripts.set('publish', refusing('publishRefused', { diagnosis: 'd1', retryAfterMs: 7 }));
    const answer = await client.request('publish', publish);
    const { id, ...said } = answer;
    expect(said).toEqual({
      t: 'error',
      code: 1003072,
      name: 'publishRefused',
      diagnosis: 'd1',
      retryAfterMs: 7,
    });
  });

  it('[WS3] a bug is answered as internal without its words, a known failure by its name', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    open.access.scripts.set('publish', () => Promise.reject(new Error('a secret thing')));
    const answer = await client.request('publish', publish);
    expect(answer).toEqual({ t: 'error', id: answer['id'], code: 1002099, name: 'internal' });
    open.access.scripts.set('publish', () => Promise.reject(new RoomkeyError('streamDuplicate')));
    expect((await client.request('publish', publish))['name']).toBe('streamDuplicate');
  });

  it('[WS1] JSON deeper than 8 levels is a bad frame, 8 levels are not', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    client.sendRaw(`{"t":"ping","id":10,"deep":${nested(7)}}`);
    await client.next('ok', (frame) => frame['id'] === 10);
    client.sendRaw(`{"t":"ping","id":11,"deep":${nested(8)}}`);
    expect((await client.next('error'))['name']).toBe('badFrame');
  });

  it('[WS9] every verb reaches access under its own name, with its fields', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    await client.login(ann);
    const stream = { roomId: 'r1', streamId: 's1' };
    const requests = {
      publish,
      unpublish: stream,
      play: stream,
      stopPlay: stream,
      planeTicket: { roomId: 'r1', plane: 'board' },
      sendBroadcast: { roomId: 'r1', message: 'm' },
      sendBarrage: { roomId: 'r1', message: 'm' },
      sendCommand: { roomId: 'r1', command: 'c', toUserIds: [] },
      setRoomExtraInfo: { roomId: 'r1', key: 'k', value: 'v' },
      setStreamExtraInfo: { ...stream, extraInfo: 'e' },
      renew: { roomId: 'r1', token: '04x' },
      resume: { sessionId: 's', ticket: 't', lastRoomSeq: 3 },
      switchRoom: { roomId: 'r1', toRoomId: 'r2' },
    };
    for (const [verb, body] of Object.entries(requests)) {
      expect((await client.request(verb, body)).t).toBe('ok');
      expect(open.access.calls.at(-1)).toMatchObject({ verb, message: body });
    }
    await client.request('logout', { roomId: 'r1' });
    expect(open.access.calls.at(-1)).toMatchObject({ verb: 'logout', message: 'r1' });
  });

  it('[WS7] a snapshot is the answer, or its refusal', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    expect(await client.request('snapshot', { roomId: 'r1' })).toMatchObject({
      t: 'ok',
      roomId: 'r1',
      seq: 1,
    });
    open.access.onSnapshot = () => ({ ok: false, error: 'notInRoom' });
    expect((await client.request('snapshot', { roomId: 'r2' }))['name']).toBe('notInRoom');
  });

  it('[RM6] the answer to a login goes before the first event of its room', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    const event = { t: 'room', roomId: 'r1', from: 2, to: 2, events: [] };
    open.access.scripts.set('login', ({ sink }) => ({
      ok: true,
      result: {},
      afterSend: () => sink.send(event, 'event'),
    }));
    client.sendRaw({ t: 'login', id: 10, appId: 7, roomId: 'r1', user: { userId: 'ann' } });
    await client.next('room');
    expect(client.events.map((frame) => frame.t)).toEqual(['ok']);
  });

  it('[WS10] the time of the server is its decision time', async () => {
    await using open = await openSignal({ wallMs: () => 1_795_000_000_123 });
    await using client = await TestClient.greeted(open.url);
    expect((await client.request('ping'))['serverTime']).toBe(1_795_000_000_123);
  });

  it('[WS14] the Origin of a browser goes with the login; without one there is none', async () => {
    await using open = await openSignal();
    await using page = await TestClient.greeted(open.url, { origin: 'https://app.example' });
    await page.login(ann);
    await using native = await TestClient.greeted(open.url);
    await native.login(ann);
    expect(open.access.of('login').map((call) => call.context?.origin)).toEqual([
      'https://app.example',
      undefined,
    ]);
  });
});

describe('challenges', () => {
  it('[AD2] each is handed on once, and every answer to a login brings the next', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    const first = client.challenge;
    expect(Buffer.from(first, 'base64url')).toHaveLength(16);
    open.access.scripts.set('login', refusing('appSignIncorrect'));
    const refused = await client.login(ann);
    open.access.scripts.delete('login');
    const entered = await client.login(ann);
    await client.request('switchRoom', { roomId: 'r1', toRoomId: 'r2' });
    const given = [first, refused['nextChallenge'], entered['nextChallenge']];
    const handedOn = open.access.calls.map((call) => call.context?.challenge);
    expect(handedOn).toEqual(given);
    expect(new Set(given).size).toBe(3);
  });

  it('[AD2] a challenge is valid for 60 s; the verb brings another', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    await client.login(ann);
    await open.clock.advance(limits.challengeValidMs);
    await client.login(ann);
    expect(open.access.calls.at(-1)?.context?.challenge).toBeUndefined();
    await client.request('challenge');
    const asked = client.challenge;
    await client.login(ann);
    expect(open.access.calls.at(-1)?.context?.challenge).toBe(asked);
  });
});

describe('buckets', () => {
  it('[WS15] publish and unpublish share one bucket per room; over it the code says how long to wait', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    for (let n = 0; n < 5; n++) {
      expect((await client.request('publish', publish)).t).toBe('ok');
      expect((await client.request('unpublish', { roomId: 'r1', streamId: 's1' })).t).toBe('ok');
    }
    const over = await client.request('publish', publish);
    expect(over).toMatchObject({ code: 1002072, name: 'roomCallsTooFrequent', retryAfterMs: 1_000 });
    expect((await client.request('publish', { ...publish, roomId: 'r2' })).t).toBe('ok');
    await open.clock.advance(1_000);
    expect((await client.request('publish', publish)).t).toBe('ok');
    expect(open.access.of('publish')).toHaveLength(7);
  });

  it('[WS15] three times over in a row closes 4429, twice does not', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    const over = async (): Promise<void> => {
      expect((await client.request('ping'))['name']).toBe('appCallsTooFrequent');
    };
    expect((await client.request('ping')).t).toBe('ok');
    await over();
    await over();
    await open.clock.advance(1_000);
    expect((await client.request('ping')).t).toBe('ok');
    await over();
    await over();
    await over();
    expect((await client.closed).code).toBe(4429);
  });

  it('[WS15] made-up rooms neither fill the memory nor empty the bucket of a real one', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    const renew = (roomId: string) => client.request('renew', { roomId, token: '04x' });
    for (let n = 0; n < sessionRates.renew.count; n++) expect((await renew('real')).t).toBe('ok');
    const names: unknown[] = [];
    for (let n = 0; n < 71; n++) {
      names.push((await renew(`made-up-${n}`))['name']);
    }
    expect(names.slice(0, 69)).toEqual(Array.from({ length: 69 }));
    expect(names.slice(69)).toEqual(['roomCallsTooFrequent', 'roomCallsTooFrequent']);
    expect((await renew('real'))['name']).toBe('roomCallsTooFrequent');
  });

  it('[AD10] five refused renewals a minute, then one waits; troubles of the server do not count', async () => {
    await using open = await openSignal();
    await using client = await TestClient.greeted(open.url);
    const renew = (roomId: string) => client.request('renew', { roomId, token: '04x' });
    open.access.scripts.set('renew', refusing('internal'));
    for (let n = 0; n < 6; n++) expect((await renew(`a${n}`))['name']).toBe('internal');
    open.access.scripts.set('renew', refusing('tokenExpired'));
    for (let n = 0; n < refusalRate.count; n++) expect((await renew(`b${n}`))['name']).toBe('tokenExpired');
    const waits = await client.request('planeTicket', { roomId: 'r1', plane: 'board' });
    expect(waits).toMatchObject({
      name: 'tooManyFailures',
      code: errorFacts.tooManyFailures[0],
      retryAfterMs: 12_000,
    });
    expect((await client.request('publish', publish)).t).toBe('ok');
    await client.login(ann);
    await open.clock.advance(12_000);
    expect((await renew('c'))['name']).toBe('tokenExpired');
    expect((await renew('c'))['name']).toBe('tooManyFailures');
  });
});
