import { limits } from '@roomkey/protocol';
import type { MonoMillis } from '#kernel';

// Enough of a hash to know an older ticket again; a guess of one costs 2^64 tries and gains the end of a session.
const markLength = 16;
const olderMarks = 8;

/** The hashes of a session's resume tickets (SE7a). Immutable. */
export interface TicketChain {
  readonly current: string;
  /** Good until the current one is used, or until `previousUntil`. */
  readonly previous: string | undefined;
  readonly previousUntil: MonoMillis;
  /** Starts of the hashes of the last 8 tickets that are no longer good, one after the other. */
  readonly older: string;
}

/** What a presented ticket is: good, one that was good before, or none of this session's. */
export type TicketStanding = 'good' | 'older' | 'unknown';

/** The chain of a session that just entered. */
export function startTicketChain(hash: string): TicketChain {
  return { current: hash, previous: undefined, previousUntil: 0, older: '' };
}

/** Judges a presented ticket's hash. */
export function judgeTicket(chain: TicketChain, hash: string, now: MonoMillis): TicketStanding {
  if (hash === chain.current) return 'good';
  if (hash === chain.previous) return now < chain.previousUntil ? 'good' : 'older';
  const mark = hash.slice(0, markLength);
  for (let at = 0; at < chain.older.length; at += markLength) {
    if (chain.older.startsWith(mark, at)) return 'older';
  }
  return 'unknown';
}

/**
 * Puts `next` in the place of the current ticket.
 *
 * `used` is the ticket that was presented, if one was. Using the previous one means that the answer with the current
 * one was lost: it stays the previous with the time it had, and the current one becomes an older.
 */
export function rotateTicket(
  chain: TicketChain,
  next: string,
  now: MonoMillis,
  used: string = chain.current,
): TicketChain {
  if (used === chain.previous) {
    return { ...chain, current: next, older: markOlder(chain.older, chain.current) };
  }
  return {
    current: next,
    previous: chain.current,
    previousUntil: now + limits.resumeTicketOverlapMs,
    older: chain.previous === undefined ? chain.older : markOlder(chain.older, chain.previous),
  };
}

function markOlder(older: string, hash: string): string {
  return (older + hash.slice(0, markLength)).slice(-markLength * olderMarks);
}
