import { type CloseName, closeCodes, limits, type Platform, type Product } from '@roomkey/protocol';
import { createId, type MonoMillis } from '#kernel';
import type { Connection, EventSink, FrameKind } from '#sessions';
import type { RequestBuckets } from './request-buckets.ts';
import type { SignalParts } from './signal-parts.ts';
import type { SignalSocket } from './signal-socket.ts';

/** How long a peer may take to answer a close before its socket is cut. */
export const closeWithinMs = 5_000;

const barrageUpTo = limits.sendBudgetBytes / 2;
const presenceUpTo = (limits.sendBudgetBytes * 3) / 4;

/** What a new socket brings. */
export interface ConnectionFacts {
  readonly addressKey: string;
  readonly host: string;
  readonly origin: string | undefined;
}

/** A frame that waits for its turn; undefined = it was binary. */
export type WaitingFrame = Buffer | undefined;

/**
 * One socket: what its hello said, where it stands, and what it may still be sent. Holds numbers and flags only; lists
 * and buckets are made when they are needed first.
 */
export class SignalConnection implements Connection, EventSink {
  readonly connectionId: string = createId();
  readonly addressKey: string;
  readonly host: string;
  readonly origin: string | undefined;
  platform: Platform = 'unknown';
  product: Product = 'unknown';
  sdkVersion = 'other';
  sdk = '';
  resumeWindowMs: number = limits.resumeWindowNativeMs;

  hasGreeted = false;
  /** Written by the list alone, which counts it. */
  isAdmitted = false;
  /** Since it was admitted last there was a logout: being without a session is then a normal end. */
  hasLoggedOut = false;
  /** A refused resume has prolonged the wait for a login already. */
  wasProlonged = false;
  /** Until then the next step towards an admission must have come (WS2). */
  stepByMono: MonoMillis;
  lastFrameAtMono: MonoMillis;

  /** The latest request id; ids grow (WS3). */
  lastId = -1;
  badInARow = 0;
  overInARow = 0;
  refusedLogins = 0;
  buckets: RequestBuckets | undefined = undefined;

  isBusy = false;
  waiting: WaitingFrame[] | undefined = undefined;
  waitingBytes = 0;

  /** Rooms whose membership frames were dropped; `asked` = their snapshot is on its way (WS11). */
  owed: Map<string, 'owed' | 'asked'> | undefined = undefined;

  closeByMono: MonoMillis | undefined = undefined;
  isLost = false;

  readonly #socket: SignalSocket;
  readonly #parts: SignalParts;
  #challenge: string | undefined;
  #challengeUntilMono: MonoMillis = 0;

  constructor(parts: SignalParts, socket: SignalSocket, facts: ConnectionFacts) {
    this.#parts = parts;
    this.#socket = socket;
    this.addressKey = facts.addressKey;
    this.host = facts.host;
    this.origin = facts.origin;
    this.lastFrameAtMono = parts.clock.monoMs();
    this.stepByMono = this.lastFrameAtMono + limits.helloWithinMs;
  }

  /** Where frames go: the socket is its own sink. */
  get sink(): EventSink {
    return this;
  }

  get isClosing(): boolean {
    return this.closeByMono !== undefined;
  }

  /** Bytes given to the socket that the peer's side has not taken yet. */
  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Makes the challenge for the next proof; an older one is void from now on (AD2). */
  nextChallenge(): string {
    this.#challenge = createId();
    this.#challengeUntilMono = this.#parts.clock.monoMs() + limits.challengeValidMs;
    return this.#challenge;
  }

  /** Takes the outstanding challenge; it is void whatever it is used for. Undefined when none is valid (AD2). */
  spendChallenge(): string | undefined {
    const challenge = this.#challenge;
    this.#challenge = undefined;
    return this.#parts.clock.monoMs() < this.#challengeUntilMono ? challenge : undefined;
  }

  /** Gives a frame to the socket, or drops or merges it if the peer is slow to read (WS11). Never throws. */
  send(frame: object, kind: FrameKind): void {
    if (this.isClosing) return;
    const unsent = this.#socket.bufferedAmount;
    if (kind === 'barrage' && unsent > barrageUpTo) return;
    if (kind === 'presence' && this.#owesInstead(frame, unsent)) return;
    try {
      const bytes = this.#parts.encoder.encode(frame);
      // A frame larger than the budget may still go alone: the budget is about what waits.
      if (unsent > 0 && unsent + bytes.length > limits.sendBudgetBytes) {
        this.end('slow');
        return;
      }
      this.#socket.send(bytes, { binary: false });
    } catch (failure) {
      this.#parts.logger.error({ err: failure, connectionId: this.connectionId }, 'a frame was not sent');
    }
  }

  /** Closes behind what is queued. Its sessions have ended, or are somebody else's to end. */
  close(close: CloseName): void {
    if (this.isClosing) return;
    this.closeByMono = this.#parts.clock.monoMs() + closeWithinMs;
    this.waiting = undefined;
    this.waitingBytes = 0;
    const { code, reason } = closeCodes[close];
    // A paused socket would never see the peer's answer.
    if (this.#socket.isPaused) this.#socket.resume();
    this.#socket.close(code, reason);
  }

  /** Closes, and lets its sessions be resumed at once: they do not wait for the peer's answer (SE1). */
  end(close: CloseName): void {
    this.close(close);
    this.lose();
  }

  /** Cuts the socket without a word. */
  terminate(): void {
    this.#socket.terminate();
  }

  /** Says, once, that nothing more will come from here. */
  lose(): void {
    this.closeByMono ??= this.#parts.clock.monoMs() + closeWithinMs;
    this.waiting = undefined;
    this.owed = undefined;
    if (this.isLost) return;
    this.isLost = true;
    try {
      this.#parts.access.connectionLost(this, this.lastFrameAtMono);
    } catch (failure) {
      // Thrown on into an event of the socket, it would end the process and everybody's sessions.
      this.#parts.logger.error(
        { err: failure, connectionId: this.connectionId },
        'a lost socket was not noted',
      );
    }
  }

  pause(): void {
    if (!this.#socket.isPaused) this.#socket.pause();
  }

  unpause(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  #owesInstead(frame: object, unsent: number): boolean {
    const roomId = 'roomId' in frame ? frame.roomId : undefined;
    if (typeof roomId !== 'string') return unsent > presenceUpTo;
    if (unsent <= presenceUpTo && this.owed?.has(roomId) !== true) return false;
    this.owed ??= new Map();
    if (!this.owed.has(roomId)) this.owed.set(roomId, 'owed');
    return true;
  }
}
