import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';
import { type AnsweredVerb, type ResultOf, results } from './answers.ts';
import { clientMessages } from './client-messages.ts';
import type { RoomSnapshot, WireLease } from './message-shapes.ts';
import { parseServerFrame } from './parse-server-frame.ts';
import { type ServerMessage, serverMessages } from './server-messages.ts';

const user = { userId: 'demo', userName: 'Demo' };
const lease: WireLease = {
  ttlMs: 3_600_000,
  renewAfterMs: 2_000_000,
  grants: { login: true, publish: true, streams: 'any', planes: ['media'] },
  method: 'token',
  generation: 1,
};
const snapshot: RoomSnapshot = {
  roomId: 'room1',
  seq: 7,
  members: [user],
  streams: [{ streamId: 's', user, extraInfo: '' }],
  extraInfo: [{ key: 'k', value: 'v', updateUser: user, updateTime: 1 }],
  online: 1,
};
const message = { messageId: '1', fromUser: user, message: 'hi', sendTime: 1 };

const samples: [rule: string, message: ServerMessage][] = [
  [
    'WS4',
    {
      t: 'welcome',
      id: 1,
      connectionId: 'c',
      serverTime: 1,
      challenge: 'x',
      limits: {
        frameBytes: 16384,
        roomsPerConnection: 5,
        pingIntervalMs: 30_000,
        deadAfterMs: 100_000,
        resumeWindowMs: 300_000,
        rates: { renew: { count: 6, perMs: 60_000 } },
      },
      features: [],
    },
  ],
  ['WS3', { t: 'ok', id: 1 }],
  ['WS3', { t: 'error', code: 1002078, name: 'tokenExpired', id: 1, diagnosis: 'd', retryAfterMs: 1 }],
  [
    'WS7',
    {
      t: 'room',
      roomId: 'room1',
      from: 3,
      to: 9,
      events: [
        { t: 'roomUserUpdate', updateType: 'add', users: [user] },
        {
          t: 'roomStreamUpdate',
          updateType: 'delete',
          streams: [{ streamId: 's', user, extraInfo: '', reason: 4 }],
        },
        { t: 'roomStreamExtraInfoUpdate', streams: [{ streamId: 's', user, extraInfo: 'x' }] },
        { t: 'roomExtraInfoUpdate', entries: [{ key: 'k', value: 'v', updateUser: user, updateTime: 1 }] },
        { t: 'broadcast', messages: [message] },
      ],
    },
  ],
  ['WS7', { t: 'roomSnapshot', ...snapshot }],
  ['WS8', { t: 'roomOnlineUserCountUpdate', roomId: 'room1', count: 2 }],
  ['WS8', { t: 'tokenWillExpire', roomId: 'room1', remainTimeInSecond: 30, ttlMs: 30_000 }],
  ['WS8', { t: 'tokenExpired', roomId: 'room1', mode: 'soft' }],
  ['WS8', { t: 'kicked', roomId: 'room1', code: 1002056, name: 'kickedTokenExpired' }],
  ['WS8', { t: 'barrage', roomId: 'room1', messages: [message] }],
  ['WS8', { t: 'command', roomId: 'room1', fromUser: user, command: 'hi', sendTime: 1 }],
  ['WS8', { t: 'notice', roomId: 'room1', code: 1002067, name: 'noToken', inMs: 86_400_000 }],
  ['WS8', { t: 'planeUpdate', roomId: 'room1', plane: 'board', state: 'readOnly' }],
  ['WS8', { t: 'drain', resumeAfterMs: 500 }],
];

describe('messages of servers', () => {
  test.each(samples.map(([rule, sample]) => [rule, sample.t, sample] as const))(
    '[%s] %s fits its schema, and does not without any one of its required fields',
    (_, t, sample) => {
      const schema = serverMessages[t];
      const validator = Compile(schema);
      expect(validator.Check(sample)).toBe(true);
      const required: readonly string[] = schema.required;
      for (const field of required) {
        const { [field]: _without, ...rest } = sample as Record<string, unknown>;
        expect(validator.Check(rest)).toBe(false);
      }
      expect(parseServerFrame(JSON.stringify(sample))).toEqual({ ok: true, message: sample });
    },
  );

  test('[WS8] each kind of message has a sample here', () => {
    expect(samples.map(([, sample]) => sample.t).sort()).toEqual(Object.keys(serverMessages).sort());
  });

  test.each([0, 7, 1.5])('[WS8] a stream does not end for the reason %d', (reason) => {
    const gone = { streamId: 's', user, extraInfo: '', reason };
    const event = { t: 'roomStreamUpdate', updateType: 'delete', streams: [gone] };
    expect(
      Compile(serverMessages.room).Check({ t: 'room', roomId: 'r', from: 1, to: 1, events: [event] }),
    ).toBe(false);
  });

  test('[WS3] each verb but hello is answered by an ok with a result of its own', () => {
    const verbs = Object.keys(clientMessages).filter((verb) => verb !== 'hello');
    expect(Object.keys(results).sort()).toEqual(verbs.sort());
  });
});

const session = { id: 's', roomSessionId: '1' };
const entered: ResultOf<'login'> = {
  session,
  lease,
  resumeTicket: 't',
  nextChallenge: 'n',
  room: snapshot,
};
const answers: [string, AnsweredVerb, object][] = [
  ['WS5', 'login', entered],
  ['WS9', 'switchRoom', entered],
  [
    'WS6',
    'renew',
    { lease: { ...lease, ttlMs: null }, resumeTicket: 't', unchanged: true } satisfies ResultOf<'renew'>,
  ],
  ['WS6', 'resume', { session, lease, resumeTicket: 't', snapshot } satisfies ResultOf<'resume'>],
  [
    'WS9',
    'publish',
    { ticket: { url: 'wss://a', token: 't', expiresInMs: 15_000 } } satisfies ResultOf<'publish'>,
  ],
  ['WS9', 'play', { ticket: null } satisfies ResultOf<'play'>],
];

describe('results', () => {
  test.each(answers)(
    '[%s] what %s brings fits its schema, and is refused without a required field',
    (_, verb, answer) => {
      const schema = results[verb];
      const validator = Compile(schema);
      expect(validator.Check(answer)).toBe(true);
      const required: readonly string[] = schema.required ?? [];
      expect(required.length).toBeGreaterThan(0);
      for (const field of required) {
        const { [field]: _without, ...rest } = answer as Record<string, unknown>;
        expect(validator.Check(rest)).toBe(false);
      }
    },
  );
});

describe('frames of servers', () => {
  test('[WS3] a kind this build does not know is told apart from a frame that is none', () => {
    expect(parseServerFrame('{"t":"later"}')).toEqual({ ok: false, reason: 'unknown' });
    expect(parseServerFrame('{"t":"toString"}')).toEqual({ ok: false, reason: 'unknown' });
    for (const text of ['', '{', 'null', '[]', '{"t":1}', '{}']) {
      expect(parseServerFrame(text)).toEqual({ ok: false, reason: 'malformed' });
    }
  });
});
