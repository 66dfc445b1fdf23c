import type { SignalConnection } from './signal-connection.ts';

/** The sockets of this node, and how many of each address are not admitted (WS2). */
export class ConnectionList {
  readonly #all = new Set<SignalConnection>();
  readonly #unadmittedFrom = new Map<string, number>();
  #unadmitted = 0;

  get size(): number {
    return this.#all.size;
  }

  get unadmitted(): number {
    return this.#unadmitted;
  }

  unadmittedFrom(addressKey: string): number {
    return this.#unadmittedFrom.get(addressKey) ?? 0;
  }

  /** A snapshot of the list would cost memory; closing one while walking does no harm to a Set. */
  values(): Iterable<SignalConnection> {
    return this.#all.values();
  }

  /** Takes in a new socket, not admitted yet. */
  add(connection: SignalConnection): void {
    this.#all.add(connection);
    this.#count(connection.addressKey, 1);
  }

  remove(connection: SignalConnection): void {
    if (!this.#all.delete(connection)) return;
    if (!connection.isAdmitted) this.#count(connection.addressKey, -1);
  }

  /** Notes that a socket was admitted, or carries no session any more. */
  setAdmitted(connection: SignalConnection, isAdmitted: boolean): void {
    if (connection.isAdmitted === isAdmitted) return;
    connection.isAdmitted = isAdmitted;
    if (this.#all.has(connection)) this.#count(connection.addressKey, isAdmitted ? -1 : 1);
  }

  #count(addressKey: string, by: number): void {
    this.#unadmitted += by;
    const left = this.unadmittedFrom(addressKey) + by;
    if (left > 0) this.#unadmittedFrom.set(addressKey, left);
    else this.#unadmittedFrom.delete(addressKey);
  }
}
