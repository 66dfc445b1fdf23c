import { peekToken, type Unverified } from '@roomkey/token';
import type { CommandCall } from '../command-call.ts';
import type { CommandSpec } from '../command-spec.ts';
import { formatInstant } from '../format-time.ts';
import { readTokens } from './token-input.ts';

/** `token peek`: what can be read of a token without a key (TK16). Exit 1 if one is no token. */
export const tokenPeek: CommandSpec = {
  name: 'token peek',
  text: 'tokenPeek',
  arguments: [{ name: '[tokens...]', text: 'tokensArgument' }],
  async run(call) {
    let exitCode: 0 | 1 = 0;
    let count = 0;
    for await (const token of readTokens(call)) {
      const seen = peekToken(token);
      if (call.json) await call.printJson(seen);
      else await show(call, seen, count);
      if (!seen.ok) exitCode = 1;
      count += 1;
    }
    return exitCode;
  },
};

async function show(call: CommandCall, seen: Unverified, at: number): Promise<void> {
  if (at > 0) await call.print('');
  if (!seen.ok) {
    await call.printRows([
      [
        call.say('token'),
        call.cell('refused', call.say('refusedWith', { reason: seen.reason, code: seen.code })),
      ],
      [
        call.say('reason'),
        seen.check === 'version' ? call.say('open_version') : call.say(`format_${seen.check}`),
      ],
    ]);
    return;
  }
  await call.printRows([
    [call.say('token'), call.cell('warning', call.say('unverified'))],
    [call.say('format'), seen.format],
    [call.say('expires'), call.say('outerExpire', { instant: formatInstant(seen.outerExpire) })],
    [
      call.say('size'),
      call.say('tokenSize', { characters: seen.tokenCharacters, bytes: seen.ciphertextBytes }),
    ],
    ['iv', seen.ivHex],
    ...(seen.kit === undefined
      ? []
      : [[call.say('kitToken'), call.say('kitIgnored', { characters: seen.kit.ignoredCharacters })]]),
  ]);
}
