import type { CommandCall } from '../command-call.ts';
import { usageFailure } from '../failure.ts';
import { readLines } from '../read-lines.ts';
import { sentence } from '../sentence.ts';

/**
 * The tokens a command is asked about: its arguments, else the lines of standard input, one token a line. Every line
 * counts, an empty one too, so that the n-th answer is about the n-th line.
 */
export async function* readTokens(call: CommandCall): AsyncGenerator<string> {
  if (call.args.length > 0) {
    yield* call.args;
    return;
  }
  if (call.terminal.interactive) await call.note(call.say('readingTokens'));
  let count = 0;
  for await (const line of readLines(call.terminal.stdin)) {
    count += 1;
    yield line;
  }
  if (count === 0) throw usageFailure(sentence('noTokens'), sentence('noTokensNext'));
}
