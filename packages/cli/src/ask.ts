import { createInterface } from 'node:readline/promises';
import type { CommandCall } from './command-call.ts';
import { CliFailure } from './failure.ts';
import { sentence } from './sentence.ts';

/**
 * Makes sure that the person wants what was shown: by `--yes`, by `--confirm` with the right number, or by an answer
 * at the terminal.
 *
 * @throws {CliFailure} `confirmMismatch` for another number, `confirmationNeeded` when nobody can be asked or the
 *   answer is no.
 */
export async function confirm(call: CommandCall, hits: number): Promise<void> {
  const confirmed = call.number('confirm', 0, Number.MAX_SAFE_INTEGER);
  if (confirmed !== undefined && confirmed !== hits) {
    throw new CliFailure(sentence('confirmMismatch', { hits }), {
      exitCode: 1,
      name: 'confirmMismatch',
      code: 901013,
    });
  }
  if (confirmed !== undefined || call.flag('yes')) return;
  if (call.terminal.interactive && (await askYes(call))) return;
  throw new CliFailure(sentence('confirmationNeeded', { hits }), {
    exitCode: 1,
    name: 'confirmationNeeded',
    next: sentence('confirmationNext', { hits }),
  });
}

// Asked on standard error, so that standard output stays for answers.
async function askYes(call: CommandCall): Promise<boolean> {
  const { stdin, stderr } = call.terminal;
  const asking = createInterface({ input: stdin, output: stderr, terminal: true });
  try {
    const answer = await asking.question(`${call.say('askYes')} `);
    return /^(?:y|yes|是|好)$/i.test(answer.trim());
  } finally {
    asking.close();
  }
}
