import type { Sentence } from './sentence.ts';

/** What a failure carries beside its text. */
export interface FailureFacts {
  /** 1: refused or failed; 2: the command as typed cannot be carried out (CLI3). */
  readonly exitCode: 1 | 2;
  /** Stable, for programs: `usage`, or a name of the error table. */
  readonly name: string;
  /** The number of the error table; absent for usage. */
  readonly code?: number;
  /** One line each: which field, what is allowed there. */
  readonly details?: readonly string[];
  /** What to do next. */
  readonly next?: Sentence;
  readonly diagnosis?: string;
}

/** A failure that the person at the terminal can act on (LK5). Its text never holds a secret or a token. */
export class CliFailure extends Error {
  readonly facts: FailureFacts;
  readonly text: Sentence;

  constructor(text: Sentence, facts: FailureFacts) {
    super(facts.name);
    this.name = 'CliFailure';
    this.text = text;
    this.facts = facts;
  }
}

/** The command as typed cannot be carried out. */
export function usageFailure(text: Sentence, next?: Sentence): CliFailure {
  return new CliFailure(text, { exitCode: 2, name: 'usage', ...(next === undefined ? {} : { next }) });
}
