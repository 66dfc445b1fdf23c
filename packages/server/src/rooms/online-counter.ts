import { limits, type RoomOnlineUserCountUpdate } from '@roomkey/protocol';
import type { Directory } from '#cluster';
import type { Clock, Timer } from '#kernel';
import type { RoomChannel } from './room-channel.ts';

const tickMs = 1_000;
const slotCount = limits.onlineCountIntervalMs / tickMs;

/**
 * Tells each room every 30 s how many are in it (RM6): one timer for all rooms, each second a thirtieth of them, so
 * that many rooms are no burst.
 */
export class OnlineCounter {
  readonly #clock: Clock;
  readonly #directory: Directory;
  readonly #slots: readonly Set<RoomChannel>[] = Array.from({ length: slotCount }, () => new Set());
  #size = 0;
  #at = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, directory: Directory) {
    this.#clock = clock;
    this.#directory = directory;
  }

  /** Counts this room from now on, first in 30 s. */
  add(channel: RoomChannel): void {
    this.#slot().add(channel);
    this.#size += 1;
    this.#timer ??= this.#clock.setTimer(tickMs, () => this.#tick());
  }

  remove(channel: RoomChannel): void {
    for (const slot of this.#slots) if (slot.delete(channel)) this.#size -= 1;
    if (this.#size === 0) this.stop();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #slot(): Set<RoomChannel> {
    const slot = this.#slots[this.#at];
    if (slot === undefined) throw new TypeError('no such slot');
    return slot;
  }

  #tick(): void {
    this.#timer = this.#clock.setTimer(tickMs, () => this.#tick());
    this.#at = (this.#at + 1) % slotCount;
    for (const channel of this.#slot()) void this.#tell(channel);
  }

  async #tell(channel: RoomChannel): Promise<void> {
    const { roomId } = channel.key;
    // A count that could not be read is told in 30 s; what ails the store is seen by the verbs that need it.
    const count = await this.#directory.online(channel.key).catch(() => undefined);
    if (count === undefined) return;
    const frame: RoomOnlineUserCountUpdate = { t: 'roomOnlineUserCountUpdate', roomId, count };
    // As a barrage: it may be dropped, the next one says it all again (WS11).
    channel.tell(frame, 'barrage');
  }
}
