import { limits } from '@roomkey/protocol';
import type { MonoMillis } from '#kernel';
import { judgeTicket, type TicketChain } from './ticket-chain.ts';

interface Displaced {
  readonly tickets: TicketChain;
  readonly until: MonoMillis;
}

/** Remembers displaced sessions for as long as they could resume, so that they are told why they cannot (SE6). */
export class DisplacedMemory {
  readonly #most: number;
  readonly #sessions = new Map<string, Displaced>();

  /** Remembers at most `most` sessions; the oldest is forgotten first and is then simply unknown. */
  constructor(most = 10_000) {
    this.#most = most;
  }

  get size(): number {
    return this.#sessions.size;
  }

  add(sessionId: string, tickets: TicketChain, now: MonoMillis): void {
    for (const [oldest, { until }] of this.#sessions) {
      if (until > now && this.#sessions.size < this.#most) break;
      this.#sessions.delete(oldest);
    }
    this.#sessions.set(sessionId, { tickets, until: now + limits.resumeWindowNativeMs });
  }

  /** Whether this session was displaced and the ticket is one of its own. */
  has(sessionId: string, ticketHash: string, now: MonoMillis): boolean {
    const displaced = this.#sessions.get(sessionId);
    if (displaced === undefined || displaced.until <= now) return false;
    return judgeTicket(displaced.tickets, ticketHash, now) !== 'unknown';
  }
}
