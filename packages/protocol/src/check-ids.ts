import type { RoomkeyErrorName } from './error-facts.ts';
import { limits } from './limits.ts';

const lettersAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * The characters of ids. Rooms and users: the union of what the vendor's native and web SDKs accept, so that no id
 * in use today is refused (RM1; both lists are in the vendor's published reference of `loginRoom`). Streams: letters,
 * digits, `-` and `_`.
 */
export const alphabets = {
  roomAndUser: `${lettersAndDigits}~!@#$%^&*()_+=-\`;',.<>\\/`,
  stream: `${lettersAndDigits}-_`,
} as const;

/**
 * The length of a text in UTF-8 bytes, counted no further than needed: any result over `enough` only says "more".
 * A lone surrogate counts three bytes, as an encoder writes it.
 */
export function utf8Length(text: string, enough: number): number {
  // Every code unit is at least one byte, so a huge text is known to be too long without a walk.
  if (text.length > enough) return text.length;
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isPair(text, at)) {
      bytes += 4;
      at += 1;
    } else bytes += 3;
  }
  return bytes;
}

function isPair(text: string, at: number): boolean {
  const high = text.charCodeAt(at);
  if (high < 0xd800 || high > 0xdbff) return false;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdc00 && low <= 0xdfff;
}

function isWithin(text: string, alphabet: string): boolean {
  for (const character of text) if (!alphabet.includes(character)) return false;
  return true;
}

/** Whether a text is well-formed Unicode without control characters: what a name may hold. */
function isPrintable(text: string): boolean {
  if (!text.isWellFormed()) return false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || (unit >= 0x7f && unit <= 0x9f)) return false;
  }
  return true;
}

/** Why a room id is refused at login, or undefined: 1–127 bytes of the alphabet (RM1; 1002011–1002013). */
export function checkRoomId(roomId: string): RoomkeyErrorName | undefined {
  if (roomId.length === 0) return 'roomIdEmpty';
  if (utf8Length(roomId, limits.roomIdMaxBytes) > limits.roomIdMaxBytes) return 'roomIdTooLong';
  return isWithin(roomId, alphabets.roomAndUser) ? undefined : 'roomIdInvalidCharacter';
}

/** Why a user id is refused at login, or undefined: 1–63 bytes of the alphabet (RM1; 1002005–1002007). */
export function checkUserId(userId: string): RoomkeyErrorName | undefined {
  if (userId.length === 0) return 'userIdEmpty';
  if (utf8Length(userId, limits.userIdMaxBytes) > limits.userIdMaxBytes) return 'userIdTooLong';
  return isWithin(userId, alphabets.roomAndUser) ? undefined : 'userIdInvalidCharacter';
}

/**
 * Why a user name is refused at login, or undefined: 1–255 bytes of well-formed Unicode without control characters
 * (RM1; 1002008–1002010). A user given *without* a name is not asked here: the id becomes the name.
 */
export function checkUserName(userName: string): RoomkeyErrorName | undefined {
  if (userName.length === 0) return 'userNameEmpty';
  if (utf8Length(userName, limits.userNameMaxBytes) > limits.userNameMaxBytes) return 'userNameTooLong';
  return isPrintable(userName) ? undefined : 'userNameInvalidCharacter';
}

/** Why a stream id is refused, or undefined: 1–255 bytes of letters, digits, `-` and `_` (RM1; 1000014–1000016). */
export function checkStreamId(streamId: string): RoomkeyErrorName | undefined {
  if (streamId.length === 0) return 'streamIdEmpty';
  if (utf8Length(streamId, limits.streamIdMaxBytes) > limits.streamIdMaxBytes) return 'streamIdTooLong';
  return isWithin(streamId, alphabets.stream) ? undefined : 'streamIdInvalidCharacter';
}
