import Type, { type Static } from 'typebox';
import { planes } from './vocabulary.ts';

// Schemas bound what a parser has to hold; ids and texts are judged by their own checks, which answer with
// the vendor's code for "too long" or "wrong character" (RM1, RM4). So the bounds here are wide.

/** Growing number of a request, uint32 (WS3). */
export const requestId = Type.Integer({ minimum: 0, maximum: 4294967295 });

/** Position of an event in its room, counted from 1; 0 = before the first. */
export const roomSeq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** A span of time in milliseconds; years fit (SE3). */
export const milliseconds = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** The server's own time, Unix milliseconds; a client never compares its clock with it (WS10). */
export const serverTimeMs = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** Text that a closer check judges: at most `maxLength` characters here. */
export const boundedText = (maxLength: number) => Type.String({ maxLength });

/** A list of literal words. */
export const oneOf = <const Words extends readonly string[]>(words: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...words] });

/** A room id as it came; `checkRoomId` judges it. */
export const roomIdText = boundedText(2048);

/** A user id as it came; `checkUserId` judges it. */
export const userIdText = boundedText(2048);

/** A stream id as it came; `checkStreamId` judges it. */
export const streamIdText = boundedText(2048);

/** A token as it came; the codec judges it. */
export const tokenText = boundedText(16384);

/** A user as a client names it: without a name the id is the name (RM1). */
export const userGiven = Type.Object({
  userId: userIdText,
  userName: Type.Optional(boundedText(2048)),
});

/** A user as the room sees it. */
export const roomUser = Type.Object({ userId: Type.String(), userName: Type.String() });

/** A user as the room sees it. */
export type RoomUser = Static<typeof roomUser>;

/** What a login asks of the room (RM2). `maxMemberCount` 0 = no limit; the first member's counts. */
export const roomConfig = Type.Object({
  maxMemberCount: Type.Optional(Type.Integer({ minimum: 0, maximum: 4294967295 })),
  isUserStatusNotify: Type.Optional(Type.Boolean()),
});

/** What a login asks of the room. */
export type RoomConfig = Static<typeof roomConfig>;

/** What a session may do: enter, publish, which streams, which planes (SE2). */
export const grants = Type.Object({
  login: Type.Boolean(),
  publish: Type.Boolean(),
  streams: Type.Union([Type.Literal('any'), Type.Array(Type.String())]),
  planes: Type.Array(oneOf(planes)),
});

/** What a session may do. */
export type WireGrants = Static<typeof grants>;

/**
 * The session's right to act, as the client sees it (WS5). `ttlMs` null = no end, 0 = lapsed; `renewAfterMs` is
 * absent where the will-expire warning is the time to renew (SE8); `generation` only grows.
 */
export const lease = Type.Object({
  ttlMs: Type.Union([milliseconds, Type.Null()]),
  renewAfterMs: Type.Optional(milliseconds),
  grants,
  method: oneOf(['appSign', 'token', 'both']),
  generation: Type.Integer({ minimum: 0 }),
});

/** The session's right to act, as the client sees it. */
export type WireLease = Static<typeof lease>;

/** An opaque right to connect one plane once: any client of that plane can use the pair (PL2). */
export const ticket = Type.Object({
  url: Type.String(),
  token: Type.String(),
  expiresInMs: milliseconds,
});

/** An opaque right to connect one plane once. */
export type WireTicket = Static<typeof ticket>;

/** A stream that the room lists. `reason` (1–6) is there only when it is gone (RM3). */
export const roomStream = Type.Object({
  streamId: Type.String(),
  user: roomUser,
  extraInfo: Type.String(),
  reason: Type.Optional(Type.Integer({ minimum: 1, maximum: 6 })),
});

/** A stream that the room lists. */
export type RoomStream = Static<typeof roomStream>;

/** One entry of the room's extra info (RM4). */
export const roomExtraInfo = Type.Object({
  key: Type.String(),
  value: Type.String(),
  updateUser: roomUser,
  updateTime: serverTimeMs,
});

/** One entry of the room's extra info. */
export type RoomExtraInfo = Static<typeof roomExtraInfo>;

/** A broadcast or barrage message as it is received (RM4). A broadcast's `messageId` is a whole number in decimal. */
export const roomMessage = Type.Object({
  messageId: Type.String(),
  fromUser: roomUser,
  message: Type.String(),
  sendTime: serverTimeMs,
});

/** A broadcast or barrage message as it is received. */
export type RoomMessage = Static<typeof roomMessage>;

/**
 * A room at position `seq`: events up to it are contained (WS7). `members` is there only for those who asked
 * with `isUserStatusNotify`, at most the first 500 (RM2).
 */
export const roomSnapshot = Type.Object({
  roomId: Type.String(),
  seq: roomSeq,
  members: Type.Optional(Type.Array(roomUser)),
  streams: Type.Array(roomStream),
  extraInfo: Type.Array(roomExtraInfo),
  online: Type.Integer({ minimum: 0 }),
});

/** A room at one position. */
export type RoomSnapshot = Static<typeof roomSnapshot>;

/** A session as its client knows it. */
export const sessionIds = Type.Object({ id: Type.String(), roomSessionId: Type.String() });

/** A session as its client knows it. */
export type SessionIds = Static<typeof sessionIds>;
