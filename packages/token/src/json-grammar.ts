/**
 * The grammar of RFC 8259 as one table: (state, character) -> what follows. A document must be an object.
 *
 * A cell below MARK is the next state. From MARK to STEP it also marks where a value begins. From STEP on it
 * names a structural step that the scanner takes. Whatever the table does not name is BAD, and BAD stays BAD:
 * the scanner never stops early, so a fault costs the same number of steps wherever it lies (TK13).
 */
export const BAD = 0;
export const ROOT = 1;
export const VALUE = 2;
export const VALUE_OR_END = 3;
export const KEY = 4;
export const KEY_OR_END = 5;
export const COLON = 6;
export const AFTER = 7;
export const DONE = 8;
export const STRING = 9;
const ESCAPE = 10;
const HEX1 = 11;
const HEX2 = 12;
const HEX3 = 13;
const HEX4 = 14;
const MINUS = 15;
const ZERO = 16;
const INTEGER = 17;
const POINT = 18;
const FRACTION = 19;
const EXPONENT_MARK = 20;
const EXPONENT_SIGN = 21;
const EXPONENT = 22;
const LITERALS = 23;
const STATE_COUNT = 34;

/** Added to a state: the value begins at this character. */
export const MARK = 64;
/** The first of the structural steps. */
export const STEP = 128;
export const OPEN_OBJECT = 128;
export const OPEN_ARRAY = 129;
export const CLOSE_OBJECT = 130;
export const CLOSE_ARRAY = 131;
export const COMMA = 132;
export const QUOTE_OPEN = 133;
export const QUOTE_CLOSE = 134;
export const INTEGER_END = 135;
export const NUMBER_END = 136;
export const TRUE_END = 137;
export const FALSE_END = 138;
export const NULL_END = 139;
export const KEY_OPEN = 140;

/** Row length: 128 ASCII characters and one cell for all others. */
export const ROW = 256;
/** The cell of every character beyond ASCII. */
export const OTHER = 128;

const SPACE = ' \t\n\r';
const DIGITS = '0123456789';
const HEX = `${DIGITS}abcdefABCDEF`;

/** The table: `TRANSITIONS[state * ROW + min(code, OTHER)]`. */
export const TRANSITIONS: Uint8Array = buildTransitions();

function buildTransitions(): Uint8Array {
  const table = new Uint8Array(STATE_COUNT * ROW);
  const on = (states: readonly number[], characters: string, cell: number): void => {
    for (const state of states) {
      for (const character of characters) table[state * ROW + character.charCodeAt(0)] = cell;
    }
  };
  on([ROOT], SPACE, ROOT);
  on([ROOT], '{', OPEN_OBJECT);
  for (const state of [VALUE, VALUE_OR_END, KEY, KEY_OR_END, COLON, AFTER, DONE]) on([state], SPACE, state);
  on([VALUE, VALUE_OR_END], '{', OPEN_OBJECT);
  on([VALUE, VALUE_OR_END], '[', OPEN_ARRAY);
  on([VALUE, VALUE_OR_END], '"', QUOTE_OPEN);
  on([VALUE_OR_END, AFTER], ']', CLOSE_ARRAY);
  on([KEY, KEY_OR_END], '"', KEY_OPEN);
  on([KEY_OR_END, AFTER], '}', CLOSE_OBJECT);
  on([COLON], ':', VALUE);
  on([AFTER], ',', COMMA);
  addStrings(table, on);
  addNumbers(on);
  addLiteral(on, 'true', LITERALS, TRUE_END);
  addLiteral(on, 'false', LITERALS + 3, FALSE_END);
  addLiteral(on, 'null', LITERALS + 7, NULL_END);
  return table;
}

type On = (states: readonly number[], characters: string, cell: number) => void;

function addStrings(table: Uint8Array, on: On): void {
  table.fill(STRING, STRING * ROW + 0x20, STRING * ROW + OTHER + 1);
  on([STRING], '"', QUOTE_CLOSE);
  on([STRING], '\\', ESCAPE);
  on([ESCAPE], '"\\/bfnrt', STRING);
  on([ESCAPE], 'u', HEX1);
  on([HEX1], HEX, HEX2);
  on([HEX2], HEX, HEX3);
  on([HEX3], HEX, HEX4);
  on([HEX4], HEX, STRING);
}

function addNumbers(on: On): void {
  on([VALUE, VALUE_OR_END], '-', MARK + MINUS);
  on([VALUE, VALUE_OR_END], '123456789', MARK + INTEGER);
  on([VALUE, VALUE_OR_END], '0', MARK + ZERO);
  on([MINUS], '123456789', INTEGER);
  on([MINUS], '0', ZERO);
  on([INTEGER], DIGITS, INTEGER);
  on([ZERO, INTEGER], '.', POINT);
  on([POINT, FRACTION], DIGITS, FRACTION);
  on([ZERO, INTEGER, FRACTION], 'eE', EXPONENT_MARK);
  on([EXPONENT_MARK], '+-', EXPONENT_SIGN);
  on([EXPONENT_MARK, EXPONENT_SIGN, EXPONENT], DIGITS, EXPONENT);
  on([ZERO, INTEGER], `${SPACE},]}`, INTEGER_END);
  on([FRACTION, EXPONENT], `${SPACE},]}`, NUMBER_END);
}

function addLiteral(on: On, word: string, firstState: number, end: number): void {
  on([VALUE, VALUE_OR_END], word.charAt(0), MARK + firstState);
  for (let i = 1; i < word.length; i++) {
    const state = firstState + i - 1;
    on([state], word.charAt(i), i === word.length - 1 ? end : state + 1);
  }
}
