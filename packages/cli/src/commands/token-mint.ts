import {
  generateToken03,
  generateToken04,
  mintToken,
  type PayloadAudience,
  peekToken,
  privilegePayload,
  TokenArgumentError,
} from '@roomkey/token';
import type { CommandCall } from '../command-call.ts';
import type { CommandSpec } from '../command-spec.ts';
import { CliFailure, usageFailure } from '../failure.ts';
import { readServerSecret, secretFromEnvironment } from '../read-secret.ts';
import { sentence } from '../sentence.ts';
import { maxAppId } from '../server-options.ts';

const temporarySeconds = 86_400;

/** `token mint`: makes one token, offline; prints the token and nothing else (TK5). */
export const tokenMint: CommandSpec = {
  name: 'token mint',
  text: 'tokenMint',
  options: [
    { flags: '--app <id>', text: 'appOption', required: true },
    { flags: '--user <id>', text: 'mintUserOption', required: true },
    { flags: '--secret-file <file>', text: 'secretFileOption' },
    { flags: '--temporary', text: 'temporaryOption' },
    { flags: '--expires-in <seconds>', text: 'expiresInOption' },
    { flags: '--room <id>', text: 'mintRoomOption' },
    { flags: '--login', text: 'loginBitOption' },
    { flags: '--publish', text: 'publishBitOption' },
    { flags: '--streams <ids>', text: 'streamsOption' },
    { flags: '--audience <planes>', text: 'audienceOption' },
    { flags: '--format <format>', text: 'formatOption' },
  ],
  run: runTokenMint,
};

interface Wanted {
  readonly appId: number;
  readonly userId: string;
  readonly seconds: number;
  readonly format: '04-gcm' | '04-cbc' | '03-cbc';
  readonly roomId: string | undefined;
  readonly payload: string | undefined;
  readonly login: boolean;
  readonly publish: boolean;
}

async function runTokenMint(call: CommandCall): Promise<0 | 1> {
  const wanted = readWanted(call);
  const secret = await readOneSecret(call);
  const token = seal(wanted, secret, Math.floor(call.terminal.nowMs() / 1000));
  if (!call.json) {
    await call.print(token);
    return 0;
  }
  const seen = peekToken(token);
  await call.printJson({
    token,
    version: wanted.format.slice(0, 2),
    format: wanted.format,
    appId: wanted.appId,
    userId: wanted.userId,
    ...(wanted.roomId === undefined ? {} : { roomId: wanted.roomId }),
    expiresInSeconds: wanted.seconds,
    expire: seen.ok ? seen.outerExpire : null,
    payload: wanted.payload ?? '',
  });
  return 0;
}

function readWanted(call: CommandCall): Wanted {
  const format = call.oneOf('format', ['04-gcm', '04-cbc', '03-cbc']) ?? '04-gcm';
  const roomId = call.text('room');
  const bits = { login: call.flag('login'), publish: call.flag('publish') };
  const narrowed = ['room', 'streams', 'audience'].some((name) => call.text(name) !== undefined);
  const isPrivilege = narrowed || bits.login || bits.publish;
  if (
    call.flag('temporary') &&
    (isPrivilege || call.text('expiresIn') !== undefined || format === '03-cbc')
  ) {
    throw usageFailure(sentence('temporaryAlone'));
  }
  if (narrowed && !bits.login && !bits.publish) throw usageFailure(sentence('noPrivilegeBit'));
  if (format === '03-cbc' && (roomId === undefined || !isPrivilege)) {
    throw usageFailure(sentence('token03NeedsRoom'));
  }
  if (format === '03-cbc' && (call.text('streams') ?? call.text('audience')) !== undefined) {
    throw usageFailure(sentence('token03NoStreams'));
  }
  return {
    appId: call.needNumber('app', 1, maxAppId),
    userId: call.needText('user'),
    seconds: call.flag('temporary')
      ? temporarySeconds
      : call.needNumber('expiresIn', 1, Number.MAX_SAFE_INTEGER),
    format,
    roomId,
    payload: isPrivilege && format !== '03-cbc' ? payloadOf(call, roomId, bits) : undefined,
    ...bits,
  };
}

function payloadOf(
  call: CommandCall,
  roomId: string | undefined,
  bits: { readonly login: boolean; readonly publish: boolean },
): string {
  const streamIds = call.text('streams')?.split(',');
  const audience = call.text('audience')?.split(',') as PayloadAudience[] | undefined;
  const known = ['media', 'board', 'files', 'recorder'];
  if (audience?.every((plane) => known.includes(plane)) === false) {
    throw usageFailure(sentence('optionChoice', { option: '--audience', allowed: known.join(', ') }));
  }
  return privilegePayload({
    ...(roomId === undefined ? {} : { roomId }),
    ...bits,
    ...(streamIds === undefined ? {} : { streamIds }),
    ...(audience === undefined ? {} : { audience }),
  });
}

async function readOneSecret(call: CommandCall): Promise<Buffer> {
  const file = call.text('secretFile');
  const secret = file === undefined ? secretFromEnvironment(call) : await readServerSecret(call, file);
  if (secret === undefined) throw usageFailure(sentence('noSecret'), sentence('noSecretNext'));
  return secret;
}

function seal(wanted: Wanted, secret: Buffer, nowSeconds: number): string {
  const { appId, userId, seconds, payload, roomId = '' } = wanted;
  try {
    if (wanted.format === '04-gcm') {
      const request = { appId, userId, secret, expiresInSeconds: seconds };
      return mintToken({ ...request, ...(payload === undefined ? {} : { payload }) }, nowSeconds);
    }
    // The published generators take text; a secret that is no UTF-8 comes out longer and is refused as such.
    const text = secret.toString('utf8');
    if (wanted.format === '04-cbc') return generateToken04(appId, userId, text, seconds, payload);
    const privilege = { canLoginRoom: wanted.login, canPublishStream: wanted.publish };
    return generateToken03(appId, roomId, userId, privilege, text, seconds);
  } catch (error) {
    if (!(error instanceof TokenArgumentError)) throw error;
    // The messages hold no value (see ArgumentProblem), so they may be shown.
    const details = error.problems.map(({ name, code, message }) => `${name} (${code}): ${message}`);
    throw new CliFailure(sentence('mintRefused'), { exitCode: 1, name: 'mintRefused', details });
  }
}
