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
  /** Whether a string holds escapes. */
  readonly escaped: boolean;
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

/** Scans `text` in exactly `steps` steps, one a character and blanks for the rest. */
export type JsonScan = (text: string, steps: number, tally?: StepTally) => JsonDocument;

const MAX_DEPTH = 8;
const MAX_KEYS = 64;
const BLANK = 0x20;

/** The strict one-pass scanner behind tokens and payloads: feed it every position, then take the document. */
export class JsonScanner {
  readonly text: string;
  readonly #nodes: JsonNode[] = [];
  readonly #open: number[] = [];
  #state = grammar.ROOT;
  #start = 0;
  #escaped = false;
  #inKey = false;
  #key = '';
  #keys = 0;
  #repeated = false;
  #forbidden = false;

  constructor(text: string) {
    this.text = text;
  }

  /** Whether a fault has been met so far. The scan goes on all the same. */
  get bad(): boolean {
    return this.#state === grammar.BAD || this.#forbidden;
  }

  /** Takes the character at `index`; beyond the text a blank. */
  feed(index: number): void {
    const code = index < this.text.length ? this.text.charCodeAt(index) : BLANK;
    const column = Math.min(code, grammar.OTHER);
    const cell = grammar.TRANSITIONS[this.#state * grammar.ROW + column] as number;
    if (cell < grammar.MARK) {
      this.#state = cell;
    } else if (cell < grammar.STEP) {
      this.#start = index;
      this.#state = cell - grammar.MARK;
    } else {
      this.#state = this.#take(cell, index, column);
    }
  }

  /** The document, after the last character was fed. */
  finish(): JsonDocument {
    const bad = this.#state !== grammar.DONE || this.#forbidden;
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
      case grammar.BACKSLASH:
        this.#escaped = true;
        return grammar.AFTER_BACKSLASH;
      case grammar.QUOTE_CLOSE:
        return this.#inKey ? this.#closeKey(index) : this.#add('string', index);
      case grammar.COMMA:
        return this.#isInObject() ? grammar.KEY : grammar.VALUE;
      case grammar.OPEN_OBJECT:
        return this.#openContainer('object', index);
      case grammar.OPEN_ARRAY:
        return this.#openContainer('array', index);
      case grammar.CLOSE_OBJECT:
        return this.#isInObject() ? this.#closeContainer() : grammar.BAD;
      case grammar.CLOSE_ARRAY:
        return this.#isInObject() ? grammar.BAD : this.#closeContainer();
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
    this.#escaped = false;
    return grammar.STRING;
  }

  #closeKey(end: number): number {
    const raw = this.text.slice(this.#start, end);
    this.#key = this.#escaped ? decodeJsonString(raw) : raw;
    this.#keys += 1;
    const forbidden = this.#key === '__proto__' || this.#key === 'constructor' || this.#keys > MAX_KEYS;
    this.#forbidden ||= forbidden;
    this.#repeated ||= this.#hasSibling(this.#key);
    return grammar.COLON;
  }

  #hasSibling(key: string): boolean {
    if (this.#keys > MAX_KEYS) return false;
    const parent = this.#container();
    return this.#nodes.some((node) => node.parent === parent && node.key === key);
  }

  #add(kind: JsonKind, end: number): number {
    const escaped = kind === 'string' && this.#escaped;
    this.#nodes.push({ parent: this.#container(), key: this.#key, kind, start: this.#start, end, escaped });
    this.#key = '';
    return grammar.AFTER;
  }

  #openContainer(kind: 'object' | 'array', index: number): number {
    this.#start = index;
    this.#add(kind, index);
    this.#open.push(this.#nodes.length - 1);
    if (this.#open.length > MAX_DEPTH) return grammar.BAD;
    return kind === 'object' ? grammar.KEY_OR_END : grammar.VALUE_OR_END;
  }

  #closeContainer(): number {
    this.#open.pop();
    return this.#open.length === 0 ? grammar.DONE : grammar.AFTER;
  }

  #container(): number {
    return this.#open.at(-1) ?? -1;
  }

  #isInObject(): boolean {
    return this.#nodes[this.#container()]?.kind === 'object';
  }
}

/** Scans the whole text, whatever it meets: `steps` is the same for a good and for a bad one (TK13). */
export function scanJson(text: string, steps: number, tally?: StepTally): JsonDocument {
  const scanner = new JsonScanner(text);
  for (let index = 0; index < steps; index++) {
    scanner.feed(index);
    tally?.count('scan', 1);
  }
  return scanner.finish();
}

/** The text of a string node, escapes decoded. */
export function stringOf(document: JsonDocument, node: JsonNode): string {
  const raw = document.text.slice(node.start, node.end);
  return node.escaped ? decodeJsonString(raw) : raw;
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

// Only ever given what the grammar let through, so every escape is whole.
function decodeJsonString(raw: string): string {
  return raw.replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_whole, mark: string) =>
    mark.length === 5
      ? String.fromCharCode(Number.parseInt(mark.slice(1), 16))
      : (SHORT_ESCAPES.get(mark) ?? mark),
  );
}
