import { RoomkeyError } from '#kernel';

/** One page of a list, and where the next one begins; `nextCursor` is null at the end (API1). */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** A position in a list: what its owner needs to go on from there. Callers see it as opaque text. */
export type CursorValue = readonly (number | string)[];

/** The text of a position. */
export function writeCursor(value: CursorValue): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}

/**
 * The position a text names, by the kinds of its parts.
 *
 * @throws RoomkeyError `validation` for a text that is none of ours.
 */
export function readCursor(text: string, kinds: readonly ('number' | 'string')[]): CursorValue {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    value = undefined;
  }
  const parts = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const fits = parts.length === kinds.length && kinds.every((kind, at) => typeof parts[at] === kind);
  if (!fits)
    throw new RoomkeyError('validation', { details: ['querystring/cursor: not a cursor of this list'] });
  return parts as CursorValue;
}

/** Cuts a page of `limit` out of rows of which at least one more was read, if there is one. */
export function cutPage<Item>(
  rows: readonly Item[],
  limit: number,
  cursorAfter: (last: Item) => CursorValue,
): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const isEnd = rows.length <= limit || last === undefined;
  return { items, nextCursor: isEnd ? null : writeCursor(cursorAfter(last)) };
}
