import type { CommandCall } from '../command-call.ts';
import type { OptionSpec } from '../command-spec.ts';

/** Which sessions: several narrow. */
export const selectionOptions: readonly OptionSpec[] = [
  { flags: '--user <id>', text: 'userOption' },
  { flags: '--room <id>', text: 'roomOption' },
  { flags: '--session <id>', text: 'sessionOption' },
];

/** The selection typed, in the names of the API. */
export function readSelection(call: CommandCall): Readonly<Record<string, string>> {
  const userId = call.text('user');
  const roomId = call.text('room');
  const sessionId = call.text('session');
  return {
    ...(userId === undefined ? {} : { userId }),
    ...(roomId === undefined ? {} : { roomId }),
    ...(sessionId === undefined ? {} : { sessionId }),
  };
}
