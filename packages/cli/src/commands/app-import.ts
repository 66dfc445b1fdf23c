import type { CreatedAppAnswer } from '../api-answers.ts';
import type { CommandCall } from '../command-call.ts';
import type { CommandSpec } from '../command-spec.ts';
import { usageFailure } from '../failure.ts';
import { connectOwnerApi } from '../owner-api.ts';
import { readSecretText, readServerSecret } from '../read-secret.ts';
import { sentence } from '../sentence.ts';
import { maxAppId, serverOptions } from '../server-options.ts';
import { showCreatedApp } from './show-app.ts';

/** `app import`: an app as it is elsewhere, with AppID, AppSign and the server secrets in use (AD16). */
export const appImport: CommandSpec = {
  name: 'app import',
  text: 'appImport',
  options: [
    { flags: '--app-id <id>', text: 'appIdOption', required: true },
    { flags: '--app-sign-file <file>', text: 'appSignFileOption' },
    { flags: '--secret-file <file>', text: 'importSecretOption', many: true },
    { flags: '--name <name>', text: 'nameOption' },
    ...serverOptions,
  ],
  async run(call) {
    const appId = call.needNumber('appId', 1, maxAppId);
    const files = [call.text('appSignFile'), ...call.list('secretFile')];
    if (files.filter((file) => file === '-').length > 1) throw usageFailure(sentence('stdinTwice'));
    const appSign = await readAppSign(call);
    const secrets: string[] = [];
    for (const file of call.list('secretFile')) {
      secrets.push((await readServerSecret(call, file)).toString('utf8'));
    }
    const name = call.text('name') ?? `app ${appId}`;
    const request = { appId, name, ...(appSign === undefined ? {} : { appSign }), secrets };
    const api = await connectOwnerApi(call);
    const { body } = await api.request<CreatedAppAnswer>('POST', ['apps', 'import'], { body: request });
    await showCreatedApp(call, body);
    return 0;
  },
};

/** The AppSign of `--app-sign-file`; undefined when the option was not given. */
export async function readAppSign(call: CommandCall): Promise<string | undefined> {
  const file = call.text('appSignFile');
  if (file === undefined) return undefined;
  const appSign = (await readSecretText(call, file)).toLowerCase();
  if (/^[0-9a-f]{64}$/.test(appSign)) return appSign;
  throw usageFailure(sentence('appSignForm', { file }));
}
