import { openToken } from '@roomkey/token';
import { changeOptions, makeChange } from '../change.ts';
import type { CommandCall } from '../command-call.ts';
import type { CommandSpec } from '../command-spec.ts';
import { CliFailure, usageFailure } from '../failure.ts';
import { connectOwnerApi } from '../owner-api.ts';
import { readSecretText } from '../read-secret.ts';
import { sentence } from '../sentence.ts';
import { appOption, maxAppId, serverOptions } from '../server-options.ts';
import { readKeyring } from './token-keys.ts';

const maxUnixSeconds = 253_402_300_799;

/** `revoke`: shows whom it hits, asks, and answers with a receipt (AD11). */
export const revoke: CommandSpec = {
  name: 'revoke',
  text: 'revoke',
  options: [
    appOption,
    { flags: '--user <id>', text: 'revokeUserOption' },
    { flags: '--room <id>', text: 'revokeRoomOption' },
    { flags: '--session <id>', text: 'revokeSessionOption' },
    { flags: '--token-file <file>', text: 'revokeTokenOption' },
    { flags: '--secret-file <file>', text: 'revokeSecretFileOption', many: true },
    { flags: '--digest <hex>', text: 'revokeDigestOption' },
    { flags: '--secret <id>', text: 'revokeSecretOption' },
    { flags: '--issued-before <instant>', text: 'revokeBeforeOption' },
    { flags: '--margin <seconds>', text: 'marginOption' },
    ...changeOptions,
    ...serverOptions,
  ],
  async run(call) {
    const appId = call.needNumber('app', 1, maxAppId);
    const target = await readTarget(call);
    const marginSeconds = call.number('margin', 0, 3_600);
    const why = call.text('reason');
    const api = await connectOwnerApi(call);
    const receipt = await makeChange(call, api, {
      method: 'POST',
      path: ['apps', appId, 'revocations'],
      body: {
        target,
        ...(marginSeconds === undefined ? {} : { marginSeconds }),
        ...(why === undefined ? {} : { why }),
      },
      alwaysAsk: true,
    });
    if (receipt !== undefined && !call.json && target['kind'] === 'user') {
      await call.print(call.say('revokedUserNote'));
    }
    return 0;
  },
};

type Target = Readonly<Record<string, unknown>>;

async function readTarget(call: CommandCall): Promise<Target> {
  const typed = ['user', 'room', 'session', 'tokenFile', 'digest', 'secret', 'issuedBefore'];
  const given = typed.filter((name) => call.text(name) !== undefined);
  const name = given[0];
  if (name === undefined || given.length > 1) throw usageFailure(sentence('oneTargetNeeded'));
  const value = call.needText(name);
  switch (name) {
    case 'user':
      return { kind: 'user', userId: value };
    case 'room':
      return { kind: 'room', roomId: value };
    case 'session':
      return { kind: 'session', sessionId: value };
    case 'secret':
      return { kind: 'secret', secretId: value };
    case 'issuedBefore':
      return { kind: 'issuedBefore', atSeconds: parseInstant(call, value) };
    case 'digest':
      if (!/^[0-9a-f]{64}$/.test(value)) throw usageFailure(sentence('digestForm'));
      return { kind: 'token', digest: value };
    default:
      return { kind: 'token', digest: await digestOf(call, value) };
  }
}

/**
 * The name of a token in revocations (TK10b). It takes the server secret to know what a token says; the server is never
 * sent the token itself.
 */
async function digestOf(call: CommandCall, file: string): Promise<string> {
  if (file === '-' && call.list('secretFile').includes('-')) throw usageFailure(sentence('stdinTwice'));
  const keyring = await readKeyring(call, 'allow', undefined);
  const token = await readSecretText(call, file);
  const nowSeconds = Math.floor(call.terminal.nowMs() / 1000);
  const result = openToken(token, keyring, nowSeconds, { checkClock: 'none' });
  if (result.ok) return result.digest;
  const { reason: name, code } = result;
  throw new CliFailure(sentence('tokenNotOpened'), { exitCode: 1, name, code });
}

function parseInstant(call: CommandCall, typed: string): number {
  if (typed === 'now') return Math.floor(call.terminal.nowMs() / 1000);
  const isIso = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(
    typed,
  );
  const seconds = /^\d{1,12}$/.test(typed)
    ? Number(typed)
    : isIso
      ? Math.floor(Date.parse(typed) / 1000)
      : Number.NaN;
  if (seconds >= 0 && seconds <= maxUnixSeconds) return seconds;
  throw usageFailure(sentence('instantForm', { option: '--issued-before' }));
}
