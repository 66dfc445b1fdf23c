import type { PolicyVersionAnswer } from '../api-answers.ts';
import type { CommandSpec } from '../command-spec.ts';
import { formatInstantMs } from '../format-time.ts';
import { connectOwnerApi } from '../owner-api.ts';
import { appOption, maxAppId, serverOptions } from '../server-options.ts';
import { fieldText } from './policy-show.ts';

const defaultVersions = 20;

/** `policy history`: the versions of the policy, newest first: who, when, why, what changed. */
export const policyHistory: CommandSpec = {
  name: 'policy history',
  text: 'policyHistory',
  options: [appOption, { flags: '--limit <count>', text: 'limitOption' }, ...serverOptions],
  async run(call) {
    const appId = call.needNumber('app', 1, maxAppId);
    const limit = call.number('limit', 1, 10_000) ?? defaultVersions;
    const api = await connectOwnerApi(call);
    const items = await api.list<PolicyVersionAnswer>(['apps', appId, 'policy', 'history'], limit);
    if (call.json) {
      await call.printJson({ items });
      return 0;
    }
    await call.printRows([
      [
        call.say('version'),
        call.say('changedAt'),
        call.say('changedBy'),
        call.say('changes'),
        call.say('reason'),
      ],
      ...items.map(({ version, kind, changedAt, changedBy, changes, why }) => [
        kind === 'active' ? String(version) : `${version} (${kind})`,
        formatInstantMs(changedAt),
        changedBy,
        changes.map(({ field, from, to }) => `${field}: ${fieldText(from)} → ${fieldText(to)}`).join(', '),
        why ?? '',
      ]),
    ]);
    return 0;
  },
};
