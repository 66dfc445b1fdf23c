import { type PayloadAudience, parsePayload } from './parse-payload.ts';

/** The privileges to write into a token04 (TK4). */
export interface PrivilegeRequest {
  /** The only room; leave it out for any room. The vendor's documents call for one. */
  readonly roomId?: string;
  /** Bit 1: may enter. */
  readonly login: boolean;
  /** Bit 2: may publish. */
  readonly publish: boolean;
  /** The only streams it may publish; leave it out for any. An empty list would mean any too, so it is refused. */
  readonly streamIds?: readonly string[];
  /** The only planes it is good for; leave it out for all but the recorder. Read by Roomkey alone. */
  readonly audience?: readonly PayloadAudience[];
}

/**
 * Writes the payload of a privilege token, keys in the order of the vendor's samples.
 *
 * @throws {TypeError} when a field has the wrong type, the stream list is empty, or a plane is unknown.
 */
export function privilegePayload(request: PrivilegeRequest): string {
  const { roomId = '', login, publish, streamIds, audience } = request;
  if (typeof login !== 'boolean' || typeof publish !== 'boolean') {
    throw new TypeError('login and publish must be booleans');
  }
  if (streamIds !== undefined && streamIds.length === 0) {
    throw new TypeError('an empty stream list would mean any stream: leave it out or name one');
  }
  const text = JSON.stringify({
    room_id: roomId,
    privilege: { 1: Number(login), 2: Number(publish) },
    stream_id_list: streamIds ?? null,
    ...(audience === undefined ? {} : { aud: audience }),
  });
  if (!parsePayload(text).ok) {
    throw new TypeError('room and stream ids must be strings, planes among media, board, files, recorder');
  }
  return text;
}
