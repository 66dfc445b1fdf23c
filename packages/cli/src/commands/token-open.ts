import {
  type DetailedOpening,
  type OpenExpectation,
  type OpenedToken,
  openToken,
  openTokenWithDetail,
  type TokenClaims,
} from '@roomkey/token';
import type { CommandCall } from '../command-call.ts';
import type { CommandSpec } from '../command-spec.ts';
import { usageFailure } from '../failure.ts';
import { formatDuration, formatInstant } from '../format-time.ts';
import { withProgress } from '../progress.ts';
import { sentence } from '../sentence.ts';
import { maxAppId } from '../server-options.ts';
import { readTokens } from './token-input.ts';
import { readKeyring } from './token-keys.ts';

const maxUnixSeconds = 253_402_300_799;

/** `token open`: opens tokens with the keys given, offline (TK9, TK14). Exit 0 only if every one opened. */
export const tokenOpen: CommandSpec = {
  name: 'token open',
  text: 'tokenOpen',
  arguments: [{ name: '[tokens...]', text: 'tokensArgument' }],
  options: [
    { flags: '--secret-file <file>', text: 'secretFilesOption', many: true },
    { flags: '--app <id>', text: 'expectAppOption' },
    { flags: '--user <id>', text: 'expectUserOption' },
    { flags: '--room <id>', text: 'expectRoomOption' },
    { flags: '--now <seconds>', text: 'nowOption' },
    { flags: '--cbc <rule>', text: 'cbcOption' },
  ],
  run: runTokenOpen,
};

async function runTokenOpen(call: CommandCall): Promise<0 | 1> {
  const appId = call.number('app', 1, maxAppId);
  const cbc = call.oneOf('cbc', ['allow', 'appIdFirst', 'deny']) ?? 'allow';
  const nowSeconds = call.number('now', 0, maxUnixSeconds) ?? Math.floor(call.terminal.nowMs() / 1000);
  const userId = call.text('user');
  const roomId = call.text('room');
  const expected: OpenExpectation = {
    ...(appId === undefined ? {} : { appId }),
    ...(userId === undefined ? {} : { userId }),
    ...(roomId === undefined ? {} : { roomId }),
  };
  const secretFromInput = call.list('secretFile').some((file) => file === '-' || file.endsWith('=-'));
  if (secretFromInput && call.args.length === 0) throw usageFailure(sentence('stdinTwice'));
  const keyring = await readKeyring(call, cbc, appId);
  let count = 0;
  let exitCode: 0 | 1 = 0;
  const openAll = async (): Promise<0 | 1> => {
    for await (const token of readTokens(call)) {
      const opened = call.json
        ? await answerJson(call, openToken(token, keyring, nowSeconds, expected))
        : await show(call, openTokenWithDetail(token, keyring, nowSeconds, expected), {
            nowSeconds,
            at: count,
          });
      if (!opened) exitCode = 1;
      count += 1;
    }
    return exitCode;
  };
  return await withProgress(call, () => call.say('openingTokens', { count }), openAll);
}

async function answerJson(call: CommandCall, result: DetailedOpening['result']): Promise<boolean> {
  await call.printJson(
    result.ok
      ? {
          ok: true,
          version: result.claims.version,
          format: result.format,
          keyId: result.keyId,
          claims: claimsOf(result.claims),
        }
      : { ok: false, reason: result.reason, code: result.code },
  );
  return result.ok;
}

// The version stands beside the claims, not in them: it is no claim of the issuer.
function claimsOf({ version: _, ...claims }: TokenClaims): object {
  return claims;
}

interface Shown {
  readonly nowSeconds: number;
  readonly at: number;
}

async function show(call: CommandCall, { result, keys }: DetailedOpening, shown: Shown): Promise<boolean> {
  if (shown.at > 0) await call.print('');
  if (result.ok) {
    await call.printRows([
      [call.say('token'), call.cell('good', call.say('opened'))],
      ...claimRows(call, result, shown.nowSeconds),
    ]);
    return true;
  }
  const refused = call.say('refusedWith', { reason: result.reason, code: result.code });
  const why =
    result.reason === 'format' ? formatReason(call, result.check) : call.say(`open_${result.reason}`);
  await call.printRows([
    [call.say('token'), call.cell('refused', refused)],
    [call.say('reason'), why],
    ...('opened' in result ? claimRows(call, result.opened, shown.nowSeconds) : []),
    ...('opened' in result
      ? []
      : keys.map((key) => [call.say('keyId'), `${key.keyId}: ${key.faults[0] ?? ''}`])),
  ]);
  return false;
}

function formatReason(call: CommandCall, check: 'size' | 'base64' | 'frame'): string {
  return call.say(`format_${check}`);
}

function claimRows(call: CommandCall, opened: OpenedToken, nowSeconds: number): string[][] {
  const { claims, keyId, format } = opened;
  const left = claims.expire - nowSeconds;
  const life =
    left > 0
      ? call.say('timeLeft', { duration: formatDuration(left, call.language) })
      : call.say('timeAgo', { duration: formatDuration(-left, call.language) });
  return [
    [call.say('format'), format],
    [call.say('keyId'), keyId],
    ['AppID', String(claims.appId)],
    [call.say('user'), claims.userId],
    ...(claims.version === '03' ? [[call.say('room'), claims.roomId]] : []),
    ...(claims.version === '03' ? [[call.say('privilege'), JSON.stringify(claims.privilege)]] : []),
    [call.say('created'), formatInstant(claims.ctime)],
    [call.say('expires'), `${formatInstant(claims.expire)} (${life})`],
    ['nonce', claims.nonce],
    ['digest', opened.digest],
    ...(claims.version === '04'
      ? [['payload', claims.payload === '' ? call.say('none') : claims.payload]]
      : []),
  ];
}
