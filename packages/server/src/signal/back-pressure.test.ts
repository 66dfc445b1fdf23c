import { limits } from '@roomkey/protocol';
import { describe, expect, it } from 'vitest';
import { receiveFrame } from './receive-frame.ts';
import { sweep } from './sweep.ts';
import { idleConnection } from './testing/idle-connection.ts';

const budget = limits.sendBudgetBytes;
const barrage = { t: 'barrage', roomId: 'r1', messages: [] };
const presence = { t: 'room', roomId: 'r1', from: 2, to: 3, events: [] };
const event = { t: 'notice', roomId: 'r1', code: 1, name: 'x' };

describe('what waits to be sent', () => {
  it('[WS11] barrage is dropped first, then memberships, then the socket is closed', () => {
    const { socket, connection, access } = idleConnection();
    const sendAll = (unsent: number): void => {
      socket.bufferedAmount = unsent;
      socket.sent.length = 0;
      connection.send(barrage, 'barrage');
      connection.send(presence, 'presence');
      connection.send(event, 'event');
    };
    sendAll(budget / 2);
    expect(socket.names).toEqual(['barrage', 'room', 'notice']);
    sendAll(budget / 2 + 1);
    expect(socket.names).toEqual(['room', 'notice']);
    sendAll((budget * 3) / 4 + 1);
    expect(socket.names).toEqual(['notice']);
    expect(socket.closes).toEqual([]);
    sendAll(budget);
    expect(socket.names).toEqual([]);
    expect(socket.closes).toEqual([4008]);
    expect(access.lost).toHaveLength(1);
  });

  it('[WS11] a room whose memberships were dropped is sent whole when the peer has caught up', async () => {
    const { socket, connection, access, parts, clock } = idleConnection();
    access.sessions.set(connection, 1);
    socket.bufferedAmount = (budget * 3) / 4 + 1;
    connection.send(presence, 'presence');
    sweep(parts);
    socket.bufferedAmount = budget / 4 - 1;
    connection.send(presence, 'presence');
    connection.send({ ...presence, roomId: 'r2' }, 'presence');
    expect(socket.sent.map((text) => JSON.parse(text).roomId)).toEqual(['r2']);
    sweep(parts);
    await clock.advance(0);
    sweep(parts);
    connection.send(presence, 'presence');
    expect(socket.names).toEqual(['room', 'roomSnapshot', 'room']);
    expect(access.of('snapshot').map((call) => call.message)).toEqual(['r1']);
  });

  it('[WS11] a frame for many sockets is serialised once', () => {
    const first = idleConnection();
    let times = 0;
    const frame = {
      toJSON() {
        times += 1;
        return { t: 'broadcast' };
      },
    };
    first.connection.send(frame, 'event');
    first.connection.send(frame, 'event');
    expect(first.socket.names).toEqual(['broadcast', 'broadcast']);
    expect(times).toBe(1);
  });

  it('[WS11] a frame that cannot be serialised harms nobody', () => {
    const { socket, connection } = idleConnection();
    const circle: { t: string; self?: object } = { t: 'notice' };
    circle.self = circle;
    connection.send(circle, 'event');
    connection.send(event, 'event');
    expect(socket.names).toEqual(['notice']);
  });
});

describe('what waits to be handled', () => {
  const greeting = {
    t: 'hello',
    protocol: 1,
    product: 'video',
    platform: 'web',
    sdkVersion: '1',
    sdk: 'x',
    features: [],
  };
  const frame = (fields: object): Buffer => Buffer.from(JSON.stringify(fields));

  it('[WS2] before an admission reading stops when 16 KiB wait, and goes on when they are handled', async () => {
    const { socket, connection, access, parts, clock } = idleConnection();
    const judged = Promise.withResolvers<void>();
    access.scripts.set('login', () => judged.promise.then(() => ({ ok: true, result: {} })));
    receiveFrame(parts, connection, frame({ ...greeting, id: 1 }));
    await clock.advance(0);
    const login = { t: 'login', appId: 7, roomId: 'r1', user: { userId: 'ann' } };
    receiveFrame(parts, connection, frame({ ...login, id: 2 }));
    const padding = 'x'.repeat(limits.unadmittedQueueBytes / 2);
    receiveFrame(parts, connection, frame({ t: 'ping', id: 3, padding }));
    expect(socket.isPaused).toBe(false);
    receiveFrame(parts, connection, frame({ t: 'ping', id: 4, padding }));
    expect(socket.isPaused).toBe(true);
    judged.resolve();
    await clock.advance(0);
    expect(socket.isPaused).toBe(false);
    expect(socket.sent.map((text) => JSON.parse(text).id)).toEqual([1, 2, 3, 4]);
    expect(connection.waitingBytes).toBe(0);
  });

  it('[WS2] reading stops when more than 32 frames wait', async () => {
    const { socket, connection, access, parts, clock } = idleConnection();
    receiveFrame(parts, connection, frame({ ...greeting, id: 1 }));
    await clock.advance(0);
    access.scripts.set('publish', () => Promise.withResolvers<never>().promise);
    receiveFrame(parts, connection, frame({ t: 'publish', id: 2, roomId: 'r', streamId: 's', channel: 0 }));
    for (let n = 0; n < 32; n++) receiveFrame(parts, connection, frame({ t: 'challenge', id: 3 + n }));
    expect(socket.isPaused).toBe(false);
    receiveFrame(parts, connection, frame({ t: 'challenge', id: 99 }));
    expect(socket.isPaused).toBe(true);
  });
});
