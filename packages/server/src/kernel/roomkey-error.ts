import { errorFacts, type RoomkeyErrorName } from '@roomkey/protocol';

/**
 * A failure that crosses the wire or reaches a user: a row of the one error table.
 *
 * Its text is fixed by the name, so it cannot leak what it never saw. `details` are for API answers: paths of fields and
 * what is allowed there, never values that came from outside.
 */
export class RoomkeyError extends Error {
  readonly code: number;
  readonly errorName: RoomkeyErrorName;
  readonly details: readonly string[];

  constructor(errorName: RoomkeyErrorName, options: { details?: readonly string[]; cause?: unknown } = {}) {
    super(errorName, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'RoomkeyError';
    this.errorName = errorName;
    this.code = errorFacts[errorName][0];
    this.details = options.details ?? [];
  }
}
