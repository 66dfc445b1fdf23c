import { Compile } from 'typebox/compile';
import { type ClientMessage, clientMessages } from './client-messages.ts';
import type { RoomkeyErrorName } from './error-facts.ts';
import { isJsonDepthWithin } from './json-depth.ts';
import { limits } from './limits.ts';

/** Why a frame was not taken: the shape of the frame, its `t`, or its fields. */
export type FrameFault = Extract<RoomkeyErrorName, 'badFrame' | 'unknownMessage' | 'illegalParam'>;

/** A message whose fields have their types, or the fault, with the request's `id` when one could be read. */
export type ParsedClientFrame =
  | { readonly ok: true; readonly message: ClientMessage }
  | { readonly ok: false; readonly error: FrameFault; readonly id?: number };

// Compiled once: validators make no answer and hold no state. A Map, because `t` is the client's word (SC2a).
const validators: ReadonlyMap<string, { Check(value: unknown): boolean }> = new Map(
  Object.entries(clientMessages).map(([t, schema]) => [t, Compile(schema)]),
);

const hostileKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function hasHostileKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasHostileKey);
  return Object.entries(value).some(([key, inner]) => hostileKeys.has(key) || hasHostileKey(inner));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message may quote the frame; the fault alone is the answer (SC4).
    return undefined;
  }
}

function idOf(frame: object): { id?: number } {
  const id = 'id' in frame ? frame.id : undefined;
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= 0xffffffff ? { id } : {};
}

/**
 * Turns one text frame of a client into a message (WS1, WS3).
 *
 * The socket bounds the size; here the depth is bounded before the text is parsed, and keys that could reach a
 * prototype are refused. Unknown fields are ignored and may still be on the object: take fields by name. Ids, texts
 * and tokens are only bounded; their own checks judge them. Never throws, and never quotes the frame.
 */
export function parseClientFrame(text: string): ParsedClientFrame {
  if (!isJsonDepthWithin(text, limits.jsonDepth)) return { ok: false, error: 'badFrame' };
  const frame = parseJson(text);
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame))
    return { ok: false, error: 'badFrame' };
  const id = idOf(frame);
  if (hasHostileKey(frame)) return { ok: false, error: 'badFrame', ...id };
  const t = 't' in frame ? frame.t : undefined;
  if (typeof t !== 'string') return { ok: false, error: 'badFrame', ...id };
  const validator = validators.get(t);
  if (validator === undefined) return { ok: false, error: 'unknownMessage', ...id };
  if (!validator.Check(frame)) return { ok: false, error: 'illegalParam', ...id };
  return { ok: true, message: frame as ClientMessage };
}
