import { findMember, type JsonDocument, type JsonNode, stringOf } from './json-scanner.ts';
import type { StepTally } from './step-tally.ts';

const MAX_INT64 = '9223372036854775807';
const MIN_INT64 = '9223372036854775808';

/**
 * Reads the fields of a scanned object. A missing or wrong field sets `bad` and yields a stand-in: reading
 * goes on, so that a wrong type costs the same steps as a right one (TK13).
 */
export class FieldReader {
  bad = false;
  readonly #document: JsonDocument;
  readonly #tally: StepTally | undefined;

  constructor(document: JsonDocument, tally?: StepTally) {
    this.#document = document;
    this.#tally = tally;
  }

  /** A string. */
  text(key: string): string {
    const node = this.#read(key);
    if (node?.kind === 'string') return stringOf(this.#document, node);
    this.bad = true;
    return '';
  }

  /** A string; null and missing read as the empty string (TK3). */
  optionalText(key: string): string {
    const node = this.#read(key);
    if (node === undefined || node.kind === 'null') return '';
    if (node.kind === 'string') return stringOf(this.#document, node);
    this.bad = true;
    return '';
  }

  /** A whole number within the bounds, both below 2^53. */
  integer(key: string, min: number, max: number): number {
    const digits = this.#digits(key);
    const value = Number(digits);
    this.bad ||= value < min || value > max;
    return value;
  }

  /** A signed 64-bit number as decimal text. */
  int64(key: string): string {
    const digits = this.#digits(key);
    const negative = digits.startsWith('-');
    const size = negative ? digits.slice(1) : digits;
    const limit = negative ? MIN_INT64 : MAX_INT64;
    this.bad ||= size.length > limit.length || (size.length === limit.length && size > limit);
    return digits;
  }

  /** The members `"1"` and `"2"` of an object whose values are all 0 or 1; a missing member is false. */
  bits(key: string): { readonly login: boolean; readonly publish: boolean } {
    const node = this.#read(key);
    const { nodes, text } = this.#document;
    const parent = node === undefined ? -2 : nodes.indexOf(node);
    const members = nodes.filter((member) => member.parent === parent);
    const isBit = (member: JsonNode): boolean =>
      member.kind === 'integer' && (text.slice(member.start, member.end) === '0' || isOne(text, member));
    this.bad ||= node?.kind !== 'object' || !members.every(isBit);
    const isSet = (name: string): boolean =>
      members.some((member) => member.key === name && isOne(text, member));
    return { login: isSet('1'), publish: isSet('2') };
  }

  #digits(key: string): string {
    const node = this.#read(key);
    const digits = node?.kind === 'integer' ? this.#document.text.slice(node.start, node.end) : '';
    // -0 would be a second spelling of 0, and the token digest is made of these digits (TK10b).
    if (digits !== '' && digits !== '-0') return digits;
    this.bad = true;
    return '0';
  }

  #read(key: string): JsonNode | undefined {
    this.#tally?.count('field', 1);
    return findMember(this.#document.nodes, 0, key);
  }
}

function isOne(text: string, node: JsonNode): boolean {
  return text.slice(node.start, node.end) === '1';
}
