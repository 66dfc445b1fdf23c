/** Which argument is wrong. `length` is the sealed text as a whole, which must fit the SDK's buffer. */
export type ArgumentName =
  | 'appId'
  | 'roomId'
  | 'userId'
  | 'privilege'
  | 'secret'
  | 'time'
  | 'payload'
  | 'length'
  | 'sealCount';

/** One thing wrong with the arguments of a sealing call. The message never holds a value, so no secret. */
export interface ArgumentProblem {
  /** The vendor's number: 1 app, 2 room, 3 user, 4 privilege, 5 secret, 6 time; -1 where the vendor has none. */
  readonly code: number;
  readonly name: ArgumentName;
  readonly message: string;
}

/**
 * Thrown when a key cannot be made or a token cannot be sealed from these arguments.
 *
 * `errorCode` and `errorMessage` are what the vendor's Node generator throws first for the same call,
 * so code that reads those two fields keeps working; `problems` lists everything that is wrong (TK7).
 */
export class TokenArgumentError extends TypeError {
  override readonly name = 'TokenArgumentError';
  /** The code of the first problem in the vendor's order of checks. */
  readonly errorCode: number;
  /** The message of that first problem. */
  readonly errorMessage: string;
  /** All problems, in the vendor's order of checks; never empty. */
  readonly problems: readonly ArgumentProblem[];

  constructor(first: ArgumentProblem, ...others: readonly ArgumentProblem[]) {
    const problems = [first, ...others];
    super(problems.map((problem) => problem.message).join('; '));
    this.errorCode = first.code;
    this.errorMessage = first.message;
    this.problems = problems;
  }
}
