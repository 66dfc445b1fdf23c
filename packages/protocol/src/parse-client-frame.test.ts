import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ClientMessage, clientMessages } from './client-messages.ts';
import { limits } from './limits.ts';
import { parseClientFrame } from './parse-client-frame.ts';

const room = { roomId: 'room1' };

const samples: { [Verb in ClientMessage['t']]: Extract<ClientMessage, { t: Verb }> } = {
  hello: {
    t: 'hello',
    id: 1,
    protocol: 1,
    product: 'video',
    platform: 'web',
    sdkVersion: '0.1.0',
    sdk: 'roomkey-web',
    features: [],
  },
  login: { t: 'login', id: 2, appId: 1, ...room, user: { userId: 'demo' }, token: '04AAAA', config: {} },
  renew: { t: 'renew', id: 3, ...room, token: '04AAAA' },
  resume: { t: 'resume', id: 4, sessionId: 's1', ticket: 'x', lastRoomSeq: 0 },
  logout: { t: 'logout', id: 5, ...room },
  switchRoom: { t: 'switchRoom', id: 6, ...room, toRoomId: 'room2', token: '04AAAA' },
  publish: { t: 'publish', id: 7, ...room, streamId: 's', channel: 0 },
  unpublish: { t: 'unpublish', id: 8, ...room, streamId: 's' },
  play: { t: 'play', id: 9, ...room, streamId: 's' },
  stopPlay: { t: 'stopPlay', id: 10, ...room, streamId: 's' },
  planeTicket: { t: 'planeTicket', id: 11, ...room, plane: 'board' },
  sendBroadcast: { t: 'sendBroadcast', id: 12, ...room, message: 'hi' },
  sendBarrage: { t: 'sendBarrage', id: 13, ...room, message: 'hi' },
  sendCommand: { t: 'sendCommand', id: 14, ...room, command: 'hi', toUserIds: [] },
  setRoomExtraInfo: { t: 'setRoomExtraInfo', id: 15, ...room, key: 'k', value: 'v' },
  setStreamExtraInfo: { t: 'setStreamExtraInfo', id: 16, ...room, streamId: 's', extraInfo: 'v' },
  snapshot: { t: 'snapshot', id: 17, ...room },
  challenge: { t: 'challenge', id: 18 },
  ping: { t: 'ping', id: 19 },
};

const rules: Partial<Record<ClientMessage['t'], string>> = {
  hello: 'WS4',
  login: 'WS5',
  renew: 'WS6',
  resume: 'WS6',
};

describe('messages of clients', () => {
  test.each(Object.values(samples).map((sample) => [rules[sample.t] ?? 'WS9', sample.t, sample] as const))(
    '[%s] %s is taken, and refused without any one of its required fields',
    (_, t, sample) => {
      expect(parseClientFrame(JSON.stringify(sample))).toEqual({ ok: true, message: sample });
      const required: readonly string[] = clientMessages[t].required;
      for (const field of required) {
        if (field === 't') continue;
        const { [field]: _without, ...rest } = sample as Record<string, unknown>;
        expect(parseClientFrame(JSON.stringify(rest))).toMatchObject({ ok: false, error: 'illegalParam' });
      }
    },
  );

  test('[WS9] all requests after login name their room, but for the two that concern the connection', () => {
    const without = Object.values(samples).filter((sample) => !('roomId' in sample));
    expect(without.map((sample) => sample.t)).toEqual(['hello', 'resume', 'challenge', 'ping']);
  });

  test('[WS5] an id or a token that its own check refuses is not refused here', () => {
    const login = { ...samples.login, roomId: 'r'.repeat(500), user: { userId: '' }, token: '' };
    expect(parseClientFrame(JSON.stringify(login)).ok).toBe(true);
  });
});

describe('frames of clients', () => {
  test('[WS3] unknown fields are ignored', () => {
    const frame = { ...samples.ping, later: { a: [1] } };
    expect(parseClientFrame(JSON.stringify(frame))).toMatchObject({ ok: true, message: samples.ping });
  });

  test.each([-1, 1.5, 4294967296, '1', null])('[WS3] %j is no request id', (id) => {
    expect(parseClientFrame(JSON.stringify({ t: 'ping', id }))).toEqual({ ok: false, error: 'illegalParam' });
  });

  test('[WS3] the answer can name the request whatever else is wrong with it', () => {
    expect(parseClientFrame('{"t":"fly","id":7}')).toEqual({ ok: false, error: 'unknownMessage', id: 7 });
    expect(parseClientFrame('{"t":"renew","id":4294967295}')).toEqual({
      ok: false,
      error: 'illegalParam',
      id: 4294967295,
    });
    expect(parseClientFrame('{"id":8}')).toEqual({ ok: false, error: 'badFrame', id: 8 });
  });

  test.each(['toString', '__proto__', 'constructor', ''])('[WS3] the kind %j is unknown', (t) => {
    expect(parseClientFrame(JSON.stringify({ t, id: 1 }))).toEqual({
      ok: false,
      error: 'unknownMessage',
      id: 1,
    });
  });

  test.each([
    '',
    '{',
    'null',
    '1',
    '"x"',
    '[]',
    '[{"t":"ping","id":1}]',
    '{"t":"ping","id":1}{}',
    '{"t":1,"id":1}',
  ])('[WS1] %j is not one JSON object with a kind', (text) => {
    expect(parseClientFrame(text)).toMatchObject({ ok: false, error: 'badFrame' });
  });

  test('[WS1] depth is bounded before the text is parsed: a frame too deep for a parser is a plain refusal', () => {
    expect(parseClientFrame('['.repeat(5_000_000))).toEqual({ ok: false, error: 'badFrame' });
    const at = (depth: number) => `{"t":"ping","id":1,"x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(parseClientFrame(at(limits.jsonDepth - 1)).ok).toBe(true);
    expect(parseClientFrame(at(limits.jsonDepth)).ok).toBe(false);
  });

  test.each(['__proto__', 'constructor', 'prototype', '\\u005f_proto__'])(
    '[WS1] the key %s is refused at any depth',
    (key) => {
      expect(parseClientFrame(`{"t":"ping","id":1,"${key}":{}}`)).toMatchObject({
        ok: false,
        error: 'badFrame',
      });
      expect(parseClientFrame(`{"t":"ping","id":1,"a":[{"${key}":1}]}`)).toMatchObject({ ok: false });
      // Control: as a value it is only text.
      expect(parseClientFrame(`{"t":"ping","id":1,"a":"${key}"}`).ok).toBe(true);
    },
  );

  test('[WS1] any text gives a value, never an exception, and a refusal holds nothing of the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => JSON.stringify({ t: text, id: 1 })),
        ),
        (text) => {
          const parsed = parseClientFrame(text);
          if (!parsed.ok) {
            const told = Object.keys(parsed).filter((key) => key !== 'id');
            expect(told).toEqual(['ok', 'error']);
            expect(['badFrame', 'unknownMessage', 'illegalParam']).toContain(parsed.error);
          }
        },
      ),
    );
  });
});
