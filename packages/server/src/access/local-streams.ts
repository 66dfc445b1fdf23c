import { limits } from '@roomkey/protocol';
import { type Clock, DeadlineWheel } from '#kernel';

/** A stream id that a local session holds: claimed until the gate has seen its publisher, then up (RM3). */
export interface LocalStream {
  readonly streamId: string;
  readonly leaseGeneration: number;
  isUp: boolean;
}

/**
 * The streams of the sessions of this node. A claim that is not dialled in 10 s is handed back (RM3).
 *
 * Sessions without streams cost nothing here.
 */
export class LocalStreams {
  readonly #clock: Clock;
  readonly #bySession = new Map<string, Map<string, LocalStream>>();
  readonly #wheel: DeadlineWheel<string>;

  constructor(clock: Clock, onUndialled: (sessionId: string, streamId: string) => void) {
    this.#clock = clock;
    this.#wheel = new DeadlineWheel({
      clock,
      onDue: (key, sessionId) => onUndialled(sessionId, key.slice(sessionId.length + 1)),
    });
  }

  /** Notes a claim; from now on it has 10 s to be dialled. */
  claim(sessionId: string, streamId: string, leaseGeneration: number): void {
    const streams = this.#bySession.get(sessionId) ?? new Map<string, LocalStream>();
    this.#bySession.set(sessionId, streams);
    streams.set(streamId, { streamId, leaseGeneration, isUp: false });
    this.#wheel.set(
      keyOf(sessionId, streamId),
      this.#clock.monoMs() + limits.claimDialWithinMs,
      sessionId,
      0,
    );
  }

  find(sessionId: string, streamId: string): LocalStream | undefined {
    return this.#bySession.get(sessionId)?.get(streamId);
  }

  /** The ids a session holds, up or not. */
  ofSession(sessionId: string): readonly string[] {
    return [...(this.#bySession.get(sessionId)?.keys() ?? [])];
  }

  /** The publisher is there; false when the claim is not (any more). */
  markUp(sessionId: string, streamId: string): boolean {
    const stream = this.find(sessionId, streamId);
    if (stream === undefined) return false;
    stream.isUp = true;
    this.#wheel.delete(keyOf(sessionId, streamId));
    return true;
  }

  /** Lets go of one stream; false when it was not held. */
  release(sessionId: string, streamId: string): boolean {
    const streams = this.#bySession.get(sessionId);
    if (streams?.delete(streamId) !== true) return false;
    if (streams.size === 0) this.#bySession.delete(sessionId);
    this.#wheel.delete(keyOf(sessionId, streamId));
    return true;
  }

  /** Lets go of all that a session holds. */
  drop(sessionId: string): void {
    for (const streamId of this.ofSession(sessionId)) this.release(sessionId, streamId);
  }

  stop(): void {
    this.#wheel.stop();
  }
}

function keyOf(sessionId: string, streamId: string): string {
  return `${sessionId} ${streamId}`;
}
