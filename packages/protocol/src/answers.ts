import Type, { type Static } from 'typebox';
import {
  lease,
  milliseconds,
  requestId,
  roomSeq,
  roomSnapshot,
  serverTimeMs,
  sessionIds,
  ticket,
} from './message-shapes.ts';
import { roomEvent } from './room-events.ts';

const nothing = Type.Object({});
const ticketOrNone = Type.Object({ ticket: Type.Union([ticket, Type.Null()]) });

const entered = Type.Object({
  session: sessionIds,
  lease,
  resumeTicket: Type.String(),
  nextChallenge: Type.String(),
  room: roomSnapshot,
});

const renewed = Type.Object({
  lease,
  resumeTicket: Type.String(),
  unchanged: Type.Optional(Type.Boolean()),
});

const missedEvents = Type.Object({ from: roomSeq, to: roomSeq, events: Type.Array(roomEvent) });

const resumed = Type.Object({
  session: sessionIds,
  lease,
  resumeTicket: Type.String(),
  missed: Type.Optional(missedEvents),
  snapshot: Type.Optional(roomSnapshot),
  commandsLost: Type.Optional(Type.Integer({ minimum: 0 })),
});

/**
 * What an `ok` carries beside `t` and `id`, by the verb that was asked (WS3). `hello` is answered by `welcome`.
 *
 * `resume`: exactly one of `missed` and `snapshot`; `commandsLost` counts kept commands that did not fit (WS7).
 * `renew`: `unchanged` says that the token was the one already held (AD9). A `ticket` of null means that the session
 * needs none (its player is already dialled) or that this server has no such plane.
 */
export const results = {
  login: entered,
  switchRoom: entered,
  renew: renewed,
  resume: resumed,
  logout: nothing,
  publish: ticketOrNone,
  unpublish: nothing,
  play: ticketOrNone,
  stopPlay: nothing,
  planeTicket: Type.Object({ ticket }),
  sendBroadcast: Type.Object({ messageId: Type.String() }),
  sendBarrage: Type.Object({ messageId: Type.String() }),
  sendCommand: nothing,
  setRoomExtraInfo: nothing,
  setStreamExtraInfo: nothing,
  snapshot: roomSnapshot,
  challenge: Type.Object({ challenge: Type.String() }),
  ping: Type.Object({ serverTime: serverTimeMs }),
} as const;

/** What `login` and `switchRoom` bring. */
export type EnteredResult = Static<typeof entered>;
/** What `renew` brings. */
export type RenewedResult = Static<typeof renewed>;
/** What `resume` brings: exactly one of `missed` and `snapshot`. */
export type ResumedResult = Static<typeof resumed>;

/** The verbs that are answered by `ok`. */
export type AnsweredVerb = keyof typeof results;

/** What an `ok` to this verb carries beside `t` and `id`. */
export type ResultOf<Verb extends AnsweredVerb> = Static<(typeof results)[Verb]>;

/** The answer to a request that was granted; its other fields are those of the verb's result. */
export const ok = Type.Object({ t: Type.Literal('ok'), id: requestId });

/** The answer to a granted request of this verb. */
export type OkMessage<Verb extends AnsweredVerb = AnsweredVerb> = Verb extends AnsweredVerb
  ? Static<typeof ok> & ResultOf<Verb>
  : never;

/**
 * The answer to a request that was refused (WS3). `id` is missing only when the frame had none that could be read.
 * `diagnosis` is the id to give to the owner (AD13). `nextChallenge` follows a refused login or switchRoom, whose
 * challenge is spent (AD2).
 */
export const error = Type.Object({
  t: Type.Literal('error'),
  id: Type.Optional(requestId),
  code: Type.Integer(),
  name: Type.String(),
  diagnosis: Type.Optional(Type.String()),
  retryAfterMs: Type.Optional(milliseconds),
  nextChallenge: Type.Optional(Type.String()),
});

/** The answer to a refused request. */
export type ErrorMessage = Static<typeof error>;

const rate = Type.Object({ count: Type.Integer({ minimum: 1 }), perMs: milliseconds });

const welcomeLimits = Type.Object({
  frameBytes: Type.Integer({ minimum: 1 }),
  roomsPerConnection: Type.Integer({ minimum: 1 }),
  pingIntervalMs: milliseconds,
  deadAfterMs: milliseconds,
  resumeWindowMs: milliseconds,
  rates: Type.Record(Type.String(), rate),
});

/** What this server holds its clients to; `rates` by verb (WS15, SE7). */
export type WelcomeLimits = Static<typeof welcomeLimits>;

/** The answer to `hello` (WS4). `challenge` is good for one AppSign proof, for 60 s, on this connection (AD2). */
export const welcome = Type.Object({
  t: Type.Literal('welcome'),
  id: requestId,
  connectionId: Type.String(),
  serverTime: serverTimeMs,
  challenge: Type.String(),
  limits: welcomeLimits,
  features: Type.Array(Type.String()),
});

/** The answer to `hello`. */
export type WelcomeMessage = Static<typeof welcome>;
