const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** The position after the string that begins at `start`, or the end of the text when the string never closes. */
function afterString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === quote) return at + 1;
    at += unit === backslash ? 2 : 1;
  }
  return at;
}

/**
 * Whether objects and arrays in a JSON text nest at most `deepest` deep; a bare object counts 1. One linear scan
 * *before* the text is parsed, so that a parser is never asked to recurse (WS1). It judges depth only, not syntax.
 */
export function isJsonDepthWithin(text: string, deepest: number): boolean {
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === quote) {
      at = afterString(text, at);
      continue;
    }
    if (unit === openBrace || unit === openBracket) {
      depth += 1;
      if (depth > deepest) return false;
    } else if (unit === closeBrace || unit === closeBracket) depth -= 1;
    at += 1;
  }
  return true;
}
