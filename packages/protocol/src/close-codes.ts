/** What the client engine does when the server closes with a code: one policy per row (WS12). */
export type ClosePolicy = 'never' | 'newToken' | 'resumeNow' | 'resumeAfter';

/** One close code: its number, the fixed reason sent with it, and what the client engine does. */
export interface CloseCodeRow {
  readonly code: number;
  /** Sent in the close frame: fixed text, at most 123 bytes, never data of a client. */
  readonly reason: string;
  readonly clientPolicy: ClosePolicy;
}

/** The close codes of the signal connection, by name (WS12). */
export const closeCodes = {
  normal: { code: 4000, reason: 'logged out', clientPolicy: 'never' },
  slow: { code: 4008, reason: 'too slow to receive', clientPolicy: 'resumeNow' },
  protocol: { code: 4400, reason: 'protocol error', clientPolicy: 'never' },
  notAdmitted: { code: 4401, reason: 'not admitted in time', clientPolicy: 'resumeAfter' },
  refused: { code: 4403, reason: 'refused', clientPolicy: 'never' },
  idle: { code: 4408, reason: 'nothing heard for too long', clientPolicy: 'resumeNow' },
  replaced: { code: 4409, reason: 'replaced by another connection', clientPolicy: 'never' },
  leaseEnded: { code: 4410, reason: 'lease ended', clientPolicy: 'newToken' },
  revoked: { code: 4411, reason: 'revoked', clientPolicy: 'never' },
  tooMany: { code: 4429, reason: 'too many requests', clientPolicy: 'resumeAfter' },
  internal: { code: 4500, reason: 'internal error', clientPolicy: 'resumeAfter' },
  draining: { code: 4503, reason: 'server is draining', clientPolicy: 'resumeAfter' },
} as const satisfies Record<string, CloseCodeRow>;

/** The name of a close code. */
export type CloseName = keyof typeof closeCodes;

/** A close code's number. */
export type CloseCode = (typeof closeCodes)[CloseName]['code'];
