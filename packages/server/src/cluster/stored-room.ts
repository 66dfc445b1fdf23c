import {
  limits,
  type RoomExtraInfo,
  type RoomStream,
  type StreamDeleteReason,
  type WireRoomEvent,
} from '@roomkey/protocol';
import { createId, type UnixMillis } from '#kernel';
import type { RoomEvent, RoomKey, RoomSince, RoomState, SessionRecord, StreamRecord } from './directory.ts';
import { RoomRing } from './room-ring.ts';
import type { TicketChain } from './ticket-chain.ts';

/** A session as the store keeps it; the record is replaced, never changed. */
export interface StoredSession {
  record: SessionRecord;
  tickets: TicketChain;
  /** Claimed streams; undefined until the first. */
  streams: StreamRecord[] | undefined;
  /** The next session of the same user in the app. */
  nextOfUser: StoredSession | undefined;
}

/** Hears every event of a room in the step that caused it. */
export type EventListener = (room: StoredRoom, event: RoomEvent) => void;

/**
 * A room while anybody is in it or may come back to it (RM1).
 *
 * Its life ends with the last member; numbers go on while absent sessions remember it, so that a new life never
 * repeats a number that a client has seen (WS7).
 */
export class StoredRoom {
  readonly key: RoomKey;
  readonly #tell: EventListener;
  roomSessionId: string = createId();
  /** What the first member asked for (RM2); 0 = no limit. */
  #askedLimit: number;
  #seq = 0;
  #ring = new RoomRing();
  // Two maps, so that who is listed (RM2) is known without counting through the room (RM6).
  readonly #listed = new Map<string, StoredSession>();
  readonly #unlisted = new Map<string, StoredSession>();
  #absent: Map<string, StoredSession> | undefined;
  #streams: Map<string, StreamRecord> | undefined;
  #extraInfo: readonly RoomExtraInfo[] = [];

  constructor(key: RoomKey, askedLimit: number, tell: EventListener) {
    this.key = key;
    this.#askedLimit = askedLimit;
    this.#tell = tell;
  }

  get online(): number {
    return this.#listed.size + this.#unlisted.size;
  }

