import type { AppAnswer } from '../api-answers.ts';
import type { CommandSpec } from '../command-spec.ts';
import { connectOwnerApi } from '../owner-api.ts';
import { appOption, maxAppId, serverOptions } from '../server-options.ts';
import { showApp } from './show-app.ts';

/** `app show`: one app and the states of its secrets, never their bytes. */
export const appShow: CommandSpec = {
  name: 'app show',
  text: 'appShow',
  options: [appOption, ...serverOptions],
  async run(call) {
    const appId = call.needNumber('app', 1, maxAppId);
    const api = await connectOwnerApi(call);
    const { body } = await api.request<AppAnswer>('GET', ['apps', appId]);
    if (call.json) await call.printJson(body);
    else await showApp(call, body);
    return 0;
  },
};
