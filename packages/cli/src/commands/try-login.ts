import {
  type EnteredResult,
  type ErrorMessage,
  errorByName,
  isErrorName,
  type ServerMessage,
} from '@roomkey/protocol';
import type { CommandCall } from '../command-call.ts';
import type { CommandSpec } from '../command-spec.ts';
import { usageFailure } from '../failure.ts';
import { findServerUrl, isLoopback } from '../find-server.ts';
import { formatDuration } from '../format-time.ts';
import { unreachable } from '../owner-api.ts';
import { packageVersion } from '../package-version.ts';
import { readSecretText } from '../read-secret.ts';
import { sentence } from '../sentence.ts';
import { appOption, maxAppId } from '../server-options.ts';
import { startWireLogin, type WireEnd, type WireLogin } from '../wire-client.ts';
import { readAppSign } from './app-import.ts';
import { fieldText } from './policy-show.ts';

/** `try login`: logs in over a real connection and tells what happens. Exit 0 if it was let in. */
export const tryLogin: CommandSpec = {
  name: 'try login',
  text: 'tryLogin',
  options: [
    appOption,
    { flags: '--room <id>', text: 'tryRoomOption', required: true },
    { flags: '--user <id>', text: 'tryUserOption', required: true },
    { flags: '--token-file <file>', text: 'tryTokenOption' },
    { flags: '--app-sign-file <file>', text: 'appSignFileOption' },
    { flags: '--stay <seconds>', text: 'stayOption' },
    { flags: '--data <dir>', text: 'dataOption' },
    { flags: '--server <url>', text: 'serverOption' },
  ],
  run: runTryLogin,
};

async function runTryLogin(call: CommandCall): Promise<0 | 1> {
  const login = await readLogin(call);
  const staySeconds = call.number('stay', 0, 2_000_000);
  // One line after the other, however fast they come.
  let lines = Promise.resolve();
  const tell = (write: () => Promise<void>): void => {
    lines = lines.then(write);
  };
  let staying: NodeJS.Timeout | undefined;
  const connection = startWireLogin(
    login,
    {
      onEntered(result) {
        tell(() => showEntered(call, result));
        if (staySeconds !== undefined) staying = setTimeout(() => connection.leave(), staySeconds * 1000);
      },
      onRefused: (refusal) => tell(() => showRefusal(call, refusal)),
      onMessage: (message) => tell(() => showMessage(call, message)),
    },
    packageVersion(),
  );
  const forget = call.terminal.onStopWish(() => connection.leave());
  const end = await connection.ended;
  clearTimeout(staying);
  forget();
  await lines;
  if (!end.connected) throw unreachable(login.url, String(end.code));
  await showEnd(call, end);
  return end.entered ? 0 : 1;
}

async function readLogin(call: CommandCall): Promise<WireLogin> {
  const url = await findServerUrl(call);
  const { protocol, hostname } = new URL(url);
  // A token or a proof does not cross a network in the clear (AD2).
  if (protocol === 'http:' && !isLoopback(hostname)) throw usageFailure(sentence('wsInTheClear'));
  const tokenFile = call.text('tokenFile');
  if (tokenFile === '-' && call.text('appSignFile') === '-') throw usageFailure(sentence('stdinTwice'));
  const token = tokenFile === undefined ? undefined : await readSecretText(call, tokenFile);
  const appSign = await readAppSign(call);
  return {
    url,
    appId: call.needNumber('app', 1, maxAppId),
    roomId: call.needText('room'),
    userId: call.needText('user'),
    ...(token === undefined ? {} : { token }),
    ...(appSign === undefined ? {} : { appSign }),
  };
}

async function showEntered(call: CommandCall, { session, lease, room }: EnteredResult): Promise<void> {
  if (call.json) {
    await call.printJson({ event: 'entered', session, lease, room });
    return;
  }
  const { grants, ttlMs } = lease;
  const streams = grants.streams === 'any' ? call.say('anyStream') : grants.streams.join(', ');
  await call.printRows([
    [call.say('login'), call.cell('good', call.say('admitted'))],
    [
      call.say('method'),
      lease.method === 'appSign' ? call.cell('appSign', 'AppSign') : call.cell('good', lease.method),
    ],
    [
      call.say('lease'),
      ttlMs === null
        ? call.say('noEnd')
        : call.say('timeLeft', { duration: formatDuration(ttlMs / 1000, call.language) }),
    ],
    [call.say('mayPublish'), grants.publish ? streams : call.say('no')],
    [call.say('planes'), grants.planes.join(', ')],
    [call.say('online'), String(room.online)],
    [call.say('session'), session.id],
  ]);
}

async function showRefusal(
  call: CommandCall,
  { code, name, diagnosis, retryAfterMs }: ErrorMessage,
): Promise<void> {
  if (call.json) {
    await call.printJson({
      event: 'refused',
      code,
      name,
      diagnosis: diagnosis ?? null,
      retryAfterMs: retryAfterMs ?? null,
    });
    return;
  }
  const text = isErrorName(name) ? errorByName(name)[call.language] : '';
  await call.printRows([
    [call.say('login'), call.cell('refused', call.say('refusedWith', { reason: name, code }))],
    [call.say('reason'), text],
    ...(retryAfterMs === undefined
      ? []
      : [[call.say('retryAfter'), formatDuration(Math.ceil(retryAfterMs / 1000), call.language)]]),
    ...(diagnosis === undefined ? [] : [[call.say('diagnosis'), diagnosis]]),
  ]);
  if (diagnosis !== undefined)
    await call.print(call.say('tryNext', { command: call.command(`why ${diagnosis}`) }));
}

async function showMessage(call: CommandCall, message: ServerMessage): Promise<void> {
  if (call.json) {
    await call.printJson({ event: 'message', message });
    return;
  }
  const { t, ...facts } = message;
  const meaning =
    t === 'kicked' ? 'refused' : t === 'tokenWillExpire' || t === 'tokenExpired' ? 'warning' : 'good';
  const time = new Date(call.terminal.nowMs()).toISOString().slice(11, 19);
  await call.printRows([
    [
      time,
      call.cell(meaning, t),
      Object.entries(facts)
        .map(([name, value]) => `${name}=${fieldText(value)}`)
        .join(' '),
    ],
  ]);
}

async function showEnd(call: CommandCall, { code, reason }: WireEnd): Promise<void> {
  if (call.json) await call.printJson({ event: 'ended', code, reason });
  else await call.printRows([[call.say('ended'), call.cell('gone', `${code} ${reason}`.trim())]]);
}
