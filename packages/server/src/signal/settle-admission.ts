import { limits } from '@roomkey/protocol';
import type { SignalConnection } from './signal-connection.ts';
import type { SignalParts } from './signal-parts.ts';

/** Brings the socket's standing up to date with the sessions it carries; without one a new login is due (WS2). */
export function settleAdmission(parts: SignalParts, connection: SignalConnection): void {
  const isAdmitted = parts.access.sessionsOf(connection) > 0;
  if (isAdmitted === connection.isAdmitted) return;
  parts.list.setAdmitted(connection, isAdmitted);
  if (isAdmitted) connection.hasLoggedOut = false;
  else connection.stepByMono = parts.clock.monoMs() + limits.loginWithinMs;
}
