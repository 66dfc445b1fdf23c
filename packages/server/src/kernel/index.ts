/**
 * kernel: time, ids, waiting, logging. Owns no data and knows no word of the domain.
 *
 * Rules that live here: SE3 (one wheel, any distance) and SE3a (decision time), both without knowing what they are
 * used for.
 */
export { type Clock, createSystemClock, type Timer } from './clock.ts';
export { DeadlineWheel, type DeadlineWheelOptions } from './deadline-wheel.ts';
export {
  createDecisionTime,
  type DecisionTimeReading,
  type DecisionTimeState,
  nextDecisionTime,
} from './decision-time.ts';
export { Disposer } from './disposer.ts';
export { createId, createSecretText, hashText } from './ids.ts';
export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { nearestName } from './nearest-name.ts';
export { RoomkeyError } from './roomkey-error.ts';
export {
  type BucketRate,
  createTokenBucket,
  peekBucket,
  type TokenBucket,
  takeFromBucket,
} from './token-bucket.ts';
export type { MonoMillis, UnixMillis } from './units.ts';
