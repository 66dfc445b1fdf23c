import { errorFacts, type RoomkeyErrorName } from '@roomkey/protocol';
import type { SignalConnection } from './signal-connection.ts';

/** What an error answer says beside its id. */
export interface SaidError {
  readonly error: RoomkeyErrorName;
  readonly diagnosis?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly nextChallenge?: string | undefined;
}

/** Answers a request with one coded error (WS3). Absent fields are left out by JSON. */
export function answerError(connection: SignalConnection, id: number | undefined, said: SaidError): void {
  const { error: name, diagnosis, retryAfterMs, nextChallenge } = said;
  const code = errorFacts[name][0];
  connection.send({ t: 'error', id, code, name, diagnosis, retryAfterMs, nextChallenge }, 'answer');
}
