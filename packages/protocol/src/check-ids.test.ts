import { expect, test } from 'vitest';
import {
  alphabets,
  checkRoomId,
  checkStreamId,
  checkUserId,
  checkUserName,
  utf8Length,
} from './check-ids.ts';

const fourBytes = '😀';

test.each([
  ['room', { check: checkRoomId, longest: 127, empty: 'roomIdEmpty', tooLong: 'roomIdTooLong' }],
  ['user', { check: checkUserId, longest: 63, empty: 'userIdEmpty', tooLong: 'userIdTooLong' }],
  ['user name', { check: checkUserName, longest: 255, empty: 'userNameEmpty', tooLong: 'userNameTooLong' }],
  ['stream', { check: checkStreamId, longest: 255, empty: 'streamIdEmpty', tooLong: 'streamIdTooLong' }],
] as const)(
  '[RM1] a %s: empty and one byte too many are refused, the longest enters',
  (_, { check, longest, empty, tooLong }) => {
    expect(check('')).toBe(empty);
    expect(check('a')).toBeUndefined();
    expect(check('a'.repeat(longest))).toBeUndefined();
    expect(check('a'.repeat(longest + 1))).toBe(tooLong);
    expect(check('a'.repeat(5_000_000))).toBe(tooLong);
  },
);

test('[RM1] both published alphabets pass whole, `/` and `%` included', () => {
  const native = "~!@#$%^&*()_+=-`;',.<>\\";
  expect(checkRoomId(native)).toBeUndefined();
  expect(checkRoomId('a/b')).toBeUndefined();
  expect(checkUserId(`${native}/`)).toBeUndefined();
  expect(new Set(alphabets.roomAndUser).size).toBe(62 + 24);
});

test.each([' ', '"', ':', '?', '|', '[', '{', '\n', '\0', 'é', '房', fourBytes, '\ud800'])(
  '[RM1] %j is no character of an id',
  (character) => {
    expect(checkRoomId(`a${character}`)).toBe('roomIdInvalidCharacter');
    expect(checkUserId(`a${character}`)).toBe('userIdInvalidCharacter');
    expect(checkStreamId(`a${character}`)).toBe('streamIdInvalidCharacter');
  },
);

test('[RM1] a stream id is letters, digits, hyphen and underscore, and nothing a room may have beside', () => {
  expect(checkStreamId('Az09-_')).toBeUndefined();
  for (const character of "~!@#$%^&*()+=`;',.<>\\/") {
    expect(checkStreamId(character)).toBe('streamIdInvalidCharacter');
  }
});

test('[RM1] names count bytes and may hold any text but control characters', () => {
  expect(checkUserName('王小明 👍')).toBeUndefined();
  expect(checkUserName(fourBytes.repeat(63))).toBeUndefined();
  expect(checkUserName(fourBytes.repeat(64))).toBe('userNameTooLong');
  expect(checkUserName('a\u0007')).toBe('userNameInvalidCharacter');
  expect(checkUserName('a\u0085')).toBe('userNameInvalidCharacter');
  expect(checkUserName('\udc00a')).toBe('userNameInvalidCharacter');
});

test.each(['', 'abc', 'é', '房间', fourBytes, '\ud800', '\ud800a', '\udc00\ud800', `a${fourBytes}b`])(
  '[RM1] the bytes of %j are counted as an encoder writes them',
  (text) => {
    expect(utf8Length(text, 1000)).toBe(new TextEncoder().encode(text).length);
  },
);
