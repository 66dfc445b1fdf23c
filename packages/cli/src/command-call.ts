import { styleText } from 'node:util';
import { cleanText, safeJson } from './clean-text.ts';
import { usageFailure } from './failure.ts';
import type { Language } from './language.ts';
import { type Filling, type PhraseKey, sentence } from './sentence.ts';
import { alignRows, type Cell } from './table.ts';
import { type Terminal, writeAll } from './terminal.ts';

/** What colour means everywhere (LK2): Token teal, AppSign amber, forced indigo, warning orange, refused red, gone grey. */
export type Meaning = 'good' | 'appSign' | 'forced' | 'warning' | 'refused' | 'gone';

const colours = {
  good: 'cyan',
  appSign: 'yellow',
  forced: 'blue',
  warning: 'yellowBright',
  refused: 'red',
  gone: 'gray',
} as const satisfies Record<Meaning, string>;

/** Options and arguments as the parser found them. */
export interface ParsedWords {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** One call of a command: what was typed, and the ways to answer. Options are named in camelCase. */
export class CommandCall {
  readonly terminal: Terminal;
  readonly language: Language;
  readonly args: readonly string[];
  readonly json: boolean;
  readonly #options: Readonly<Record<string, unknown>>;

  constructor(terminal: Terminal, language: Language, { args, options }: ParsedWords) {
    this.terminal = terminal;
    this.language = language;
    this.args = args;
    this.#options = options;
    this.json = options['json'] === true;
  }

  /** Whether a flag was given. */
  flag(name: string): boolean {
    return this.#options[name] === true;
  }

  /** A flag that has a `--no-` twin: undefined when neither was given. */
  choiceOfFlag(name: string): boolean | undefined {
    const value = this.#options[name];
    return typeof value === 'boolean' ? value : undefined;
  }

  /** The text of an option, or undefined when it was not given. */
  text(name: string): string | undefined {
    const value = this.#options[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** Every value of an option that may be repeated. */
  list(name: string): readonly string[] {
    const value = this.#options[name];
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  /** @throws {CliFailure} when the option is missing. */
  needText(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw usageFailure(sentence('optionNeeded', { option: flagOf(name) }));
    return text;
  }

  /**
   * A whole number in decimal, or undefined when the option was not given.
   *
   * @throws {CliFailure} when it is no number or out of range.
   */
  number(name: string, min: number, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw usageFailure(sentence('optionNumber', { option: flagOf(name), min, max }));
  }

  /** @throws {CliFailure} when it is missing, no number, or out of range. */
  needNumber(name: string, min: number, max: number): number {
    this.needText(name);
    return this.number(name, min, max) as number;
  }

  /** @throws {CliFailure} when it was given and is none of `allowed`. */
  oneOf<const Word extends string>(name: string, allowed: readonly Word[]): Word | undefined {
    const text = this.text(name);
    const found = allowed.find((word) => word === text);
    if (text === undefined || found !== undefined) return found;
    throw usageFailure(sentence('optionChoice', { option: flagOf(name), allowed: allowed.join(', ') }));
  }

  /** A phrase in the language of this call. */
  say<Key extends PhraseKey>(key: Key, ...filling: Filling<Key>): string {
    return sentence(key, ...filling)(this.language);
  }

  /** A command as it is typed here: from a clone by npm, else by its own name. */
  command(words: string): string {
    const byNpm = this.terminal.env['npm_lifecycle_event'] !== undefined;
    return `${byNpm ? 'npm run -s roomkey --' : 'roomkey'} ${words}`;
  }

  /** A text in the colour of its meaning, where colour may be used. Never colour alone: the word says it too. */
  paint(meaning: Meaning, text: string): string {
    return this.terminal.colour ? styleText(colours[meaning], text, { validateStream: false }) : text;
  }

  /** A cell in the colour of its meaning. */
  cell(meaning: Meaning, text: string): Cell {
    return { text, paint: (padded) => this.paint(meaning, padded) };
  }

  /** Lines of ours to standard output. */
  async print(...lines: readonly string[]): Promise<void> {
    if (lines.length > 0) await writeAll(this.terminal.stdout, `${lines.join('\n')}\n`);
  }

  /** An aligned table to standard output; every cell is cleaned. */
  async printRows(rows: readonly (readonly (string | Cell)[])[]): Promise<void> {
    await this.print(...alignRows(rows));
  }

  /** One JSON document on one line to standard output. */
  async printJson(value: unknown): Promise<void> {
    await writeAll(this.terminal.stdout, `${safeJson(value)}\n`);
  }

  /** A remark to standard error: it never mixes with what a program reads. */
  async note(text: string): Promise<void> {
    await writeAll(this.terminal.stderr, `${cleanText(text)}\n`);
  }
}

/** The option as it is typed: `secretFile` is `--secret-file`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
