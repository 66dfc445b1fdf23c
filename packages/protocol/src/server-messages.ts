import Type, { type Static } from 'typebox';
import { error, type OkMessage, ok, welcome } from './answers.ts';
import { milliseconds, oneOf, roomMessage, roomSnapshot, roomUser, serverTimeMs } from './message-shapes.ts';
import { roomFrame } from './room-events.ts';
import { expiryModes, planes } from './vocabulary.ts';

const roomId = Type.String();

const tokenWillExpire = Type.Object({
  t: Type.Literal('tokenWillExpire'),
  roomId,
  remainTimeInSecond: Type.Integer({ minimum: 0 }),
  ttlMs: milliseconds,
});

const tokenExpired = Type.Object({ t: Type.Literal('tokenExpired'), roomId, mode: oneOf(expiryModes) });

const kicked = Type.Object({
  t: Type.Literal('kicked'),
  roomId,
  code: Type.Integer(),
  name: Type.String(),
  diagnosis: Type.Optional(Type.String()),
});

const snapshotPushed = Type.Object({
  t: Type.Literal('roomSnapshot'),
  ...roomSnapshot.properties,
});

const roomOnlineUserCountUpdate = Type.Object({
  t: Type.Literal('roomOnlineUserCountUpdate'),
  roomId,
  count: Type.Integer({ minimum: 0 }),
});

const barrage = Type.Object({ t: Type.Literal('barrage'), roomId, messages: Type.Array(roomMessage) });

const command = Type.Object({
  t: Type.Literal('command'),
  roomId,
  fromUser: roomUser,
  command: Type.String(),
  sendTime: serverTimeMs,
});

const notice = Type.Object({
  t: Type.Literal('notice'),
  roomId,
  code: Type.Integer(),
  name: Type.String(),
  inMs: Type.Optional(milliseconds),
  url: Type.Optional(Type.String()),
});

const planeUpdate = Type.Object({
  t: Type.Literal('planeUpdate'),
  roomId,
  plane: oneOf(planes),
  state: oneOf(['open', 'readOnly', 'closed']),
});

const drain = Type.Object({ t: Type.Literal('drain'), resumeAfterMs: milliseconds });

/**
 * The schema of every message a server sends, by its `t` (WS3, WS4, WS7, WS8).
 *
 * Room events (`roomUserUpdate`, `roomStreamUpdate`, `roomStreamExtraInfoUpdate`, `roomExtraInfoUpdate`, `broadcast`)
 * travel inside `room` frames, numbered; the others belong to one session, or may be lost, and have no number.
 * `notice`: the code a planned rule would refuse this login with, in how many milliseconds it starts, where to read
 * more (MG4). `drain`: resume elsewhere after that long (SE9).
 */
export const serverMessages = {
  welcome,
  ok,
  error,
  room: roomFrame,
  roomSnapshot: snapshotPushed,
  roomOnlineUserCountUpdate,
  tokenWillExpire,
  tokenExpired,
  kicked,
  barrage,
  command,
  notice,
  planeUpdate,
  drain,
} as const;

/** The lease ends soon (SE3): whole seconds as the vendor's callback, and the exact milliseconds. */
export type TokenWillExpireMessage = Static<typeof tokenWillExpire>;
/** The lease is over: `soft` = lapsed, `hard` = removed (SE4). */
export type TokenExpiredMessage = Static<typeof tokenExpired>;
/** The session was ended by the server; the code says by what. */
export type KickedMessage = Static<typeof kicked>;
/** The whole state of a room, in place of events that were merged away (WS11). */
export type RoomSnapshotMessage = Static<typeof snapshotPushed>;
/** How many users are in the room (RM6). */
export type RoomOnlineUserCountUpdate = Static<typeof roomOnlineUserCountUpdate>;
/** Barrage messages: not numbered, the first to be dropped (RM4, WS11). */
export type BarrageMessage = Static<typeof barrage>;
/** A custom command for this session. */
export type CommandMessage = Static<typeof command>;
/** What a planned rule will mean for this client (MG4). */
export type NoticeMessage = Static<typeof notice>;
/** A plane changed what this session may do there. */
export type PlaneUpdateMessage = Static<typeof planeUpdate>;
/** The node is going away. */
export type DrainMessage = Static<typeof drain>;

/** The name of a message a server sends. */
export type ServerMessageName = keyof typeof serverMessages;

/** Any message a server sends, told apart by `t`; an `ok` is further told apart by the request it answers. */
export type ServerMessage =
  | { [Name in Exclude<ServerMessageName, 'ok'>]: Static<(typeof serverMessages)[Name]> }[Exclude<
      ServerMessageName,
      'ok'
    >]
  | OkMessage;
