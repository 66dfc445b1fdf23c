import type { Clock, MonoMillis, Timer, UnixMillis } from '#kernel';

interface Waiting {
  readonly dueMono: MonoMillis;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until told to move: a day runs in milliseconds. Wall and monotonic time are apart, so
 * that steps of the wall clock can be tried (SE3a).
 */
export class FakeClock implements Clock {
  #wall: UnixMillis;
  #mono: MonoMillis = 1_000;
  #order = 0;
  #waiting = new Set<Waiting>();

  constructor(wall: UnixMillis = 1_795_488_930_000) {
    this.#wall = wall;
  }

  wallMs(): UnixMillis {
    return this.#wall;
  }

  monoMs(): MonoMillis {
    return this.#mono;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const waiting: Waiting = { dueMono: this.#mono + Math.max(0, delayMs), order: this.#order++, callback };
    this.#waiting.add(waiting);
    return { cancel: () => void this.#waiting.delete(waiting) };
  }

  /** How many timers wait. */
  get timers(): number {
    return this.#waiting.size;
  }

  /** Steps the wall clock alone, as an operator or NTP would. */
  stepWall(byMs: number): void {
    this.#wall += byMs;
  }

  /**
   * Lets time pass. Timers fire at their instants in order; between two of them pending promises settle, so that
   * what a callback starts is seen before the next one fires.
   */
  async advance(byMs: number): Promise<void> {
    const end = this.#mono + byMs;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#moveTo(next.dueMono);
      this.#waiting.delete(next);
      next.callback();
      await settle();
    }
    this.#moveTo(end);
    await settle();
  }

  #moveTo(mono: MonoMillis): void {
    const by = Math.max(0, mono - this.#mono);
    this.#mono += by;
    this.#wall += by;
  }

  #next(end: MonoMillis): Waiting | undefined {
    let first: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (waiting.dueMono > end) continue;
      const sooner = first === undefined || waiting.dueMono < first.dueMono;
      const sameButEarlier =
        first !== undefined && waiting.dueMono === first.dueMono && waiting.order < first.order;
      if (sooner || sameButEarlier) first = waiting;
    }
    return first;
  }
}

/** Lets everything run that needs no time: promises, immediates, messages of workers in flight are not awaited. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
