import type { StreamDeleteReason } from '@roomkey/protocol';
import type { UnixMillis } from '#kernel';
import type { RoomKey, SessionQuery, StreamRecord } from './directory.ts';
import { type EventListener, StoredRoom, type StoredSession } from './stored-room.ts';

interface AppShelf {
  readonly rooms: Map<string, StoredRoom>;
  /** The newest session of each user; the others hang on it. */
  readonly users: Map<string, StoredSession>;
  readonly streamOwners: Map<string, StoredSession>;
  rulesFloor: number;
}

/** The sessions, rooms and streams of a store, with the look-ups that the directory's verbs need. */
export class SessionShelf {
  readonly #tell: EventListener;
  readonly #apps = new Map<number, AppShelf>();
  readonly #sessions = new Map<string, StoredSession>();

  constructor(tell: EventListener) {
    this.#tell = tell;
  }

  findSession(sessionId: string): StoredSession | undefined {
    return this.#sessions.get(sessionId);
  }

  findRoom(key: RoomKey): StoredRoom | undefined {
    return this.#apps.get(key.appId)?.rooms.get(key.roomId);
  }

  /** The room, in a new life if its last one has ended (RM1). */
  openRoom({ appId, roomId }: RoomKey, askedLimit: number): StoredRoom {
    const { rooms } = this.#app(appId);
    const there = rooms.get(roomId);
    if (there !== undefined) {
      there.beginLife(askedLimit);
      return there;
    }
    const room = new StoredRoom({ appId, roomId }, askedLimit, this.#tell);
    rooms.set(roomId, room);
    return room;
  }

  roomsOf(appId: number): Iterable<StoredRoom> {
    return this.#apps.get(appId)?.rooms.values() ?? [];
  }

  sessionsOfUser(appId: number, userId: string): readonly StoredSession[] {
    const found: StoredSession[] = [];
    let next = this.#apps.get(appId)?.users.get(userId);
    for (; next !== undefined; next = next.nextOfUser) found.push(next);
    return found;
  }

  /** Lists a session under its id and its user, and as a member of the room. */
  add(session: StoredSession, room: StoredRoom, at: UnixMillis): void {
    const { sessionId, appId, userId } = session.record;
    const { users } = this.#app(appId);
    session.nextOfUser = users.get(userId);
    users.set(userId, session);
    this.#sessions.set(sessionId, session);
    room.addMember(session, at);
  }

  /** Takes the session out of its room, which may still get it back (SE1). */
  makeAbsent(session: StoredSession, room: StoredRoom, at: UnixMillis): void {
    this.#leaveRoom(session, room, 2, at);
    room.keepAbsent(session);
  }

  /** Takes the session out for good; the room stays open until `closeIfOver`. */
  remove(session: StoredSession, reason: StreamDeleteReason, at: UnixMillis): void {
    const room = this.findRoom(session.record);
    if (room !== undefined) this.#leaveRoom(session, room, reason, at);
    this.#sessions.delete(session.record.sessionId);
    this.#unlinkUser(session);
  }

  /** Forgets a room that is over (RM1). */
  closeIfOver(key: RoomKey): void {
    if (this.findRoom(key)?.isOver) this.#app(key.appId).rooms.delete(key.roomId);
  }

  streamOwner(appId: number, streamId: string): StoredSession | undefined {
    return this.#apps.get(appId)?.streamOwners.get(streamId);
  }

  putStream(session: StoredSession, stream: StreamRecord): void {
    this.#app(stream.appId).streamOwners.set(stream.streamId, session);
    this.findRoom(stream)?.putStream(session, stream);
  }

  dropStream(session: StoredSession, stream: StreamRecord, reason: StreamDeleteReason, at: UnixMillis): void {
    this.#app(stream.appId).streamOwners.delete(stream.streamId);
    this.findRoom(stream)?.dropStream(session, stream, reason, at);
  }

  rulesFloor(appId: number): number {
    return this.#apps.get(appId)?.rulesFloor ?? 0;
  }

  raiseRulesFloor(appId: number, version: number): void {
    const app = this.#app(appId);
    app.rulesFloor = Math.max(app.rulesFloor, version);
  }

  /** The sessions that match; the narrowest look-up is taken first. */
  *match(query: SessionQuery): Generator<StoredSession> {
    for (const session of this.#candidates(query)) {
      const { record } = session;
      const matches =
        record.appId === query.appId &&
        (query.sessionId === undefined || record.sessionId === query.sessionId) &&
        (query.userId === undefined || record.userId === query.userId) &&
        (query.roomId === undefined || record.roomId === query.roomId);
      if (matches) yield session;
    }
  }

  *#candidates(query: SessionQuery): Generator<StoredSession> {
    if (query.sessionId !== undefined) {
      const session = this.#sessions.get(query.sessionId);
      if (session !== undefined) yield session;
    } else if (query.userId !== undefined) {
      yield* this.sessionsOfUser(query.appId, query.userId);
    } else if (query.roomId !== undefined) {
      yield* this.findRoom({ appId: query.appId, roomId: query.roomId })?.sessions() ?? [];
    } else {
      for (const room of this.roomsOf(query.appId)) yield* room.sessions();
    }
  }

  #leaveRoom(session: StoredSession, room: StoredRoom, reason: StreamDeleteReason, at: UnixMillis): void {
    const { streamOwners } = this.#app(session.record.appId);
    for (const { streamId } of session.streams ?? []) streamOwners.delete(streamId);
    room.removeMember(session, reason, at);
  }

  #unlinkUser(session: StoredSession): void {
    const { appId, userId } = session.record;
    const { users } = this.#app(appId);
    const rest = this.sessionsOfUser(appId, userId).filter((other) => other !== session);
    session.nextOfUser = undefined;
    for (const [index, other] of rest.entries()) other.nextOfUser = rest[index + 1];
    if (rest[0] === undefined) users.delete(userId);
    else users.set(userId, rest[0]);
  }

  #app(appId: number): AppShelf {
    const there = this.#apps.get(appId);
    if (there !== undefined) return there;
    const app: AppShelf = { rooms: new Map(), users: new Map(), streamOwners: new Map(), rulesFloor: 0 };
    this.#apps.set(appId, app);
    return app;
  }
}
