import { expect, it } from 'vitest';
import { parsePayload, privilegePayload } from './index.ts';

const privileges = (result: ReturnType<typeof parsePayload>) =>
  result.ok && !result.none ? result.payload : result;

it('[TK4] room, two bits, stream list and audience are read', () => {
  const text =
    '{"room_id":"r\\/1","privilege":{"1":1,"2":0},"stream_id_list":["s1","\\u0073"],"aud":["board"]}';
  expect(privileges(parsePayload(text))).toEqual({
    roomId: 'r/1',
    login: true,
    publish: false,
    streamIds: ['s1', 's'],
    audience: ['board'],
  });
});

it('[TK4] no text is no payload; missing bits are 0; null, missing and empty lists mean any stream', () => {
  expect(parsePayload('')).toEqual({ ok: true, none: true });
  const any = { login: false, publish: false, streamIds: null, audience: null };
  for (const text of [
    '{}',
    '{"room_id":""}',
    '{"room_id":null,"privilege":null,"stream_id_list":null,"aud":null}',
    '{"privilege":{},"stream_id_list":[]}',
    '{"privilege":{"1":0}}',
  ]) {
    expect(privileges(parsePayload(text)), text).toEqual(any);
  }
  expect(parsePayload('{"x":{"y":[1]}}')).toMatchObject({ ok: true, unknownKeys: true });
  expect(parsePayload('{"aud":[]}')).toMatchObject({ payload: { audience: [] } });
});

it('[TK4] a payload that is not JSON, or whose known keys have wrong types, is refused', () => {
  for (const text of ['text', '[]', '7', 'null', '{"a":1', '{"a":1}x']) {
    expect(parsePayload(text), text).toEqual({ ok: false, reason: 'json' });
  }
  const wrong = ['"room_id":7', '"privilege":[1,1]', '"privilege":{"1":2}', '"privilege":{"1":true}'];
  wrong.push('"stream_id_list":"s"', '"stream_id_list":[1]', '"aud":["door"]', '"aud":"media"');
  for (const member of wrong) {
    expect(parsePayload(`{${member}}`), member).toEqual({ ok: false, reason: 'field' });
  }
});

it('[TK11] repeated keys and special keys in a payload are refused', () => {
  const repeated = { ok: false, reason: 'repeatedKey' };
  expect(parsePayload('{"room_id":"a","room_id":"b"}')).toEqual(repeated);
  expect(parsePayload('{"room_id":"a","room\\u005fid":"b"}')).toEqual(repeated);
  expect(parsePayload('{"privilege":{"1":0,"1":1}}')).toEqual(repeated);
  expect(parsePayload('{"__proto__":{"room_id":"a"}}')).toEqual({ ok: false, reason: 'json' });
  expect(parsePayload('{"constructor":1}')).toEqual({ ok: false, reason: 'json' });
});

it('[TK14] misuse is a TypeError', () => {
  expect(() => parsePayload(null as unknown as string)).toThrow(TypeError);
  expect(() => privilegePayload({ login: 1 as unknown as boolean, publish: true })).toThrow(TypeError);
  expect(() => privilegePayload({ login: true, publish: true, streamIds: [] })).toThrow(TypeError);
  const planes = ['door' as 'media'];
  expect(() => privilegePayload({ login: true, publish: true, audience: planes })).toThrow(TypeError);
});

it('[TK4] privilegePayload writes what parsePayload reads, in the order of the vendor', () => {
  const text = privilegePayload({ roomId: 'room1', login: true, publish: false });
  expect(text).toBe('{"room_id":"room1","privilege":{"1":1,"2":0},"stream_id_list":null}');
  const full = { roomId: 'r', login: true, publish: true, streamIds: ['s1'], audience: ['media'] } as const;
  expect(privileges(parsePayload(privilegePayload(full)))).toEqual(full);
});
