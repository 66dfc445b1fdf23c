import type { CommandMessage, RoomSnapshot } from '@roomkey/protocol';
import type { Bus, Directory, NodeMessage, RoomKey, Unsubscribe } from '#cluster';
import type { Clock } from '#kernel';
import type { LiveSession, Present, SessionTable } from '#sessions';
import { OnlineCounter } from './online-counter.ts';
import { RoomChannel } from './room-channel.ts';
import { type MissedRoom, type Viewer, viewMissed, viewRoom } from './room-view.ts';

/** What a hub needs. */
export interface RoomHubOptions {
  readonly clock: Clock;
  readonly bus: Bus;
  readonly directory: Directory;
  readonly sessions: SessionTable;
}

/** A place in a room's fan-out for a session that is about to enter or to come back (RM6). */
export interface Seat {
  /**
   * Starts the delivery behind position `seq`. Call it in the same turn in which the answer with the snapshot or the
   * missed events was given to the sink: everything that follows is behind it.
   */
  take(session: Present, seq: number): void;
  /** Gives the place back when nobody takes it; after `take` it does nothing. */
  release(): void;
}

interface Watched {
  readonly channel: RoomChannel;
  readonly stop: Promise<Unsubscribe>;
}

/** What `tellRoom` carries between hubs; the bus has checked where it comes from. */
export type RoomWord =
  | { readonly frame: object; readonly exceptSessionId: string }
  | { readonly command: CommandMessage; readonly bySessionId: string; readonly toUserIds: readonly string[] };

/** The topic of room traffic without numbers. */
export const roomWordTopic = 'rooms.word';

/**
 * Brings what happens in rooms to the sessions of this node: one watch per room with sessions here, however many they
 * are. A slow member delays nobody: everything goes to its sink, which bounds itself (WS11).
 */
export class RoomHub {
  readonly #clock: Clock;
  readonly #bus: Bus;
  readonly #directory: Directory;
  readonly #sessions: SessionTable;
  readonly #rooms = new Map<string, Watched>();
  readonly #counter: OnlineCounter;

  constructor(options: RoomHubOptions) {
    this.#clock = options.clock;
    this.#bus = options.bus;
    this.#directory = options.directory;
    this.#sessions = options.sessions;
    this.#counter = new OnlineCounter(options.clock, options.directory);
  }

  /** How many rooms are watched. */
  get watched(): number {
    return this.#rooms.size;
  }

  /** Subscribes first: resolves when no event of the room can be missed any more (RM6). */
  async reserve(room: RoomKey): Promise<Seat> {
    const { channel, stop } = this.#rooms.get(textOf(room)) ?? this.#watch(room);
    const holding = channel.hold();
    const release = (): void => {
      channel.release(holding);
      this.#closeIfIdle(channel);
    };
    try {
      await stop;
    } catch (failure) {
      release();
      throw failure;
    }
    let isTaken = false;
    return {
      take: (session, seq) => {
        if (isTaken) throw new TypeError('a seat is taken once');
        isTaken = true;
        channel.join(session, session.connection.sink, { holding, seq });
      },
      release: () => {
        if (!isTaken) release();
      },
    };
  }

  /** The socket is lost: events wait in the room's ring, commands in the session table (WS7). */
  suspend(session: LiveSession): void {
    this.#channelOf(session)?.suspend(session.sessionId);
  }

  /** The session is no member any more, or no longer this node's. */
  drop(session: RoomKey & { readonly sessionId: string }): void {
    const channel = this.#channelOf(session);
    if (channel === undefined) return;
    channel.drop(session.sessionId);
    this.#closeIfIdle(channel);
  }

