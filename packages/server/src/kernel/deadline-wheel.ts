import type { Clock, Timer } from './clock.ts';
import { type DueEntry, DueHeap } from './due-heap.ts';
import type { MonoMillis } from './units.ts';

// A longer wait wraps around in setTimeout and fires at once; the wheel wakes before that and waits again (SE3).
const longestSleepMs = 2 ** 31 - 1;

/** What a wheel needs. */
export interface DeadlineWheelOptions<Arg> {
  readonly clock: Clock;
  /** Called once for each entry that is due; the entry is out of the wheel by then and may be set again. */
  readonly onDue: (key: string, arg: Arg) => void;
  /** How many ranks there are; of what is due, rank 0 goes first. Default 2. */
  readonly ranks?: number;
  /** How long it works before it lets others in. Default 10 ms. */
  readonly sliceMs?: number;
  /** What the slice is measured by. Default: the clock's monotonic time. */
  readonly measureMs?: () => number;
}

/**
 * Waits for any number of instants with one timer (SE3): one plain entry per key, any distance up to years.
 *
 * When many are due at once it works in slices and takes the lower ranks first, so that ends never wait behind
 * warnings. An exception of `onDue` goes to the process like that of any timer; the rest is still called.
 */
export class DeadlineWheel<Arg> {
  readonly #clock: Clock;
  readonly #onDue: (key: string, arg: Arg) => void;
  readonly #sliceMs: number;
  readonly #measureMs: () => number;
  readonly #heaps: readonly DueHeap<Arg>[];
  readonly #entries = new Map<string, DueEntry<Arg>>();
  #timer: Timer | undefined;
  #wakesAt: MonoMillis = Number.POSITIVE_INFINITY;
  #draining = false;

  constructor(options: DeadlineWheelOptions<Arg>) {
    this.#clock = options.clock;
    this.#onDue = options.onDue;
    this.#sliceMs = options.sliceMs ?? 10;
    this.#measureMs = options.measureMs ?? (() => options.clock.monoMs());
    this.#heaps = Array.from({ length: options.ranks ?? 2 }, () => new DueHeap<Arg>());
  }

  /** How many keys wait. */
  get size(): number {
    return this.#entries.size;
  }

  /** Waits for `at` in place of what this key waited for; an instant that has passed is due at once. */
  set(key: string, at: MonoMillis, arg: Arg, rank = 0): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      const added = { key, at, rank, arg, place: 0 };
      this.#heap(rank).add(added);
      this.#entries.set(key, added);
    } else {
      this.#heap(entry.rank).remove(entry);
      entry.at = at;
      entry.rank = rank;
      entry.arg = arg;
      this.#heap(rank).add(entry);
    }
    if (at < this.#wakesAt) this.#arm();
  }

  /** Waits for this key no longer; a key that does not wait is no fault. */
  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#heap(entry.rank).remove(entry);
  }

  /** Forgets every entry. The wheel can be used again. */
  stop(): void {
    for (const key of [...this.#entries.keys()]) this.delete(key);
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#wakesAt = Number.POSITIVE_INFINITY;
  }

  #heap(rank: number): DueHeap<Arg> {
    const heap = this.#heaps[rank];
    if (heap === undefined) throw new TypeError(`a deadline wheel has ranks 0 to ${this.#heaps.length - 1}`);
    return heap;
  }

  #arm(): void {
    if (this.#draining) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#wakesAt = Number.POSITIVE_INFINITY;
    for (const { first } of this.#heaps) {
      if (first !== undefined && first.at < this.#wakesAt) this.#wakesAt = first.at;
    }
    if (this.#wakesAt === Number.POSITIVE_INFINITY) return;
    const sleepMs = Math.min(Math.max(0, Math.ceil(this.#wakesAt - this.#clock.monoMs())), longestSleepMs);
    this.#timer = this.#clock.setTimer(sleepMs, () => this.#drain());
  }

  #drain(): void {
    this.#draining = true;
    try {
      const began = this.#measureMs();
      for (let due = this.#takeDue(); due !== undefined; due = this.#takeDue()) {
        this.#onDue(due.key, due.arg);
        if (this.#measureMs() - began >= this.#sliceMs) return;
      }
    } finally {
      this.#draining = false;
      this.#arm();
    }
  }

  #takeDue(): DueEntry<Arg> | undefined {
    const now = this.#clock.monoMs();
    for (const heap of this.#heaps) {
      const { first } = heap;
      if (first === undefined || first.at > now) continue;
      heap.remove(first);
      this.#entries.delete(first.key);
      return first;
    }
    return undefined;
  }
}
