// C0, DEL and C1: an id that carries one is either garbled CBC or meant to mislead a log (TK9).
const CONTROL = /\p{Cc}/u;

/** Whether an id is well-formed Unicode without control characters (TK9). Its length is another question. */
export function isCleanId(text: string): boolean {
  return text.isWellFormed() && !CONTROL.test(text);
}

/** Bytes of the text in UTF-8, the unit of every id limit. */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