  /** What the viewer missed since `seq`, for the answer to a resume; undefined when the room is gone (WS7). */
  async missed(room: RoomKey, seq: number, viewer: Viewer): Promise<MissedRoom | undefined> {
    return viewMissed(room.roomId, await this.#directory.since(room, seq), viewer);
  }

  /**
   * Gives the session the room as it is now by `send`, which passes it to the sink at once; events go on behind it.
   * For the `snapshot` verb, and for a sink that had to drop membership frames (WS7, WS11). False: not in the room.
   */
  async sendSnapshot(session: Present, send: (snapshot: RoomSnapshot) => void): Promise<boolean> {
    const channel = this.#channelOf(session);
    if (channel?.pause(session.sessionId) !== true) return false;
    const state = await this.#directory.snapshot(session).catch((failure: unknown) => {
      channel.resumeAt(session.sessionId, 0);
      throw failure;
    });
    if (state !== undefined) send(viewRoom(session.roomId, state, session));
    channel.resumeAt(session.sessionId, state?.seq ?? 0);
    return state !== undefined;
  }

  /** Tells everybody in the room but the sender, on every node; may be lost (RM4). */
  tellOthers(session: LiveSession, frame: object): void {
    this.#word(session, { frame, exceptSessionId: session.sessionId });
  }

  /** Sends a command to users of the room on every node; none named = everybody else (RM4). */
  command(session: LiveSession, command: CommandMessage, toUserIds: readonly string[]): void {
    this.#word(session, { command, bySessionId: session.sessionId, toUserIds });
  }

  /** Stops every watch. */
  async stop(): Promise<void> {
    this.#counter.stop();
    const watched = [...this.#rooms.values()];
    this.#rooms.clear();
    for (const { channel, stop } of watched) {
      channel.close();
      (await stop)();
    }
  }

  #channelOf(room: RoomKey): RoomChannel | undefined {
    return this.#rooms.get(textOf(room))?.channel;
  }

  #watch({ appId, roomId }: RoomKey): Watched {
    const key = { appId, roomId };
    const channel = new RoomChannel(key, this.#clock);
    const watched = { channel, stop: this.#subscribe(key, channel) };
    this.#rooms.set(textOf(key), watched);
    this.#counter.add(channel);
    return watched;
  }

  async #subscribe(key: RoomKey, channel: RoomChannel): Promise<Unsubscribe> {
    const stopWords = this.#bus.onRoomMessage(key, (message) => this.#hear(channel, message));
    try {
      const stopEvents = await this.#bus.watchRoom(key, (event) => channel.take(event));
      return () => {
        stopEvents();
        stopWords();
      };
    } catch (failure) {
      stopWords();
      throw failure;
    }
  }

  #closeIfIdle(channel: RoomChannel): void {
    const watched = this.#rooms.get(textOf(channel.key));
    if (!channel.isIdle || watched?.channel !== channel) return;
    this.#rooms.delete(textOf(channel.key));
    this.#counter.remove(channel);
    channel.close();
    // A subscription that failed has told those who waited for it; there is nothing to stop.
    void watched.stop.then(
      (stop) => stop(),
      () => undefined,
    );
  }

  #word(room: RoomKey, body: RoomWord): void {
    this.#bus.tellRoom(room, { topic: roomWordTopic, body });
  }

  #hear(channel: RoomChannel, { topic, body }: NodeMessage): void {
    if (topic !== roomWordTopic) return;
    const word = body as RoomWord;
    if ('frame' in word) channel.tell(word.frame, 'barrage', word.exceptSessionId);
    else this.#deliver(channel.key, word);
  }

  #deliver({ appId, roomId }: RoomKey, word: Extract<RoomWord, { readonly command: unknown }>): void {
    const { command, bySessionId, toUserIds } = word;
    const targets =
      toUserIds.length === 0
        ? this.#sessions.ofRoom(appId, roomId)
        : toUserIds.flatMap((userId) => this.#sessions.ofUser(appId, userId));
    for (const target of targets) {
      if (target.roomId !== roomId || target.sessionId === bySessionId) continue;
      if (target.state === 'present') target.connection.sink.send(command, 'event');
      else this.#sessions.keepCommand(target.sessionId, command);
    }
  }
}

function textOf({ appId, roomId }: RoomKey): string {
  return `${appId} ${roomId}`;
}