  /** Nobody is in it and nobody may come back. */
  get isOver(): boolean {
    return this.online === 0 && (this.#absent?.size ?? 0) === 0;
  }

  /** Whether one more fits, when `without` of those inside leave first. */
  isFull(maxMembers: number | null, without = 0): boolean {
    const inside = this.online - without;
    if (maxMembers !== null && inside >= maxMembers) return true;
    // The first member of a new life sets the limit anew.
    return inside > 0 && this.#askedLimit > 0 && inside >= this.#askedLimit;
  }

  has(sessionId: string): boolean {
    return this.#listed.has(sessionId) || this.#unlisted.has(sessionId);
  }

  /** Starts a new life when the last has ended: another id, nothing kept, numbers go on behind a gap. */
  beginLife(askedLimit: number): void {
    if (this.online > 0) return;
    this.roomSessionId = createId();
    this.#askedLimit = askedLimit;
    this.#seq += 1;
  }

  /** Makes the session a member and tells the room, if it is one of those who are listed. */
  addMember(session: StoredSession, at: UnixMillis): void {
    const { sessionId } = session.record;
    this.#absent?.delete(sessionId);
    if (this.#listed.size >= limits.listedMembers) {
      this.#unlisted.set(sessionId, session);
      return;
    }
    this.#list(session, at);
  }

  /** Takes a member out: its streams are gone with `reason`, the next unlisted one moves up. */
  removeMember(session: StoredSession, reason: StreamDeleteReason, at: UnixMillis): void {
    const { sessionId } = session.record;
    this.#dropStreams(session, reason, at);
    this.#absent?.delete(sessionId);
    if (this.#unlisted.delete(sessionId) || !this.#listed.delete(sessionId)) return;
    this.append(
      { t: 'roomUserUpdate', updateType: 'delete', users: [userOf(session.record)] },
      sessionId,
      at,
    );
    if (this.online === 0) this.#endLife();
    for (const [nextId, next] of this.#unlisted) {
      this.#unlisted.delete(nextId);
      this.#list(next, at);
      return;
    }
  }

  /** Remembers that a session which is no member any more may come back. */
  keepAbsent(session: StoredSession): void {
    this.#absent ??= new Map();
    this.#absent.set(session.record.sessionId, session);
  }

  /** Everybody in the room and everybody who may come back. */
  *sessions(): Generator<StoredSession> {
    yield* this.#listed.values();
    yield* this.#unlisted.values();
    if (this.#absent !== undefined) yield* this.#absent.values();
  }

  streams(): readonly StreamRecord[] {
    return this.#streams === undefined ? [] : [...this.#streams.values()];
  }

  /** Puts a stream record in the place of its last one. */
  putStream(session: StoredSession, stream: StreamRecord): void {
    this.#streams ??= new Map();
    this.#streams.set(stream.streamId, stream);
    session.streams = [...(session.streams ?? []).filter((own) => own.streamId !== stream.streamId), stream];
  }

  /** Takes one stream away; the room is told if it was listed. */
  dropStream(session: StoredSession, stream: StreamRecord, reason: StreamDeleteReason, at: UnixMillis): void {
    this.#streams?.delete(stream.streamId);
    session.streams = session.streams?.filter((own) => own.streamId !== stream.streamId);
    if (stream.up) this.#tellGone([stream], reason, at);
  }

  /** Tells the room that a stream is there or that its extra info is another. */
  tellStream(what: 'added' | 'changed', stream: StreamRecord, at: UnixMillis): void {
    const streams = [wireStream(stream)];
    const event: WireRoomEvent =
      what === 'added'
        ? { t: 'roomStreamUpdate', updateType: 'add', streams }
        : { t: 'roomStreamExtraInfoUpdate', streams };
    this.append(event, stream.sessionId, at);
  }

  /** Numbers an event, keeps it in the ring and hands it to the listener. */
  append(event: WireRoomEvent, bySessionId: string | undefined, at: UnixMillis): number {
    this.#seq += 1;
    const numbered: RoomEvent = { seq: this.#seq, at, bySessionId, event };
    if (event.t === 'roomExtraInfoUpdate') this.#keepExtraInfo(event.entries);
    this.#ring.push(numbered);
    this.#tell(this, numbered);
    return this.#seq;
  }

  state(): RoomState {
    return {
      seq: this.#seq,
      roomSessionId: this.roomSessionId,
      online: this.online,
      members: Array.from(this.#listed.values(), (session) => userOf(session.record)),
      streams: this.streams()
        .filter((stream) => stream.up)
        .map(wireStream),
      extraInfo: this.#extraInfo,
    };
  }

  since(seq: number): RoomSince {
    const events = this.#ring.after(seq, this.#seq);
    if (events === undefined) return { kind: 'snapshot', room: this.state() };
    return { kind: 'events', from: seq + 1, to: this.#seq, events };
  }

  #endLife(): void {
    this.#ring = new RoomRing();
    this.#extraInfo = [];
  }

  #list(session: StoredSession, at: UnixMillis): void {
    const { sessionId } = session.record;
    this.#listed.set(sessionId, session);
    this.append({ t: 'roomUserUpdate', updateType: 'add', users: [userOf(session.record)] }, sessionId, at);
  }

  #dropStreams(session: StoredSession, reason: StreamDeleteReason, at: UnixMillis): void {
    const own = session.streams ?? [];
    for (const { streamId } of own) this.#streams?.delete(streamId);
    session.streams = undefined;
    const listed = own.filter((stream) => stream.up);
    if (listed.length > 0) this.#tellGone(listed, reason, at);
  }

  #tellGone(streams: readonly StreamRecord[], reason: StreamDeleteReason, at: UnixMillis): void {
    const gone = streams.map((stream) => ({ ...wireStream(stream), reason }));
    this.append({ t: 'roomStreamUpdate', updateType: 'delete', streams: gone }, streams[0]?.sessionId, at);
  }

  #keepExtraInfo(entries: readonly RoomExtraInfo[]): void {
    const changed = new Set(entries.map((entry) => entry.key));
    this.#extraInfo = [...this.#extraInfo.filter((entry) => !changed.has(entry.key)), ...entries];
  }
}

function userOf({ userId, userName }: SessionRecord | StreamRecord): { userId: string; userName: string } {
  return { userId, userName };
}

function wireStream(stream: StreamRecord): RoomStream {
  return { streamId: stream.streamId, user: userOf(stream), extraInfo: stream.extraInfo };
}
