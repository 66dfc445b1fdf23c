import type { AppAnswer, CreatedAppAnswer, SecretAnswer } from '../api-answers.ts';
import type { CommandCall } from '../command-call.ts';
import { formatInstantMs } from '../format-time.ts';
import type { Cell } from '../table.ts';

/** The state of an AppSign in its colour. */
export function appSignCell(call: CommandCall, app: AppAnswer): Cell {
  return call.cell(app.appSign === 'active' ? 'appSign' : 'gone', app.appSign);
}

/** Shows one app, a line a fact, and its server secrets by state. */
export async function showApp(call: CommandCall, app: AppAnswer): Promise<void> {
  await call.printRows([
    ['AppID', String(app.appId)],
    [call.say('name'), app.name],
    [call.say('origin'), app.origin],
    [call.say('policy'), app.forced ? call.cell('forced', call.say('forced')) : call.say('notForced')],
    [call.say('policyVersion'), String(app.policyVersion)],
    ['AppSign', appSignCell(call, app)],
    [
      call.say('webOrigins'),
      app.allowedOrigins.length === 0 ? call.say('anyOrigin') : app.allowedOrigins.join(' '),
    ],
    [call.say('created'), formatInstantMs(app.createdAt)],
  ]);
  await showSecrets(call, app.secrets);
}

/** Shows server secrets: id, state, formats, since when. */
export async function showSecrets(call: CommandCall, secrets: readonly SecretAnswer[]): Promise<void> {
  await call.printRows([
    [call.say('secret'), call.say('state'), call.say('opens'), call.say('since')],
    ...secrets.map(({ secretId, state, formats, stateSince }) => [
      secretId,
      call.cell(state === 'retired' ? 'gone' : 'good', state),
      formats.join(' '),
      formatInstantMs(stateSince),
    ]),
  ]);
}

/** Shows a new app, and the secrets made for it, which nobody can show again. */
export async function showCreatedApp(call: CommandCall, created: CreatedAppAnswer): Promise<void> {
  if (call.json) {
    await call.printJson(created);
    return;
  }
  await showApp(call, created.app);
  const rows = [
    ...(created.appSign === undefined ? [] : [['AppSign', created.appSign]]),
    ...created.secrets.map(({ secretId, secret }) => [`ServerSecret ${secretId}`, secret]),
  ];
  if (rows.length === 0) return;
  await call.print('', call.say('shownOnce'));
  await call.printRows(rows);
}
