import type { Access } from '#access';
import type { Clock, Logger, UnixMillis } from '#kernel';
import type { ConnectionList } from './connection-list.ts';
import type { FrameEncoder } from './frame-encoder.ts';

/** What all sockets of a node share, so that one socket holds little. */
export interface SignalParts {
  readonly access: Access;
  readonly clock: Clock;
  /** Decision time (SE3a): what `serverTime` says. */
  readonly wallMs: () => UnixMillis;
  readonly logger: Logger;
  readonly encoder: FrameEncoder;
  readonly list: ConnectionList;
}
