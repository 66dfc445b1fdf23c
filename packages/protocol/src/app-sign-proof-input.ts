/** What an AppSign proof is bound to (AD2): it is worth nothing on another host, connection, verb or room. */
export interface AppSignProofFields {
  /** The host dialled, lower case, `host:port` as in the Host header. */
  readonly host: string;
  /** From `welcome`. */
  readonly connectionId: string;
  readonly verb: 'login' | 'switchRoom';
  /** 1..4294967295; written in decimal. */
  readonly appId: number;
  /** The room to enter; for `switchRoom` the new one. */
  readonly roomId: string;
  readonly userId: string;
  /** The latest challenge the server gave on this connection: good once, for 60 s. */
  readonly challenge: string;
}

/** The first field of every proof, so that no other use of the same key can produce one. */
export const appSignProofLabel = 'roomkey-appsign-v1';

const longestField = 0xffff;

/**
 * The bytes an AppSign proof is computed over (AD2): the proof is HMAC-SHA256 over them with the 32 bytes of the
 * AppSign, in standard base64. No crypto here: server and clients bring their own.
 *
 * Eight fields in this order: the label `roomkey-appsign-v1`, host, connection id, verb, app id in decimal, room id,
 * user id, challenge. *Every* field, the label included, is its length in UTF-8 bytes as u16 big-endian, then the
 * bytes; so no two different lists of fields give the same bytes.
 *
 * @throws TypeError when the app id is not a whole number in 1..4294967295 or a field is over 65535 bytes.
 */
export function appSignProofInput(fields: AppSignProofFields): Uint8Array<ArrayBuffer> {
  const { host, connectionId, verb, appId, roomId, userId, challenge } = fields;
  if (!Number.isInteger(appId) || appId < 1 || appId > 0xffffffff) {
    throw new TypeError('appId must be a whole number in 1..4294967295');
  }
  const encoder = new TextEncoder();
  const texts = [appSignProofLabel, host, connectionId, verb, String(appId), roomId, userId, challenge];
  const parts = texts.map((text) => encoder.encode(text));
  if (parts.some((part) => part.length > longestField)) {
    throw new TypeError('a field of an AppSign proof is at most 65535 bytes');
  }
  const bytes = new Uint8Array(parts.reduce((length, part) => length + 2 + part.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint16(at, part.length);
    bytes.set(part, at + 2);
    at += 2 + part.length;
  }
  return bytes;
}
