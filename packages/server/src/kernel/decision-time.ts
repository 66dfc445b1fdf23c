import type { Clock } from './clock.ts';
import type { MonoMillis, UnixMillis } from './units.ts';

/** A backward step up to this is waited out: decision time stands still until the wall clock has caught up (SE3a). */
const waitedOutMs = 300_000;
/** Less than this between two readings is no step. Clocks that are being corrected slew by at most 1 in 1000. */
const ordinaryDriftMs = 1_000;
const slewShare = 0.001;

/** What is remembered between two readings. `offset` is wall minus monotonic time as it is believed. */
export interface DecisionTimeState {
  readonly last: UnixMillis;
  readonly offset: number;
  readonly readAtMono: MonoMillis;
  /** The offset of a step that was seen once and is not believed yet. */
  readonly doubtedOffset: number | undefined;
}

/** One reading. `stepMs` is there when a step was believed: how far the wall clock had moved. */
export interface DecisionTimeReading {
  readonly state: DecisionTimeState;
  readonly now: UnixMillis;
  readonly stepMs: number | undefined;
}

/**
 * The instant to decide by, from both clocks (SE3a). Pure.
 *
 * Never goes back but by a believed step: a backward step of up to 300 s is waited out; forward steps and larger
 * backward ones count from the second reading that agrees, until then time goes on as the monotonic clock does.
 */
export function nextDecisionTime(
  state: DecisionTimeState | undefined,
  wall: UnixMillis,
  mono: MonoMillis,
): DecisionTimeReading {
  const offset = wall - mono;
  if (state === undefined) return believed({ last: wall, offset, mono });
  const expected = Math.round(state.offset + mono);
  const tolerated = ordinaryDriftMs + Math.max(0, mono - state.readAtMono) * slewShare;
  const forwardMs = wall - expected;
  const behindMs = state.last - wall;
  if (forwardMs <= tolerated && behindMs <= waitedOutMs) {
    return believed({ last: Math.max(state.last, wall), offset, mono });
  }
  const { doubtedOffset } = state;
  if (doubtedOffset !== undefined && Math.abs(doubtedOffset - offset) <= tolerated) {
    return { ...believed({ last: wall, offset, mono }), stepMs: forwardMs };
  }
  const now = Math.max(state.last, expected);
  return {
    state: { last: now, offset: state.offset, readAtMono: mono, doubtedOffset: offset },
    now,
    stepMs: undefined,
  };
}

/** Decision time on these clocks; `onStep` is the alarm of a step that was believed, in milliseconds (SE3a). */
export function createDecisionTime(clock: Clock, onStep: (stepMs: number) => void): () => UnixMillis {
  let state: DecisionTimeState | undefined;
  return () => {
    const reading = nextDecisionTime(state, clock.wallMs(), clock.monoMs());
    state = reading.state;
    if (reading.stepMs !== undefined) onStep(reading.stepMs);
    return reading.now;
  };
}

function believed(at: { last: UnixMillis; offset: number; mono: MonoMillis }): DecisionTimeReading {
  const state = { last: at.last, offset: at.offset, readAtMono: at.mono, doubtedOffset: undefined };
  return { state, now: at.last, stepMs: undefined };
}
