import type { MonoMillis, UnixMillis } from './units.ts';

/** A timer that was set; `cancel` twice does no harm. */
export interface Timer {
  cancel(): void;
}

/** Where time comes from. Everything that waits or compares instants takes one as an argument. */
export interface Clock {
  /** The wall clock, which may step (SE3a). Decisions use `DecisionTime`, not this. */
  wallMs(): UnixMillis;
  /** The monotonic clock: leases end by it (SE3a). */
  monoMs(): MonoMillis;
  /** Calls back once after `delayMs` of monotonic time. The process may end before: a timer keeps nothing alive. */
  setTimer(delayMs: number, callback: () => void): Timer;
}

// Longer waits wrap around in setTimeout and fire at once; those who wait longer set the timer again (SE3).
const longestTimerMs = 2 ** 31 - 1;

/** The machine's own clocks. */
export function createSystemClock(): Clock {
  return {
    wallMs: () => Date.now(),
    monoMs: () => performance.now(),
    setTimer(delayMs, callback) {
      const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), longestTimerMs));
      timer.unref();
      return { cancel: () => clearTimeout(timer) };
    },
  };
}
