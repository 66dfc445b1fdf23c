import { limits, type RoomFrame } from '@roomkey/protocol';
import type { RoomEvent, RoomKey } from '#cluster';
import type { Clock, MonoMillis, Timer } from '#kernel';
import type { EventSink, FrameKind } from '#sessions';
import { isPresence, type Viewer, viewEvents } from './room-view.ts';

/** Events held back for somebody whose position in the room is being established (RM6). */
export interface Holding {
  events: RoomEvent[];
  /** The last one that did not fit; 0 = none. */
  droppedSeq: number;
}

interface Member extends Viewer {
  /** Undefined while the socket is lost. */
  sink: EventSink | undefined;
  /** Up to here frames have covered the room's numbers. */
  sentSeq: number;
  /** Set while nothing may be sent: until a snapshot is out, or until the next membership frame may go. */
  holding: Holding | undefined;
  /** The position is known; what is held goes out with the next membership frame. */
  isReady: boolean;
}

/**
 * One room's fan-out to the sessions of this node.
 *
 * Each member's frames cover the room's numbers without a gap. Memberships go out at most once in 250 ms, to all who
 * asked at once and with one timer (RM6); what happens behind a waiting membership waits with it for those who asked,
 * so that the order holds. Members at the same position get the same frame object, to be serialised once.
 */
export class RoomChannel {
  readonly key: RoomKey;
  readonly #clock: Clock;
  readonly #members = new Map<string, Member>();
  readonly #listeners = new Set<Member>();
  readonly #held = new Set<Member>();
  readonly #holdings = new Set<Holding>();
  /** Events that those who asked for memberships have not been sent yet. */
  #pending: RoomEvent[] = [];
  #presenceFrom: MonoMillis = 0;
  #timer: Timer | undefined;

  constructor(key: RoomKey, clock: Clock) {
    this.key = key;
    this.#clock = clock;
  }

  /** Nobody here needs the room's events. */
  get isIdle(): boolean {
    return this.#members.size === 0 && this.#holdings.size === 0;
  }

  /** Holds the events from now on, for a member that is about to enter or to come back. */
  hold(): Holding {
    const holding: Holding = { events: [], droppedSeq: 0 };
    this.#holdings.add(holding);
    return holding;
  }

  release(holding: Holding): void {
    this.#holdings.delete(holding);
  }

  /** Makes the viewer a member at position `seq`; what was held and lies behind it follows. */
  join(viewer: Viewer, sink: EventSink, from: { readonly holding: Holding; readonly seq: number }): void {
    this.#holdings.delete(from.holding);
    const { sessionId, userId, statusNotify } = viewer;
    const member: Member = {
      sessionId,
      userId,
      statusNotify,
      sink,
      sentSeq: from.seq,
      holding: from.holding,
      isReady: true,
    };
    this.drop(sessionId);
    this.#members.set(sessionId, member);
    if (statusNotify) this.#listeners.add(member);
    this.#held.add(member);
    this.#catchUp(member);
  }

  /** Stops sending to a member until its position is told by `resumeAt`; false when it is not here. */
  pause(sessionId: string): boolean {
    const member = this.#members.get(sessionId);
    if (member === undefined) return false;
    // What waits for the next membership frame lies before the snapshot that this pause is for.
    member.holding = { events: [], droppedSeq: 0 };
    member.isReady = false;
    this.#held.add(member);
    return true;
  }

  /** Goes on after position `seq`. */
  resumeAt(sessionId: string, seq: number): void {
    const member = this.#members.get(sessionId);
    if (member?.holding === undefined) return;
    member.sentSeq = Math.max(member.sentSeq, seq);
    member.isReady = true;
    this.#catchUp(member);
  }

  /** The socket is lost: a member without frames. */
  suspend(sessionId: string): void {
    const member = this.#members.get(sessionId);
    if (member === undefined) return;
    member.sink = undefined;
    member.holding = undefined;
    this.#held.delete(member);
    this.#listeners.delete(member);
  }

  drop(sessionId: string): void {
    this.suspend(sessionId);
    this.#members.delete(sessionId);
  }

