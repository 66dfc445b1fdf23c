import type { ServerMessage, ServerMessageName } from './server-messages.ts';

const names = {
  welcome: true,
  ok: true,
  error: true,
  room: true,
  roomSnapshot: true,
  roomOnlineUserCountUpdate: true,
  tokenWillExpire: true,
  tokenExpired: true,
  kicked: true,
  barrage: true,
  command: true,
  notice: true,
  planeUpdate: true,
  drain: true,
} as const satisfies Record<ServerMessageName, true>;

/** A message of the server; `unknown` = a kind this build does not know, to be ignored; `malformed` = not a message. */
export type ParsedServerFrame =
  | { readonly ok: true; readonly message: ServerMessage }
  | { readonly ok: false; readonly reason: 'unknown' | 'malformed' };

/**
 * Turns one text frame of the server into a message (WS3). Light, for the client: it looks at `t` only and trusts the
 * rest to the server it dialled, so a page loads no schemas. A kind it does not know is skipped, since a newer server may
 * send more. Never throws.
 */
export function parseServerFrame(text: string): ParsedServerFrame {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    // A broken frame is a value, as an unknown one is: the engine decides whether to close.
    return { ok: false, reason: 'malformed' };
  }
  if (typeof frame !== 'object' || frame === null || !('t' in frame) || typeof frame.t !== 'string') {
    return { ok: false, reason: 'malformed' };
  }
  return Object.hasOwn(names, frame.t)
    ? { ok: true, message: frame as ServerMessage }
    : { ok: false, reason: 'unknown' };
}
