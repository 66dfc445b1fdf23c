import type { UnixMillis } from '#kernel';

/** One refused stranger: somebody who held no real credential of the app (MG1a). */
export interface RefusedStranger {
  readonly at: UnixMillis;
  readonly appId: number;
  readonly error: string;
  /** The address, or the /64 for IPv6. */
  readonly addressKey: string;
}

/** Refused strangers of one hour, network and reason. */
export interface RefusedCell {
  readonly appId: number;
  readonly error: string;
  /** Unix milliseconds of the hour's begin. */
  readonly hour: UnixMillis;
  readonly network: string;
  count: number;
}

const hourMs = 3_600_000;
const keptHours = 7 * 24;
const mostCells = 5_000;

/** Counts refused strangers in bounded memory: no user ids, no distinct sets, nothing on disk (MG1a). */
export class RefusedCounters {
  readonly #cells = new Map<string, RefusedCell>();
  #newestHour = 0;

  take({ at, appId, error, addressKey }: RefusedStranger): void {
    const hour = hourOf(at);
    this.#dropBefore(hour);
    const known = this.#cells.get(keyOf({ appId, error, hour, network: addressKey }));
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    const network = this.#cells.size >= mostCells ? 'other' : addressKey;
    const cell = { appId, error, hour, network };
    const counted = this.#cells.get(keyOf(cell)) ?? { ...cell, count: 0 };
    counted.count += 1;
    this.#cells.set(keyOf(cell), counted);
  }

  /** The cells of an app in the 7 days before `now`. */
  ofApp(appId: number, now: UnixMillis): readonly RefusedCell[] {
    this.#dropBefore(hourOf(now));
    return [...this.#cells.values()].filter((cell) => cell.appId === appId);
  }

  /** Every app that has cells. */
  get appIds(): readonly number[] {
    return [...new Set([...this.#cells.values()].map(({ appId }) => appId))];
  }

  /** How many cells are held. The bound may be passed by one `other` cell per app, hour and reason. */
  get size(): number {
    return this.#cells.size;
  }

  /** Lets go of what is older than 7 days; looks through the cells once an hour, not at every stranger. */
  #dropBefore(hour: UnixMillis): void {
    if (hour <= this.#newestHour) return;
    this.#newestHour = hour;
    for (const [key, cell] of this.#cells)
      if (cell.hour <= hour - keptHours * hourMs) this.#cells.delete(key);
  }
}

function hourOf(at: UnixMillis): UnixMillis {
  return Math.floor(at / hourMs) * hourMs;
}

function keyOf({ appId, error, hour, network }: Omit<RefusedCell, 'count'>): string {
  return `${appId} ${hour} ${error} ${network}`;
}
