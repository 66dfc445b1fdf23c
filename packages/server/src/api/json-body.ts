import type { FastifyInstance } from 'fastify';
import { RoomkeyError } from '#kernel';

/** Bytes a request may carry (SC2). */
export const bodyMaxBytes: number = 64 * 1024;

// The deepest body of ours has four levels.
const deepest = 8;

/** Takes JSON only, bounded in size and depth, without keys that reach an object's prototype (SC2). */
export function takeJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body);
    // An empty body is no body: whether a route needs one, its schema says.
    if (text === '') return done(null, undefined);
    if (isDeeper(text, deepest))
      return done(new RoomkeyError('validation', { details: ['body: nested too deep'] }));
    return parse(request, text, done);
  });
}

/** Whether brackets outside of strings nest deeper; one pass, no parse. */
function isDeeper(text: string, bound: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text[at];
    if (inString) {
      if (unit === '\\') at += 1;
      else if (unit === '"') inString = false;
    } else if (unit === '"') inString = true;
    else if (unit === '{' || unit === '[') {
      depth += 1;
      if (depth > bound) return true;
    } else if (unit === '}' || unit === ']') depth -= 1;
  }
  return false;
}
