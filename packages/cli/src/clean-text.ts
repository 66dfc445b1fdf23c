// Control characters (C0, DEL, C1), line separators, and everything that turns the direction of text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for (SC2a)
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A text that a client or an owner named, safe to print on one line of a terminal (SC2a). */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(unsafe, '');
}

/**
 * JSON on one line, with the characters of `cleanText` escaped: programs read the same text, and a terminal that
 * shows it is not turned round by it (SC2a).
 */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(unsafe, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
