import type { RoomkeyErrorName, SessionAction } from '@roomkey/protocol';
import { decideAction } from '#admission';
import type { SendOutcome } from '#rooms';
import type { Connection, Present } from '#sessions';
import type { Access, Answer, RefusedAnswer } from './access.ts';
import { endSession } from './end-session.ts';
import { askOfLogin, askOfSwitch } from './enter-ask.ts';
import { enterRoom } from './enter-room.ts';
import { findSession } from './find-session.ts';
import type { AccessParts } from './parts.ts';
import { renew } from './renew.ts';
import { resume } from './resume.ts';
import { connectionLost } from './run-deadlines.ts';
import { planeTicket, play, publish, setStreamExtraInfo, stopPlay, unpublish } from './streams.ts';

/** Whether logins are taken: false while the server drains (SE9). */
export interface Gatekeeper {
  admits: boolean;
}

const drainingRetryMs = 1_000;

/** The verbs of the signal connection, each by the steps of its own file. */
export function createAccess(parts: AccessParts, gatekeeper: Gatekeeper): Access {
  const whileOpen = <Result>(step: () => Promise<Answer<Result>>): Promise<Answer<Result>> =>
    gatekeeper.admits
      ? step()
      : Promise.resolve({ ok: false, error: 'draining', retryAfterMs: drainingRetryMs });
  return {
    login: (connection, message, context) =>
      whileOpen(() => enterRoom(parts, connection, askOfLogin(message, context))),
    switchRoom: (connection, message, context) =>
      whileOpen(async () => {
        const from = findSwitchable(parts, connection, message.roomId);
        if ('error' in from) return from;
        return await enterRoom(parts, connection, askOfSwitch(message, from, context));
      }),
    renew: (connection, message) => renew(parts, connection, message),
    resume: (connection, message) => whileOpen(() => resume(parts, connection, message)),
    logout: (connection, roomId) => logout(parts, connection, roomId),
    publish: (connection, message) => publish(parts, connection, message),
    unpublish: (connection, message) => unpublish(parts, connection, message),
    play: (connection, message) => play(parts, connection, message),
    stopPlay: (connection, message) => stopPlay(parts, connection, message),
    planeTicket: (connection, message) => planeTicket(parts, connection, message),
    ...messagesOf(parts),
    setStreamExtraInfo: (connection, message) => setStreamExtraInfo(parts, connection, message),
    async snapshot(connection, roomId, send) {
      const session = findSession(parts, connection, roomId);
      const sent = session !== undefined && (await parts.rooms.sendSnapshot(session, send));
      return sent ? undefined : { ok: false, error: 'notInRoom' };
    },
    connectionLost: ({ connectionId }, lastFrameAtMono) =>
      connectionLost(parts, connectionId, lastFrameAtMono),
    sessionsOf: ({ connectionId }) => parts.sessions.ofConnection(connectionId).length,
    sessionsFrom: (addressKey) => parts.sessions.countOfAddress(addressKey),
    admits: () => gatekeeper.admits,
  };
}

/** Only a session that is alone on its connection, and may act, can change rooms (1002019, SE4). */
function findSwitchable(parts: AccessParts, connection: Connection, roomId: string): Present | RefusedAnswer {
  const session = findSession(parts, connection, roomId);
  if (session === undefined) return { ok: false, error: 'notInRoom' };
  if (parts.sessions.ofConnection(connection.connectionId).length > 1)
    return { ok: false, error: 'switchRoomInMultiRoom' };
  const refused = refusalOf(parts, session, 'switchRoom');
  return refused === undefined ? session : { ok: false, error: refused };
}

async function logout(parts: AccessParts, connection: Connection, roomId: string): Promise<Answer<object>> {
  const session = findSession(parts, connection, roomId);
  if (session === undefined) return { ok: false, error: 'notInRoom' };
  await endSession(parts, session.sessionId, { cause: 'logout' });
  return { ok: true, result: {} };
}

type MessageVerbs = Pick<Access, 'sendBroadcast' | 'sendBarrage' | 'sendCommand' | 'setRoomExtraInfo'>;

function messagesOf(parts: AccessParts): MessageVerbs {
  const { messages } = parts;
  const allowed = (
    connection: Connection,
    roomId: string,
    action: SessionAction,
  ): Present | RefusedAnswer => {
    const session = findSession(parts, connection, roomId);
    if (session === undefined) return { ok: false, error: 'notInRoom' };
    const refused = refusalOf(parts, session, action);
    return refused === undefined ? session : { ok: false, error: refused };
  };
  return {
    async sendBroadcast(connection, { roomId, message }) {
      const session = allowed(connection, roomId, 'sendBroadcast');
      return 'error' in session ? session : answerOf(await messages.broadcast(session, message));
    },
    async sendBarrage(connection, { roomId, message }) {
      const session = allowed(connection, roomId, 'sendBarrage');
      return 'error' in session ? session : answerOf(messages.barrage(session, message));
    },
    async sendCommand(connection, { roomId, command, toUserIds }) {
      const session = allowed(connection, roomId, 'sendCommand');
      return 'error' in session ? session : withoutId(messages.command(session, command, toUserIds));
    },
    async setRoomExtraInfo(connection, { roomId, key, value }) {
      const session = allowed(connection, roomId, 'setRoomExtraInfo');
      return 'error' in session ? session : withoutId(await messages.setRoomExtraInfo(session, key, value));
    },
  };
}

function refusalOf(
  parts: AccessParts,
  session: Present,
  action: SessionAction,
): RoomkeyErrorName | undefined {
  const decision = decideAction(session.lease, action, parts.clock.monoMs());
  return decision.allowed ? undefined : decision.error;
}

function answerOf(outcome: SendOutcome): Answer<{ messageId: string }> {
  return outcome.ok ? { ok: true, result: { messageId: outcome.messageId } } : outcome;
}

function withoutId(outcome: SendOutcome): Answer<object> {
  return outcome.ok ? { ok: true, result: {} } : outcome;
}
