import { FieldReader } from './field-reader.ts';
import { type JsonDocument, type JsonNode, scanJson, stringOf } from './json-scanner.ts';

/** A plane a token may be meant for (TK4). */
export type PayloadAudience = 'media' | 'board' | 'files' | 'recorder';

/** The privileges inside a token04 (TK4). */
export interface PrivilegePayload {
  /** The only room it is good for; absent when the payload names none or an empty one. */
  readonly roomId?: string;
  /** Bit 1: may enter. A missing bit is false. */
  readonly login: boolean;
  /** Bit 2: may publish. A missing bit is false. */
  readonly publish: boolean;
  /** The only streams it may publish; null when any (a null, missing or empty list). */
  readonly streamIds: readonly string[] | null;
  /** The only planes it is good for; null when not named: then all but the recorder. */
  readonly audience: readonly PayloadAudience[] | null;
}

/** What a payload turned out to be: none at all, privileges, or not a payload. */
export type PayloadResult =
  | { readonly ok: true; readonly none: true }
  | {
      readonly ok: true;
      readonly none: false;
      readonly payload: PrivilegePayload;
      /** Whether it holds keys that mean nothing here; they are let be. */
      readonly unknownKeys: boolean;
    }
  | {
      readonly ok: false;
      /** `json`: not a JSON object. `repeatedKey`: two equal keys. `field`: a known key of the wrong type. */
      readonly reason: 'json' | 'repeatedKey' | 'field';
    };

const KNOWN_KEYS: ReadonlySet<string> = new Set(['room_id', 'privilege', 'stream_id_list', 'aud']);
const PLANES: ReadonlySet<string> = new Set(['media', 'board', 'files', 'recorder']);

/**
 * Reads the payload of a token04 that opened (TK4). The empty string is no payload: a basic token.
 *
 * Strict like the token around it: repeated keys, `__proto__`, `constructor` and trailing characters are
 * refused (TK11). Where privileges are not checked, a refusal here is nobody's concern.
 */
export function parsePayload(payload: string): PayloadResult {
  if (typeof payload !== 'string') throw new TypeError('payload must be a string');
  if (payload === '') return { ok: true, none: true };
  const document = scanJson(payload, payload.length);
  if (document.bad) return { ok: false, reason: 'json' };
  if (document.repeated) return { ok: false, reason: 'repeatedKey' };
  return readPayload(document);
}

function readPayload(document: JsonDocument): PayloadResult {
  const top = new Map(document.nodes.filter((node) => node.parent === 0).map((node) => [node.key, node]));
  const fields = new FieldReader(document);
  const bits = isAbsent(top.get('privilege')) ? { login: false, publish: false } : fields.bits('privilege');
  const roomId = fields.optionalText('room_id');
  const streamIds = readStrings(document, top.get('stream_id_list'));
  const audience = readStrings(document, top.get('aud'));
  if (fields.bad || streamIds === undefined || audience === undefined || !isAudience(audience)) {
    return { ok: false, reason: 'field' };
  }
  const payload: PrivilegePayload = {
    ...(roomId === '' ? {} : { roomId }),
    ...bits,
    streamIds: streamIds?.length === 0 ? null : streamIds,
    audience,
  };
  return { ok: true, none: false, payload, unknownKeys: [...top.keys()].some((key) => !KNOWN_KEYS.has(key)) };
}

function isAbsent(node: JsonNode | undefined): boolean {
  return node === undefined || node.kind === 'null';
}

// null: no list. undefined: a list it is not.
function readStrings(
  document: JsonDocument,
  node: JsonNode | undefined,
): readonly string[] | null | undefined {
  if (node === undefined || node.kind === 'null') return null;
  if (node.kind !== 'array') return undefined;
  const parent = document.nodes.indexOf(node);
  const members = document.nodes.filter((member) => member.parent === parent);
  if (!members.every((member) => member.kind === 'string')) return undefined;
  return members.map((member) => stringOf(document, member));
}

function isAudience(planes: readonly string[] | null): planes is readonly PayloadAudience[] | null {
  return planes === null || planes.every((plane) => PLANES.has(plane));
}
