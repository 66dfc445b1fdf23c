import { createSecretText, hashText } from '#kernel';

/** A resume ticket and what is kept of it (SE7a). */
export interface ResumeTicket {
  /** 256 bits, for the client only. */
  readonly ticket: string;
  readonly hash: string;
}

/** A new ticket: each answer to login, resume and renew carries one. */
export function createResumeTicket(): ResumeTicket {
  const ticket = createSecretText();
  return { ticket, hash: hashText(ticket) };
}

/** What a presented ticket is compared by. */
export function hashResumeTicket(ticket: string): string {
  return hashText(ticket);
}
