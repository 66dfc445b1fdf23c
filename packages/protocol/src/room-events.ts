import Type, { type Static } from 'typebox';
import { oneOf, roomExtraInfo, roomMessage, roomSeq, roomStream, roomUser } from './message-shapes.ts';
import { updateTypes } from './vocabulary.ts';

/** The schemas of the numbered events of a room, by their `t` (WS7, WS8). */
export const roomEvents = {
  roomUserUpdate: Type.Object({
    t: Type.Literal('roomUserUpdate'),
    updateType: oneOf(updateTypes),
    users: Type.Array(roomUser),
  }),
  roomStreamUpdate: Type.Object({
    t: Type.Literal('roomStreamUpdate'),
    updateType: oneOf(updateTypes),
    streams: Type.Array(roomStream),
  }),
  roomStreamExtraInfoUpdate: Type.Object({
    t: Type.Literal('roomStreamExtraInfoUpdate'),
    streams: Type.Array(roomStream),
  }),
  roomExtraInfoUpdate: Type.Object({
    t: Type.Literal('roomExtraInfoUpdate'),
    entries: Type.Array(roomExtraInfo),
  }),
  broadcast: Type.Object({ t: Type.Literal('broadcast'), messages: Type.Array(roomMessage) }),
} as const;

/** Any numbered event of a room. */
export const roomEvent = Type.Union([
  roomEvents.roomUserUpdate,
  roomEvents.roomStreamUpdate,
  roomEvents.roomStreamExtraInfoUpdate,
  roomEvents.roomExtraInfoUpdate,
  roomEvents.broadcast,
]);

/** A numbered event of a room, told apart by `t`. */
export type WireRoomEvent = Static<typeof roomEvent>;

/** Members came or went; sent only to those who asked (RM2). */
export type RoomUserUpdate = Static<(typeof roomEvents)['roomUserUpdate']>;
/** Streams came or went; a gone stream carries its reason (RM3). */
export type RoomStreamUpdate = Static<(typeof roomEvents)['roomStreamUpdate']>;
/** The extra info of streams changed. */
export type RoomStreamExtraInfoUpdate = Static<(typeof roomEvents)['roomStreamExtraInfoUpdate']>;
/** The extra info of the room changed. */
export type RoomExtraInfoUpdate = Static<(typeof roomEvents)['roomExtraInfoUpdate']>;
/** Broadcast messages, in the order of each sender (RM4). */
export type BroadcastEvent = Static<(typeof roomEvents)['broadcast']>;

/**
 * The events `from`–`to` of one room, both included (WS7). Merged events and those this member did not ask for are
 * covered too, so `events` may be shorter than the range, or empty. A gap before `from` means: ask for a snapshot.
 */
export const roomFrame = Type.Object({
  t: Type.Literal('room'),
  roomId: Type.String(),
  from: roomSeq,
  to: roomSeq,
  events: Type.Array(roomEvent),
});

/** The events `from`–`to` of one room. */
export type RoomFrame = Static<typeof roomFrame>;
