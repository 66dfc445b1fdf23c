import { WebSocket } from 'ws';
import type { SignalConnection } from './signal-connection.ts';

/** A socket that knows its connection, so that all sockets share their handlers and none has a closure of its own. */
export class SignalSocket extends WebSocket {
  connection: SignalConnection | undefined = undefined;
}

/** The connection of a socket; undefined only before it is open. */
export function connectionOf(socket: WebSocket): SignalConnection | undefined {
  return socket instanceof SignalSocket ? socket.connection : undefined;
}
