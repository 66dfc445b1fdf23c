import { limits } from '@roomkey/protocol';
import type { RoomEvent } from './directory.ts';

/** The last events of one room: at most 256 or 64 KiB of them, whichever is less (WS7). */
export class RoomRing {
  #events: RoomEvent[] = [];
  #sizes: number[] = [];
  #bytes = 0;

  /** Appends the next event and drops what no longer fits; the newest always stays. */
  push(event: RoomEvent): void {
    const size = Buffer.byteLength(JSON.stringify(event.event));
    this.#events.push(event);
    this.#sizes.push(size);
    this.#bytes += size;
    while (this.#sizes.length > limits.roomRingEvents || this.#bytes > limits.roomRingBytes) {
      if (this.#sizes.length === 1) return;
      this.#events.shift();
      this.#bytes -= this.#sizes.shift() ?? 0;
    }
  }

  /** The events after position `seq` up to `last`, the room's position; undefined when some have been dropped. */
  after(seq: number, last: number): readonly RoomEvent[] | undefined {
    if (seq > last) return undefined;
    if (seq === last) return [];
    const first = this.#events[0]?.seq ?? last + 1;
    return seq + 1 < first ? undefined : this.#events.slice(seq + 1 - first);
  }
}
