import * as grammar from './json-grammar.ts';
import type { StepTally } from './step-tally.ts';

/** What a JSON value is. A number without fraction and exponent is an `integer`. */
export type JsonKind = 'string' | 'integer' | 'number' | 'true' | 'false' | 'null' | 'object' | 'array';

/** One value of a scanned document. Numbers stay text: an int64 does not survive a JS number (TK10a). */
export interface JsonNode {
  /** Index of the containing node; -1 for the document itself. */
  readonly parent: number;
  /** The decoded key within an object, else the empty string. */
  readonly key: string;
  readonly kind: JsonKind;
  /** Where the value's text begins and ends in the document, quotes left out. */
  readonly start: number;
  readonly end: number;
}

/** A scanned document. Read its nodes only when `bad` and `repeated` are false. */
export interface JsonDocument {
  readonly text: string;
  /** In document order; node 0 is the document's object. */
  readonly nodes: readonly JsonNode[];
  /** Not RFC 8259, not an object, too deep, too many keys, or a key that JavaScript treats specially (TK11). */
  readonly bad: boolean;
  /** Two equal keys in one object, after escapes are decoded (TK11). */
  readonly repeated: boolean;
}

/** The member of an object by its key. A plain loop: it runs once a field on the hot path (TK19). */
export function findMember(nodes: readonly JsonNode[], parent: number, key: string): JsonNode | undefined {
  for (const node of nodes) {
    if (node.parent === parent && node.key === key) return node;
  }
  return undefined;
}

/** Scans `text` in exactly `steps` steps, one a character and blanks for the rest. */
export type JsonScan = (text: string, steps: number, tally?: StepTally) => JsonDocument;

const MAX_DEPTH = 8;
const MAX_KEYS = 64;
const BLANK = 0x20;

/**
 * The strict one-pass scanner behind tokens and payloads. Begin in `JSON_START`, pass every position in order
 * through `next`, each time with the state it gave last, then `finish`.
 */
export class JsonScanner {
  readonly text: string;
  readonly #nodes: JsonNode[] = [];
  readonly #open: number[] = [];
  #parent = -1;
  #inObject = false;
  #start = 0;
  #inKey = false;
  #key = '';
  #keys = 0;
  #repeated = false;
  #forbidden = false;

  constructor(text: string) {
    this.text = text;
  }

  /** Takes a cell of the table that is more than a state, and gives the next state. */
  take(cell: number, index: number, column: number): number {
    if (cell >= grammar.STEP) return this.#take(cell, index, column);
    this.#start = index;
    return cell - grammar.MARK;
  }

  /** The document, given the state after the last character. */
  finish(state: number): JsonDocument {
    const bad = state !== grammar.DONE || this.#forbidden;
    return { text: this.text, nodes: this.#nodes, bad, repeated: this.#repeated };
  }

  #take(step: number, index: number, column: number): number {
    switch (step) {
      case grammar.KEY_OPEN:
        this.#inKey = true;
        return this.#openString(index);
      case grammar.QUOTE_OPEN:
        this.#inKey = false;
        return this.#openString(index);
      case grammar.QUOTE_CLOSE:
        return this.#inKey ? this.#closeKey(index) : this.#add('string', index);
      case grammar.COMMA:
        return this.#inObject ? grammar.KEY : grammar.VALUE;
      case grammar.OPEN_OBJECT:
        return this.#openContainer('object', index);
      case grammar.OPEN_ARRAY:
        return this.#openContainer('array', index);
      case grammar.CLOSE_OBJECT:
        return this.#inObject ? this.#closeContainer() : grammar.BAD;
      case grammar.CLOSE_ARRAY:
        return this.#inObject ? grammar.BAD : this.#closeContainer();
      default:
        return this.#closeScalar(step, index, column);
    }
  }

  #closeScalar(step: number, index: number, column: number): number {
    if (step === grammar.TRUE_END) return this.#add('true', index + 1);
    if (step === grammar.FALSE_END) return this.#add('false', index + 1);
    if (step === grammar.NULL_END) return this.#add('null', index + 1);
    this.#add(step === grammar.INTEGER_END ? 'integer' : 'number', index);
    // The character that ended the number belongs to what follows it: one character, still one step.
    const cell = grammar.TRANSITIONS[grammar.AFTER * grammar.ROW + column] as number;
    return cell < grammar.STEP ? cell : this.#take(cell, index, column);
  }

  #openString(index: number): number {
    this.#start = index + 1;
    return grammar.STRING;
  }

  #closeKey(end: number): number {
    this.#key = decodeJsonString(this.text.slice(this.#start, end));
    this.#keys += 1;
    const forbidden = this.#key === '__proto__' || this.#key === 'constructor' || this.#keys > MAX_KEYS;
    this.#forbidden ||= forbidden;
    this.#repeated ||= this.#hasSibling(this.#key);
    return grammar.COLON;
  }

  #hasSibling(key: string): boolean {
    if (this.#keys > MAX_KEYS) return false;
    return findMember(this.#nodes, this.#parent, key) !== undefined;
  }

  #add(kind: JsonKind, end: number): number {
    this.#nodes.push({ parent: this.#parent, key: this.#key, kind, start: this.#start, end });
    this.#key = '';
    return grammar.AFTER;
  }

  #openContainer(kind: 'object' | 'array', index: number): number {
    this.#start = index;
    this.#add(kind, index);
    this.#open.push(this.#parent);
    this.#enter(this.#nodes.length - 1);
    if (this.#open.length > MAX_DEPTH) return grammar.BAD;
    return kind === 'object' ? grammar.KEY_OR_END : grammar.VALUE_OR_END;
  }

  #closeContainer(): number {
    this.#enter(this.#open.pop() ?? -1);
    return this.#open.length === 0 ? grammar.DONE : grammar.AFTER;
  }

  #enter(parent: number): void {
    this.#parent = parent;
    this.#inObject = this.#nodes[parent]?.kind === 'object';
  }
}

/** The state in which a scan begins. */
export const JSON_START: number = grammar.ROOT;
/** The state that a fault leads to and that nothing leads out of. */
export const JSON_BAD: number = grammar.BAD;

/** Scans the whole text, whatever it meets: `steps` is the same for a good and for a bad one (TK13). */
export function scanJson(text: string, steps: number, tally?: StepTally): JsonDocument {
  const scanner = new JsonScanner(text);
  const table = grammar.TRANSITIONS;
  const length = text.length;
  let state = JSON_START;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    const column = Math.min(code, grammar.OTHER);
    const cell = table[state * grammar.ROW + column] as number;
    state = cell < grammar.MARK ? cell : scanner.take(cell, index, column);
    tally?.count('scan', 1);
  }
  // Blanks up to the given number of steps: a text that decoded to fewer characters is no quicker.
  for (let index = length; index < steps; index++) {
    state = table[state * grammar.ROW + BLANK] as number;
    tally?.count('scan', 1);
  }
  return scanner.finish(state);
}

/** The text of a string node, escapes decoded. */
export function stringOf(document: JsonDocument, node: JsonNode): string {
  return decodeJsonString(document.text.slice(node.start, node.end));
}

// A node or key is only made of what the grammar let through, so this parse cannot fail: no exception here (TK13).
function decodeJsonString(raw: string): string {
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw;
}
