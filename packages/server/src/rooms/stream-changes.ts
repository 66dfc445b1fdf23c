import { limits, type StreamDeleteReason } from '@roomkey/protocol';
import type { Directory, DirectoryOutcome, OwnerCall } from '#cluster';
import type { Clock, MonoMillis, Timer } from '#kernel';

/** A change to a session's stream that its room would see. */
export type StreamChange =
  | { readonly kind: 'up'; readonly streamId: string }
  | { readonly kind: 'down'; readonly streamId: string; readonly reason: StreamDeleteReason }
  | { readonly kind: 'extraInfo'; readonly streamId: string; readonly extraInfo: string };

interface Waiting {
  readonly call: OwnerCall;
  readonly change: StreamChange;
  readonly answer: (outcome: DirectoryOutcome | Promise<DirectoryOutcome>) => void;
}

interface Lane {
  readonly waiting: Waiting[];
  /** When the last changes went out; at most as many as are allowed in a second. */
  sentAt: MonoMillis[];
}

const windowMs = 1_000;

/**
 * Lets the room see at most two stream changes of one session in a second (WS15): further ones wait in order, and a
 * stream that goes while its coming still waits is never shown. Only the session that hurries waits.
 */
export class StreamChanges {
  readonly #clock: Clock;
  readonly #directory: Directory;
  readonly #lanes = new Map<string, Lane>();
  #timer: Timer | undefined;

  constructor(clock: Clock, directory: Directory) {
    this.#clock = clock;
    this.#directory = directory;
  }

  /** How many sessions have changed a stream within the last second or wait to. */
  get size(): number {
    return this.#lanes.size;
  }

  /** Carries the change out, at once where the rate allows. */
  change(call: OwnerCall, change: StreamChange): Promise<DirectoryOutcome> {
    const lane = this.#lanes.get(call.sessionId) ?? { waiting: [], sentAt: [] };
    this.#lanes.set(call.sessionId, lane);
    if (change.kind === 'down' && this.#cancelUp(lane, change.streamId)) {
      return this.#carryOut(call, change);
    }
    return new Promise((resolve) => {
      lane.waiting.push({ call, change, answer: resolve });
      this.#serve(lane);
      this.#arm();
    });
  }

  /** The session ended or left: what waits is answered `gone`, its streams go with it. */
  drop(sessionId: string): void {
    const lane = this.#lanes.get(sessionId);
    this.#lanes.delete(sessionId);
    for (const { answer } of lane?.waiting ?? []) answer({ ok: false, refusal: 'gone' });
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const sessionId of [...this.#lanes.keys()]) this.drop(sessionId);
  }

  /** A coming that nobody has seen is taken back, with the changes to it. */
  #cancelUp(lane: Lane, streamId: string): boolean {
    const ofStream = lane.waiting.filter(({ change }) => change.streamId === streamId);
    if (!ofStream.some(({ change }) => change.kind === 'up')) return false;
    for (const waiting of ofStream) {
      lane.waiting.splice(lane.waiting.indexOf(waiting), 1);
      waiting.answer({ ok: false, refusal: 'gone' });
    }
    return true;
  }

  #serve(lane: Lane): void {
    const now = this.#clock.monoMs();
    lane.sentAt = lane.sentAt.filter((at) => at > now - windowMs);
    while (lane.sentAt.length < limits.streamChangesPerSecond) {
      const next = lane.waiting.shift();
      if (next === undefined) return;
      lane.sentAt.push(now);
      next.answer(this.#carryOut(next.call, next.change));
    }
  }

  #carryOut(call: OwnerCall, change: StreamChange): Promise<DirectoryOutcome> {
    const { streamId } = change;
    switch (change.kind) {
      case 'up':
        return this.#directory.streamUp({ ...call, streamId });
      case 'down':
        return this.#directory.releaseStream({ ...call, streamId, reason: change.reason });
      case 'extraInfo':
        return this.#directory.setStreamExtraInfo({ ...call, streamId, extraInfo: change.extraInfo });
    }
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#lanes.size === 0) return;
    let wakeAt = Number.POSITIVE_INFINITY;
    for (const { sentAt } of this.#lanes.values()) {
      const first = sentAt[0];
      if (first !== undefined) wakeAt = Math.min(wakeAt, first + windowMs);
    }
    if (wakeAt === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.setTimer(Math.max(0, wakeAt - this.#clock.monoMs()), () => this.#wake());
  }

  #wake(): void {
    this.#timer = undefined;
    for (const [sessionId, lane] of this.#lanes) {
      this.#serve(lane);
      if (lane.waiting.length === 0 && lane.sentAt.length === 0) this.#lanes.delete(sessionId);
    }
    this.#arm();
  }
}
