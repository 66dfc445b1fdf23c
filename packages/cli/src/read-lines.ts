import { StringDecoder } from 'node:string_decoder';

/** Longest line that is kept, in characters: over any token that is looked at. The rest of a longer one is dropped. */
export const maxLineCharacters = 65_536;

/**
 * The lines of a stream, one at a time, in bounded memory whatever comes: ended by LF, or CR LF. The end of the stream
 * ends a last line that is not empty.
 */
export async function* readLines(source: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let held = '';
  let begun = false;
  for await (const piece of source) {
    const parts = (typeof piece === 'string' ? piece : decoder.write(piece)).split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      yield withoutReturn(keep(held, part));
      held = '';
    }
    held = keep(held, last);
    begun = held !== '';
  }
  if (begun) yield withoutReturn(held);
}

function keep(held: string, part: string): string {
  return held.length >= maxLineCharacters ? held : held + part.slice(0, maxLineCharacters - held.length);
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
