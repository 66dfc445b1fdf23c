import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Why a socket is not opened. */
export type UpgradeRefusal = 400 | 404 | 429 | 503;

/** Answers an upgrade with a bare status and closes the socket. */
export function refuseUpgrade(socket: Duplex, status: UpgradeRefusal): void {
  // Nobody else listens on a socket that was taken from the HTTP server, and a peer may vanish at any time.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, 'Connection: close', 'Content-Length: 0'];
  if (status === 429 || status === 503) lines.push('Retry-After: 5');
  socket.end(`${lines.join('\r\n')}\r\n\r\n`);
}
