import type { PlaneName, WireTicket } from '@roomkey/protocol';
import type { DialGrant, DialRefusal, LeaseDesk, Plane, SessionRef, TicketPurpose } from '#planes';
import type { EndCause, Lease } from '#sessions';

/** What a test plane was asked to do, in order. */
export type PlaneCall =
  | { readonly verb: 'open'; readonly session: SessionRef; readonly purpose: TicketPurpose }
  | { readonly verb: 'narrow'; readonly session: SessionRef; readonly lease: Lease }
  | { readonly verb: 'close'; readonly session: SessionRef; readonly purpose: TicketPurpose }
  | { readonly verb: 'stop'; readonly session: SessionRef; readonly cause: EndCause };

/** How a test plane answers `stop` and `open`: as it should, with an error, or not until it is told to. */
export type PlaneTemper = 'works' | 'refuses' | 'hangs';

/** One connection that a session has to the plane. */
export interface PlaneConnection {
  readonly session: SessionRef;
  readonly purpose: TicketPurpose;
}

/**
 * A plane without media behind it, for tests of what access does with planes.
 *
 * It hands out tickets, dials by asking the lease desk twice as a gate does (ME3), reports streams up and down, and
 * passes a packet only while the session is connected: `packets` counts on the far side (SE5, PL4).
 */
export class TestPlane implements Plane {
  readonly name: PlaneName;
  /** Every call, in order. */
  readonly calls: PlaneCall[] = [];
  /** How `open` and `stop` answer from now on. */
  temper: PlaneTemper = 'works';
  #desk: LeaseDesk | undefined;
  readonly #issued = new Map<string, PlaneConnection>();
  readonly #connections = new Map<string, PlaneConnection>();
  readonly #packets = new Map<string, number>();
  #hanging: (() => void)[] = [];
  #tickets = 0;

  constructor(name: PlaneName = 'media') {
    this.name = name;
  }

  /** Whom it asks; without a desk no dial is admitted. */
  useDesk(desk: LeaseDesk): void {
    this.#desk = desk;
  }

  async open(session: SessionRef, purpose: TicketPurpose): Promise<WireTicket | null> {
    this.calls.push({ verb: 'open', session, purpose });
    await this.#mood();
    this.#tickets += 1;
    const token = `test-ticket-${this.#tickets}`;
    this.#issued.set(token, { session, purpose });
    return { url: 'ws://127.0.0.1/test-plane', token, expiresInMs: 15_000 };
  }

  async narrow(session: SessionRef, lease: Lease): Promise<void> {
    this.calls.push({ verb: 'narrow', session, lease });
    await this.#mood();
    if (!lease.grants.publish) this.#cut(session.sessionId, (purpose) => purpose.kind === 'publish');
  }

  async close(session: SessionRef, purpose: TicketPurpose): Promise<void> {
    this.calls.push({ verb: 'close', session, purpose });
    await this.#mood();
    this.#cut(session.sessionId, (own) => textOf(own) === textOf(purpose));
  }

  async stop(session: SessionRef, cause: EndCause): Promise<void> {
    this.calls.push({ verb: 'stop', session, cause });
    await this.#mood();
    this.#cut(session.sessionId, () => true);
  }

  async reconcile(isLive: (sessionId: string) => boolean): Promise<readonly string[]> {
    const connected = [...this.#connections.values()].map(({ session }) => session.sessionId);
    const ended = [...new Set(connected)].filter((sessionId) => !isLive(sessionId));
    for (const sessionId of ended) this.#cut(sessionId, () => true);
    return ended;
  }

  /**
   * Connects with a ticket: asks at the dial and again at the join; a publisher is reported up (RM3).
   *
   * `leaseGeneration` is the one the ticket was issued under. A ticket works once.
   */
  dial(token: string, leaseGeneration: number): DialGrant | DialRefusal {
    const issued = this.#issued.get(token);
    this.#issued.delete(token);
    if (issued === undefined || this.#desk === undefined) {
      return { ok: false, error: 'planeUnavailable', again: false };
    }
    const { session, purpose } = issued;
    for (const _step of ['dial', 'join']) {
      const admitted = this.#desk.admitDial(session, purpose, leaseGeneration);
      if (!admitted.ok) return admitted;
    }
    this.#connections.set(connectionText(session.sessionId, purpose), { session, purpose });
    if (purpose.kind === 'publish') this.#desk.streamUp(session.sessionId, purpose.streamId);
    return { ok: true, session, purpose, leaseGeneration };
  }

  /** The publisher's connection is gone for good without anybody having asked for it. */
  loseStream(sessionId: string, streamId: string): void {
    this.#cut(sessionId, (purpose) => purpose.kind === 'publish' && purpose.streamId === streamId);
    this.#desk?.streamDown(sessionId, streamId);
  }

  /** Tries to pass one packet of a session; true and counted only while it is connected. */
  sendPacket(sessionId: string): boolean {
    if (!this.connections(sessionId).length) return false;
    this.#packets.set(sessionId, this.packets(sessionId) + 1);
    return true;
  }

  /** How many packets of a session have passed. */
  packets(sessionId: string): number {
    return this.#packets.get(sessionId) ?? 0;
  }

  /** What a session is connected for now. */
  connections(sessionId: string): readonly PlaneConnection[] {
    return [...this.#connections.values()].filter(({ session }) => session.sessionId === sessionId);
  }

  /** The calls of one verb. */
  callsOf<Verb extends PlaneCall['verb']>(verb: Verb): readonly Extract<PlaneCall, { verb: Verb }>[] {
    return this.calls.filter((call): call is Extract<PlaneCall, { verb: Verb }> => call.verb === verb);
  }

  /** Lets everything go on that hangs, and works from now on. */
  letGo(): void {
    this.temper = 'works';
    const hanging = this.#hanging;
    this.#hanging = [];
    for (const resume of hanging) resume();
  }

  async #mood(): Promise<void> {
    if (this.temper === 'refuses') throw new Error('the test plane refuses');
    if (this.temper === 'hangs') await new Promise<void>((resolve) => this.#hanging.push(resolve));
  }

  #cut(sessionId: string, isMeant: (purpose: TicketPurpose) => boolean): void {
    for (const [text, { session, purpose }] of this.#connections) {
      if (session.sessionId === sessionId && isMeant(purpose)) this.#connections.delete(text);
    }
    for (const [token, { session, purpose }] of this.#issued) {
      if (session.sessionId === sessionId && isMeant(purpose)) this.#issued.delete(token);
    }
  }
}

function textOf(purpose: TicketPurpose): string {
  return purpose.kind === 'plane' ? `plane ${purpose.plane}` : `${purpose.kind} ${purpose.streamId}`;
}

function connectionText(sessionId: string, purpose: TicketPurpose): string {
  return `${sessionId} ${textOf(purpose)}`;
}