  /** Takes the room's next event. */
  take(event: RoomEvent): void {
    for (const holding of this.#holdings) keep(holding, event);
    for (const { holding } of this.#held) if (holding !== undefined) keep(holding, event);
    const presence = isPresence(event);
    if (presence && this.#listeners.size === 0) return;
    const waits = presence || this.#pending.length > 0;
    // A membership costs nothing for those who did not ask, however many they are (RM6).
    if (!presence) this.#send(this.#members.values(), [event], !waits);
    if (!waits) return;
    this.#pending.push(event);
    this.#flushInTime();
  }

  /** Sends an unnumbered frame to everybody but one. */
  tell(frame: object, kind: FrameKind, exceptSessionId?: string): void {
    for (const { sessionId, sink } of this.#members.values()) {
      if (sessionId !== exceptSessionId) sink?.send(frame, kind);
    }
  }

  close(): void {
    this.#timer?.cancel();
    this.#members.clear();
    this.#listeners.clear();
    this.#held.clear();
    this.#holdings.clear();
  }

  #catchUp(member: Member): void {
    const events = member.holding?.events ?? [];
    if (member.statusNotify && events.some((event) => isPresence(event) && event.seq > member.sentSeq)) {
      this.#flushInTime();
      return;
    }
    this.#sendHeld(member);
  }

  #flushInTime(): void {
    if (this.#timer !== undefined) return;
    const waitMs = this.#presenceFrom - this.#clock.monoMs();
    if (waitMs > 0) {
      this.#timer = this.#clock.setTimer(waitMs, () => this.#flush());
      return;
    }
    this.#flush();
  }

  #flush(): void {
    this.#timer = undefined;
    this.#presenceFrom = this.#clock.monoMs() + limits.presenceFrameIntervalMs;
    const pending = this.#pending;
    this.#pending = [];
    for (const member of this.#held) if (member.isReady) this.#sendHeld(member);
    this.#send(this.#listeners, pending, true);
  }

  #sendHeld(member: Member): void {
    const { holding } = member;
    member.holding = undefined;
    this.#held.delete(member);
    if (holding === undefined) return;
    // Behind what did not fit there is a gap, which the client sees and asks about (WS7).
    member.sentSeq = Math.max(member.sentSeq, holding.droppedSeq);
    this.#sendTo(member, holding.events, new Map());
  }

  #send(members: Iterable<Member>, events: readonly RoomEvent[], toListeners: boolean): void {
    const shared = new Map<string, RoomFrame>();
    for (const member of members) {
      const waits = member.holding !== undefined || (member.statusNotify && !toListeners);
      if (!waits) this.#sendTo(member, events, shared);
    }
  }

  #sendTo(member: Member, events: readonly RoomEvent[], shared: Map<string, RoomFrame>): void {
    const last = events.at(-1);
    if (member.sink === undefined || last === undefined || last.seq <= member.sentSeq) return;
    const isCauser = events.some((event) => event.bySessionId === member.sessionId);
    const group = isCauser ? member.sessionId : `${member.sentSeq} ${member.statusNotify}`;
    const frame = shared.get(group) ?? this.#frameFor(member, events, last.seq);
    shared.set(group, frame);
    // Numbers without anything to show are covered by the next frame that has something.
    if (frame.events.length === 0) return;
    member.sentSeq = frame.to;
    const presenceOnly = frame.events.every((event) => event.t === 'roomUserUpdate');
    member.sink.send(frame, presenceOnly ? 'presence' : 'event');
  }

  #frameFor(member: Member, events: readonly RoomEvent[], to: number): RoomFrame {
    const fresh = events.filter((event) => event.seq > member.sentSeq);
    const { roomId } = this.key;
    return { t: 'room', roomId, from: member.sentSeq + 1, to, events: viewEvents(fresh, member) };
  }
}

function keep(holding: Holding, event: RoomEvent): void {
  holding.events.push(event);
  if (holding.events.length <= limits.roomRingEvents) return;
  holding.droppedSeq = holding.events.shift()?.seq ?? 0;
}
