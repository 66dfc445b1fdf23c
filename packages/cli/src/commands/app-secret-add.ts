import type { AddedSecretAnswer } from '../api-answers.ts';
import type { CommandSpec } from '../command-spec.ts';
import { connectOwnerApi } from '../owner-api.ts';
import { readServerSecret } from '../read-secret.ts';
import { appOption, maxAppId, serverOptions } from '../server-options.ts';
import { showSecrets } from './show-app.ts';

/** `app secret add`: another server secret, `staged` until it is promoted (AD12). */
export const appSecretAdd: CommandSpec = {
  name: 'app secret add',
  text: 'appSecretAdd',
  options: [
    appOption,
    { flags: '--secret-file <file>', text: 'addSecretOption' },
    { flags: '--reason <text>', text: 'reasonOption' },
    ...serverOptions,
  ],
  async run(call) {
    const appId = call.needNumber('app', 1, maxAppId);
    const file = call.text('secretFile');
    const why = call.text('reason');
    const request = {
      ...(file === undefined ? {} : { secret: (await readServerSecret(call, file)).toString('utf8') }),
      ...(why === undefined ? {} : { why }),
    };
    const api = await connectOwnerApi(call);
    const { body } = await api.request<AddedSecretAnswer>('POST', ['apps', appId, 'secrets'], {
      body: request,
    });
    if (call.json) {
      await call.printJson(body);
      return 0;
    }
    await showSecrets(call, [body.secret]);
    if (body.secretText !== undefined) {
      await call.print('', call.say('shownOnce'), body.secretText);
    }
    return 0;
  },
};
