import { type FrameFault, limits, parseClientFrame } from '@roomkey/protocol';
import { answerError } from './answer-error.ts';
import { handleRequest } from './handle-request.ts';
import { settleAdmission } from './settle-admission.ts';
import type { SignalConnection, WaitingFrame } from './signal-connection.ts';
import type { SignalParts } from './signal-parts.ts';

const mostWaiting = 32;
const waitingBytesAdmitted = 64 * 1024;

/** Takes one frame of a client: handled at once, or after those before it (WS3). Reading stops while many wait (WS2). */
export function receiveFrame(parts: SignalParts, connection: SignalConnection, frame: WaitingFrame): void {
  if (connection.isClosing) return;
  connection.lastFrameAtMono = parts.clock.monoMs();
  if (!connection.isBusy) {
    void workOff(parts, connection, frame);
    return;
  }
  connection.waiting ??= [];
  connection.waiting.push(frame);
  connection.waitingBytes += frame?.length ?? 0;
  if (isTooMuch(connection)) connection.pause();
}

function isTooMuch(connection: SignalConnection): boolean {
  const bytes = connection.isAdmitted ? waitingBytesAdmitted : limits.unadmittedQueueBytes;
  return (connection.waiting?.length ?? 0) > mostWaiting || connection.waitingBytes > bytes;
}

/** One at a time and in order: what a request changed is there for the next one. Never rejects. */
async function workOff(parts: SignalParts, connection: SignalConnection, first: WaitingFrame): Promise<void> {
  connection.isBusy = true;
  await handleFrame(parts, connection, first);
  while (connection.waiting !== undefined && connection.waiting.length > 0) {
    const frame = connection.waiting.shift();
    connection.waitingBytes -= frame?.length ?? 0;
    if (!isTooMuch(connection)) connection.unpause();
    await handleFrame(parts, connection, frame);
  }
  connection.waiting = undefined;
  connection.waitingBytes = 0;
  connection.isBusy = false;
  // A login that was still going on when the socket went has left a session behind that nobody listens to.
  if (connection.isLost && parts.access.sessionsOf(connection) > 0) {
    parts.access.connectionLost(connection, connection.lastFrameAtMono);
  }
}

async function handleFrame(
  parts: SignalParts,
  connection: SignalConnection,
  frame: WaitingFrame,
): Promise<void> {
  if (frame === undefined) return refuseBad(connection, 'badFrame', undefined);
  const parsed = parseClientFrame(frame.toString('utf8'));
  const id = parsed.ok ? parsed.message.id : parsed.id;
  const isGrowing = id !== undefined && id > connection.lastId;
  if (isGrowing) connection.lastId = id;
  if (!parsed.ok) return refuseBad(connection, parsed.error, id);
  if (!isGrowing) return refuseBad(connection, 'illegalParam', id);
  // The greeting comes first and once (WS4).
  if ((parsed.message.t === 'hello') === connection.hasGreeted) {
    return refuseBad(connection, 'wrongSequence', id);
  }
  connection.badInARow = 0;
  await handleRequest(parts, connection, parsed.message);
  settleAdmission(parts, connection);
}

function refuseBad(
  connection: SignalConnection,
  error: FrameFault | 'wrongSequence',
  id: number | undefined,
): void {
  connection.badInARow += 1;
  answerError(connection, id, { error });
  if (connection.badInARow >= limits.badFramesInARow) connection.end('protocol');
}
