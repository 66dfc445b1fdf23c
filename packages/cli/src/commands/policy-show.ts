import type { PolicyAnswer } from '../api-answers.ts';
import type { CommandSpec } from '../command-spec.ts';
import { formatInstantMs } from '../format-time.ts';
import { connectOwnerApi } from '../owner-api.ts';
import { appOption, maxAppId, serverOptions } from '../server-options.ts';

/** `policy show`: the policy in force, field by field, as `policy set` takes it. */
export const policyShow: CommandSpec = {
  name: 'policy show',
  text: 'policyShow',
  options: [appOption, ...serverOptions],
  async run(call) {
    const appId = call.needNumber('app', 1, maxAppId);
    const api = await connectOwnerApi(call);
    const { body } = await api.request<PolicyAnswer>('GET', ['apps', appId, 'policy']);
    if (call.json) {
      await call.printJson(body);
      return 0;
    }
    const { policyVersion: version, changedAt } = body;
    await call.print(call.say('policyHeadline', { version, changed: formatInstantMs(changedAt) }));
    await call.printRows(Object.entries(body.policy).map(([field, value]) => [field, fieldText(value)]));
    return 0;
  },
};

/** A value of a field as people write it: words bare, the rest as JSON. */
export function fieldText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
