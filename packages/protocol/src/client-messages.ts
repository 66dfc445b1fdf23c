import Type, { type Static } from 'typebox';
import {
  boundedText,
  requestId,
  roomConfig,
  roomIdText,
  roomSeq,
  streamIdText,
  tokenText,
  userGiven,
  userIdText,
} from './message-shapes.ts';

const resumeTicketText = boundedText(256);
const proofText = boundedText(256);

const hello = Type.Object({
  t: Type.Literal('hello'),
  id: requestId,
  protocol: Type.Integer({ minimum: 1, maximum: 65535 }),
  product: boundedText(64),
  platform: boundedText(64),
  sdkVersion: boundedText(64),
  sdk: boundedText(64),
  features: Type.Array(boundedText(64), { maxItems: 32 }),
});

const login = Type.Object({
  t: Type.Literal('login'),
  id: requestId,
  appId: Type.Integer({ minimum: 0, maximum: 4294967295 }),
  roomId: roomIdText,
  user: userGiven,
  token: Type.Optional(tokenText),
  appSignProof: Type.Optional(proofText),
  config: Type.Optional(roomConfig),
  device: Type.Optional(boundedText(128)),
});

const renew = Type.Object({
  t: Type.Literal('renew'),
  id: requestId,
  roomId: roomIdText,
  token: tokenText,
});

const resume = Type.Object({
  t: Type.Literal('resume'),
  id: requestId,
  sessionId: boundedText(128),
  ticket: resumeTicketText,
  lastRoomSeq: roomSeq,
  token: Type.Optional(tokenText),
});

const logout = Type.Object({ t: Type.Literal('logout'), id: requestId, roomId: roomIdText });

const switchRoom = Type.Object({
  t: Type.Literal('switchRoom'),
  id: requestId,
  roomId: roomIdText,
  toRoomId: roomIdText,
  token: Type.Optional(tokenText),
  appSignProof: Type.Optional(proofText),
  config: Type.Optional(roomConfig),
});

const publish = Type.Object({
  t: Type.Literal('publish'),
  id: requestId,
  roomId: roomIdText,
  streamId: streamIdText,
  channel: Type.Integer({ minimum: 0, maximum: 3 }),
  extraInfo: Type.Optional(boundedText(8192)),
});

const unpublish = Type.Object({
  t: Type.Literal('unpublish'),
  id: requestId,
  roomId: roomIdText,
  streamId: streamIdText,
});

const play = Type.Object({
  t: Type.Literal('play'),
  id: requestId,
  roomId: roomIdText,
  streamId: streamIdText,
});

const stopPlay = Type.Object({
  t: Type.Literal('stopPlay'),
  id: requestId,
  roomId: roomIdText,
  streamId: streamIdText,
});

const planeTicket = Type.Object({
  t: Type.Literal('planeTicket'),
  id: requestId,
  roomId: roomIdText,
  plane: boundedText(32),
});

const sendBroadcast = Type.Object({
  t: Type.Literal('sendBroadcast'),
  id: requestId,
  roomId: roomIdText,
  message: boundedText(8192),
});

const sendBarrage = Type.Object({
  t: Type.Literal('sendBarrage'),
  id: requestId,
  roomId: roomIdText,
  message: boundedText(8192),
});

const sendCommand = Type.Object({
  t: Type.Literal('sendCommand'),
  id: requestId,
  roomId: roomIdText,
  command: boundedText(8192),
  toUserIds: Type.Array(userIdText, { maxItems: 500 }),
});

const setRoomExtraInfo = Type.Object({
  t: Type.Literal('setRoomExtraInfo'),
  id: requestId,
  roomId: roomIdText,
  key: boundedText(4096),
  value: boundedText(8192),
});

const setStreamExtraInfo = Type.Object({
  t: Type.Literal('setStreamExtraInfo'),
  id: requestId,
  roomId: roomIdText,
  streamId: streamIdText,
  extraInfo: boundedText(8192),
});

const snapshot = Type.Object({ t: Type.Literal('snapshot'), id: requestId, roomId: roomIdText });

const challenge = Type.Object({ t: Type.Literal('challenge'), id: requestId });

const ping = Type.Object({ t: Type.Literal('ping'), id: requestId });

/**
 * The schema of every message a client may send, by its `t` (WS4–WS6, WS9).
 *
 * An empty `toUserIds` in `sendCommand` means everyone in the room. A schema bounds sizes; what is allowed in an id,
 * a message or a token is judged after it and answered by its own code.
 */
export const clientMessages = {
  hello,
  login,
  renew,
  resume,
  logout,
  switchRoom,
  publish,
  unpublish,
  play,
  stopPlay,
  planeTicket,
  sendBroadcast,
  sendBarrage,
  sendCommand,
  setRoomExtraInfo,
  setStreamExtraInfo,
  snapshot,
  challenge,
  ping,
} as const;

/** Who the client says it is (WS4): recorded as said, never trusted for a privilege. */
export type HelloMessage = Static<typeof hello>;
/** Asks to enter a room (WS5). */
export type LoginMessage = Static<typeof login>;
/** Brings a new token for a running session (WS6). */
export type RenewMessage = Static<typeof renew>;
/** Takes a session up again on a new connection (WS6). */
export type ResumeMessage = Static<typeof resume>;
/** Leaves a room. */
export type LogoutMessage = Static<typeof logout>;
/** Leaves `roomId` and enters `toRoomId` in one step (RM5). */
export type SwitchRoomMessage = Static<typeof switchRoom>;
/** Asks to publish a stream; `channel` 0–3 as the vendor's publish channels. */
export type PublishMessage = Static<typeof publish>;
/** Gives a stream back. */
export type UnpublishMessage = Static<typeof unpublish>;
/** Asks to play a stream. */
export type PlayMessage = Static<typeof play>;
/** Stops playing a stream. */
export type StopPlayMessage = Static<typeof stopPlay>;
/** Asks for a ticket of a plane (PL2). */
export type PlaneTicketMessage = Static<typeof planeTicket>;
/** Sends to all, in order and reliably (RM4). */
export type SendBroadcastMessage = Static<typeof sendBroadcast>;
/** Sends to all; may be dropped under load (RM4). */
export type SendBarrageMessage = Static<typeof sendBarrage>;
/** Sends to named users, or to all when the list is empty (RM4). */
export type SendCommandMessage = Static<typeof sendCommand>;
/** Sets the room's one extra info (RM4). */
export type SetRoomExtraInfoMessage = Static<typeof setRoomExtraInfo>;
/** Sets the extra info of an own stream. */
export type SetStreamExtraInfoMessage = Static<typeof setStreamExtraInfo>;
/** Asks for the whole state of a room after a gap (WS7). */
export type SnapshotMessage = Static<typeof snapshot>;
/** Asks for a fresh challenge for an AppSign proof (AD2). */
export type ChallengeMessage = Static<typeof challenge>;
/** Says that the client is there (SE7). */
export type PingMessage = Static<typeof ping>;

/** The name of a message a client may send. */
export type ClientVerb = keyof typeof clientMessages;

/** Any message a client may send, told apart by `t`. */
export type ClientMessage = { [Verb in ClientVerb]: Static<(typeof clientMessages)[Verb]> }[ClientVerb];
