import type { RoomMessage, RoomUser, WireRoomEvent } from '@roomkey/protocol';
import type { Directory, DirectoryRefusal, NodeId } from '#cluster';
import { type Clock, createId, type UnixMillis } from '#kernel';
import type { LiveSession } from '#sessions';
import {
  checkMessage,
  checkRoomExtraInfo,
  type MessageLimits,
  type MessageRefusal,
} from './message-limits.ts';
import type { RoomHub } from './room-hub.ts';

/** A message that went out, or why it did not. `messageId` is empty where the answer has none. */
export type SendOutcome =
  | { readonly ok: true; readonly messageId: string }
  | ({ readonly ok: false } & MessageRefusal);

/** What sending needs. */
export interface RoomMessagesOptions {
  readonly clock: Clock;
  readonly nodeId: NodeId;
  readonly directory: Directory;
  readonly hub: RoomHub;
  readonly limits: MessageLimits;
}

const refusals: Readonly<Record<DirectoryRefusal, MessageRefusal>> = {
  gone: { error: 'notInRoom' },
  stale: { error: 'messageSendFailed' },
  fenced: { error: 'messageSendFailed' },
};

/** Sends what sessions say to their room (RM4). Whether a lapsed session may is decided before (SE4). */
export class RoomMessages {
  readonly #clock: Clock;
  readonly #nodeId: NodeId;
  readonly #directory: Directory;
  readonly #hub: RoomHub;
  readonly #limits: MessageLimits;
  #lastBroadcastId = 0n;

  constructor(options: RoomMessagesOptions) {
    this.#clock = options.clock;
    this.#nodeId = options.nodeId;
    this.#directory = options.directory;
    this.#hub = options.hub;
    this.#limits = options.limits;
  }

  /** A numbered event: the room gets all of a sender's in order, also after a resume. */
  async broadcast(session: LiveSession, text: string): Promise<SendOutcome> {
    const refused = checkMessage(text) ?? this.#limits.take(session, session.userId, 'broadcast');
    if (refused !== undefined) return { ok: false, ...refused };
    const message = this.#message(session, this.#nextBroadcastId(), text);
    const outcome = await this.#append(session, { t: 'broadcast', messages: [message] }, message.sendTime);
    return outcome ?? { ok: true, messageId: message.messageId };
  }

  /** Unnumbered and the first to be dropped (WS11). */
  barrage(session: LiveSession, text: string): SendOutcome {
    const refused = checkMessage(text) ?? this.#limits.take(session, session.userId, 'barrage');
    if (refused !== undefined) return { ok: false, ...refused };
    const message = this.#message(session, createId(), text);
    this.#hub.tellOthers(session, { t: 'barrage', roomId: session.roomId, messages: [message] });
    return { ok: true, messageId: message.messageId };
  }

  /** To the named users, or to everybody else when none is named. */
  command(session: LiveSession, text: string, toUserIds: readonly string[]): SendOutcome {
    const kind = toUserIds.length === 1 ? 'commandToOne' : 'commandToMany';
    const refused = checkMessage(text) ?? this.#limits.take(session, session.userId, kind);
    if (refused !== undefined) return { ok: false, ...refused };
    const sendTime = this.#clock.wallMs();
    const { roomId } = session;
    const command = { t: 'command', roomId, fromUser: userOf(session), command: text, sendTime } as const;
    this.#hub.command(session, command, [...new Set(toUserIds)]);
    return { ok: true, messageId: '' };
  }

  /** The room keeps the last value of its one key. */
  async setRoomExtraInfo(session: LiveSession, key: string, value: string): Promise<SendOutcome> {
    const state = await this.#directory.snapshot(session);
    const keysThere = (state?.extraInfo ?? []).map((entry) => entry.key);
    const refused =
      checkRoomExtraInfo(key, value, keysThere) ??
      this.#limits.take(session, session.userId, 'roomExtraInfo');
    if (refused !== undefined) return { ok: false, ...refused };
    const updateTime = this.#clock.wallMs();
    const entries = [{ key, value, updateUser: userOf(session), updateTime }];
    const outcome = await this.#append(session, { t: 'roomExtraInfoUpdate', entries }, updateTime);
    return outcome ?? { ok: true, messageId: '' };
  }

  async #append(
    { sessionId, fence }: LiveSession,
    event: WireRoomEvent,
    at: UnixMillis,
  ): Promise<SendOutcome | undefined> {
    const outcome = await this.#directory.append({ nodeId: this.#nodeId, sessionId, fence, event, at });
    return outcome.ok ? undefined : { ok: false, ...refusals[outcome.refusal] };
  }

  #message(session: LiveSession, messageId: string, message: string): RoomMessage {
    return { messageId, fromUser: userOf(session), message, sendTime: this.#clock.wallMs() };
  }

  /** A whole number that grows on this node and hardly meets another node's: milliseconds and five random digits. */
  #nextBroadcastId(): string {
    const random = Math.floor(Math.random() * 100_000);
    const candidate = BigInt(Math.floor(this.#clock.wallMs())) * 100_000n + BigInt(random);
    this.#lastBroadcastId = candidate > this.#lastBroadcastId ? candidate : this.#lastBroadcastId + 1n;
    return this.#lastBroadcastId.toString();
  }
}

function userOf({ userId, userName }: LiveSession): RoomUser {
  return { userId, userName };
}
