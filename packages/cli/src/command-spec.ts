import type { CommandCall } from './command-call.ts';
import type { PhraseKey } from './sentence.ts';

/** One option of a command, in commander's notation: `--secret-file <file>`. */
export interface OptionSpec {
  readonly flags: string;
  readonly text: PhraseKey;
  /** May be given several times; the values are collected in order. */
  readonly many?: boolean;
  readonly required?: boolean;
}

/** One positional argument: `<id>`, `[tokens...]`. */
export interface ArgumentSpec {
  readonly name: string;
  readonly text: PhraseKey;
}

/** One command: how it is called, and what it does. The tree of commands is made from these alone. */
export interface CommandSpec {
  /** As typed after `roomkey`: `token open`. */
  readonly name: string;
  readonly text: PhraseKey;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** Resolves to the exit code: 0, or 1 when something was refused. */
  run(call: CommandCall): Promise<0 | 1>;
}
