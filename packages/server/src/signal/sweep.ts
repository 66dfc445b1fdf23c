import { limits } from '@roomkey/protocol';
import type { MonoMillis } from '#kernel';
import { settleAdmission } from './settle-admission.ts';
import type { SignalConnection } from './signal-connection.ts';
import type { SignalParts } from './signal-parts.ts';

const snapshotsBelow = limits.sendBudgetBytes / 4;

/** Does for every socket what its time has come for: one walk for all of them, no timer of their own (WS2, SE7). */
export function sweep(parts: SignalParts): void {
  const now = parts.clock.monoMs();
  for (const connection of parts.list.values()) sweepOne(parts, connection, now);
}

function sweepOne(parts: SignalParts, connection: SignalConnection, now: MonoMillis): void {
  const { closeByMono } = connection;
  if (closeByMono !== undefined) {
    if (now >= closeByMono) connection.terminate();
    return;
  }
  if (connection.owed !== undefined && connection.unsentBytes < snapshotsBelow) payOwed(parts, connection);
  // Its frames are waiting for us, not we for it.
  if (connection.isBusy) return;
  settleAdmission(parts, connection);
  if (!connection.isAdmitted && now >= connection.stepByMono) {
    connection.end(connection.hasLoggedOut ? 'normal' : 'notAdmitted');
  } else if (now - connection.lastFrameAtMono >= limits.deadAfterMs) {
    connection.end('idle');
  }
}

/** The membership frames that were dropped come back as one snapshot of each room (WS11). */
function payOwed(parts: SignalParts, connection: SignalConnection): void {
  for (const [roomId, state] of connection.owed ?? []) {
    if (state === 'asked') continue;
    connection.owed?.set(roomId, 'asked');
    void paySnapshot(parts, connection, roomId);
  }
}

async function paySnapshot(parts: SignalParts, connection: SignalConnection, roomId: string): Promise<void> {
  const settle = (): void => {
    connection.owed?.delete(roomId);
    if (connection.owed?.size === 0) connection.owed = undefined;
  };
  try {
    const refused = await parts.access.snapshot(connection, roomId, (snapshot) => {
      settle();
      connection.send({ t: 'roomSnapshot', ...snapshot }, 'event');
    });
    // The session has left the room meanwhile: nothing is owed.
    if (refused !== undefined) settle();
  } catch (failure) {
    connection.owed?.set(roomId, 'owed');
    const { connectionId } = connection;
    parts.logger.warn({ err: failure, connectionId }, 'a snapshot that is owed comes later');
  }
}
