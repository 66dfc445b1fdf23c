import type { CreatedAppAnswer } from '../api-answers.ts';
import type { CommandSpec } from '../command-spec.ts';
import { connectOwnerApi } from '../owner-api.ts';
import { maxAppId, serverOptions } from '../server-options.ts';
import { showCreatedApp } from './show-app.ts';

/** `app create`: a new app, born forced (AD16); its secrets are shown this once (API2). */
export const appCreate: CommandSpec = {
  name: 'app create',
  text: 'appCreate',
  options: [
    { flags: '--name <name>', text: 'nameOption', required: true },
    { flags: '--app-id <id>', text: 'appIdNewOption' },
    ...serverOptions,
  ],
  async run(call) {
    const appId = call.number('appId', 1, maxAppId);
    const request = { name: call.needText('name'), ...(appId === undefined ? {} : { appId }) };
    const api = await connectOwnerApi(call);
    const { body } = await api.request<CreatedAppAnswer>('POST', ['apps'], { body: request });
    await showCreatedApp(call, body);
    return 0;
  },
};
