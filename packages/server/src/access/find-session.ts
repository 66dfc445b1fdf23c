import type { Connection, Present } from '#sessions';
import type { AccessParts } from './parts.ts';

/** The session that this connection holds in a room; every verb but login, resume and hello needs one (1002002). */
export function findSession(parts: AccessParts, connection: Connection, roomId: string): Present | undefined {
  const session = parts.sessions
    .ofConnection(connection.connectionId)
    .find((each) => each.roomId === roomId && each.state === 'present');
  return session?.state === 'present' ? session : undefined;
}
