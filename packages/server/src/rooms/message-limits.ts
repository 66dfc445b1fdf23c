import { limits, messageRates, type RoomkeyErrorName, utf8Length } from '@roomkey/protocol';
import type { RoomKey } from '#cluster';
import {
  type BucketRate,
  type Clock,
  createTokenBucket,
  peekBucket,
  type TokenBucket,
  takeFromBucket,
} from '#kernel';

/** Why a message is not sent; the socket stays open whatever it is (RM4). */
export interface MessageRefusal {
  readonly error: RoomkeyErrorName;
  readonly retryAfterMs?: number;
}

/** What is sent, as far as its rate goes. */
export type MessageKind = 'broadcast' | 'barrage' | 'commandToOne' | 'commandToMany' | 'roomExtraInfo';

type BucketName = keyof typeof messageRates;

const roomBuckets: Readonly<Record<MessageKind, BucketName>> = {
  broadcast: 'broadcastPerRoom',
  barrage: 'barragePerRoom',
  commandToOne: 'commandToOne',
  commandToMany: 'commandToMany',
  roomExtraInfo: 'roomExtraInfo',
};

// Full buckets say nothing; they are dropped whenever this many have come together.
const sweepAt = 1_024;

/** The message buckets of rooms and users on this node (RM4); a node gets its share of a limit (CL8). */
export class MessageLimits {
  readonly #clock: Clock;
  readonly #liveNodes: () => number;
  readonly #buckets = new Map<string, TokenBucket>();
  #sweepAt = sweepAt;

  constructor(clock: Clock, liveNodes: () => number = () => 1) {
    this.#clock = clock;
    this.#liveNodes = liveNodes;
  }

  /** How many buckets are kept. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one message of its buckets; a refusal takes nothing. */
  take(room: RoomKey, userId: string, kind: MessageKind): MessageRefusal | undefined {
    const now = this.#clock.monoMs();
    this.#sweep(now);
    const name = roomBuckets[kind];
    const ofRoom = {
      rate: this.#rate(name),
      bucket: this.#bucket(`${name} ${room.appId} ${room.roomId}`, name),
    };
    const ofUser =
      kind === 'broadcast'
        ? {
            rate: messageRates.broadcastPerUser,
            bucket: this.#bucket(`user ${room.appId} ${userId}`, 'broadcastPerUser'),
          }
        : undefined;
    const waits = [ofRoom, ofUser].map((one) =>
      one === undefined ? 0 : peekBucket(one.bucket, one.rate, now),
    );
    const retryAfterMs = Math.max(...waits);
    if (retryAfterMs > 0) {
      return { error: kind === 'broadcast' ? 'broadcastTooFrequent' : 'roomCallsTooFrequent', retryAfterMs };
    }
    takeFromBucket(ofRoom.bucket, ofRoom.rate, now);
    if (ofUser !== undefined) takeFromBucket(ofUser.bucket, ofUser.rate, now);
    return undefined;
  }

  /** A user sends over one node, a room over all. */
  #rate(name: BucketName): BucketRate {
    const { count, perMs } = messageRates[name];
    return { count: Math.max(1, count / Math.max(1, this.#liveNodes())), perMs };
  }

  #bucket(key: string, name: BucketName): TokenBucket {
    const there = this.#buckets.get(key);
    if (there !== undefined) return there;
    const rate = name === 'broadcastPerUser' ? messageRates[name] : this.#rate(name);
    const bucket = createTokenBucket(rate, this.#clock.monoMs());
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #sweep(now: number): void {
    if (this.#buckets.size < this.#sweepAt) return;
    // Every rate fills its bucket within a second.
    for (const [key, { filledAtMono }] of this.#buckets) {
      if (now - filledAtMono >= 1_000) this.#buckets.delete(key);
    }
    this.#sweepAt = Math.max(sweepAt, 2 * this.#buckets.size);
  }
}

/** Judges the text of a broadcast, a barrage or a command: at most 1 KB of UTF-8, not empty (RM4). Pure. */
export function checkMessage(text: string): MessageRefusal | undefined {
  if (text.length === 0) return { error: 'messageEmpty' };
  return isLonger(text, limits.messageMaxBytes) ? { error: 'messageTooLong' } : undefined;
}

/** Judges a room extra info and whether the room has a place for its key (RM4). Pure. */
export function checkRoomExtraInfo(
  key: string,
  value: string,
  keysThere: readonly string[],
): MessageRefusal | undefined {
  if (key.length === 0) return { error: 'roomExtraInfoKeyEmpty' };
  if (isLonger(key, limits.roomExtraInfoKeyMaxBytes)) return { error: 'roomExtraInfoKeyTooLong' };
  if (isLonger(value, limits.roomExtraInfoValueMaxBytes)) return { error: 'roomExtraInfoValueTooLong' };
  const isNew = !keysThere.includes(key);
  return isNew && keysThere.length >= limits.roomExtraInfoKeys
    ? { error: 'roomExtraInfoKeysExceeded' }
    : undefined;
}

function isLonger(text: string, bytes: number): boolean {
  return utf8Length(text, bytes) > bytes;
}
