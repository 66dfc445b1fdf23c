/**
 * kernel: time, ids, waiting, logging. Owns no data and knows no word of the domain.
 */
export { type Clock, createSystemClock, type Timer } from './clock.ts';
export { Disposer } from './disposer.ts';
export { createId, createSecretText, hashText } from './ids.ts';
export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { RoomkeyError } from './roomkey-error.ts';
export {
  type BucketRate,
  createTokenBucket,
  peekBucket,
  type TokenBucket,
  takeFromBucket,
} from './token-bucket.ts';
export type { MonoMillis, UnixMillis } from './units.ts';
