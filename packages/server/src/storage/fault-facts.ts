/** What a worker tells of a failure: enough to choose an error by, nothing of what was stored. */
export interface FaultFacts {
  readonly message: string;
  /** SQLite's extended result code, or null when SQLite did not fail. */
  readonly errcode: number | null;
  /** The file was written by a newer version of the schema (ST1). */
  readonly schemaNewer: boolean;
}

/** The file holds a newer schema than this code knows; crosses the thread as `schemaNewer` (ST1). */
export class SchemaNewer extends Error {
  constructor() {
    super('the file was written by a newer version');
    this.name = 'SchemaNewer';
  }
}

/** Reads the facts of a failure on the worker's side: structured clones lose `errcode`. */
export function describeFault(failure: unknown): FaultFacts {
  const message = failure instanceof Error ? failure.message : 'a failure without an error';
  const errcode = failure instanceof Error && 'errcode' in failure ? Number(failure.errcode) : null;
  return { message, errcode, schemaNewer: failure instanceof SchemaNewer };
}
