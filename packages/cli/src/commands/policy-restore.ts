import type { PolicyAnswer } from '../api-answers.ts';
import { changeOptions, makeChange } from '../change.ts';
import type { CommandSpec } from '../command-spec.ts';
import { usageFailure } from '../failure.ts';
import { connectOwnerApi } from '../owner-api.ts';
import { sentence } from '../sentence.ts';
import { appOption, maxAppId, serverOptions } from '../server-options.ts';

/** `policy restore`: an earlier version, brought back as a new one. */
export const policyRestore: CommandSpec = {
  name: 'policy restore',
  text: 'policyRestore',
  arguments: [{ name: '<version>', text: 'versionArgument' }],
  options: [appOption, ...changeOptions, ...serverOptions],
  async run(call) {
    const appId = call.needNumber('app', 1, maxAppId);
    const version = call.args[0] ?? '';
    if (!/^[1-9]\d{0,9}$/.test(version)) {
      throw usageFailure(sentence('optionNumber', { option: 'version', min: 1, max: 9_999_999_999 }));
    }
    const api = await connectOwnerApi(call);
    const path = ['apps', appId, 'policy'];
    const { etag } = await api.request<PolicyAnswer>('GET', path);
    const why = call.text('reason');
    await makeChange(call, api, {
      method: 'POST',
      path: [...path, 'restore', version],
      body: why === undefined ? {} : { why },
      ifMatch: etag,
      alwaysAsk: false,
    });
    return 0;
  },
};
