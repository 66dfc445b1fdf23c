import type { AppAnswer } from '../api-answers.ts';
import type { CommandSpec } from '../command-spec.ts';
import { connectOwnerApi } from '../owner-api.ts';
import { serverOptions } from '../server-options.ts';
import { appSignCell } from './show-app.ts';

const maxApps = 10_000;

/** `app list`: the apps this key may see. */
export const appList: CommandSpec = {
  name: 'app list',
  text: 'appList',
  options: serverOptions,
  async run(call) {
    const api = await connectOwnerApi(call);
    const items = await api.list<AppAnswer>(['apps'], maxApps);
    if (call.json) await call.printJson({ items });
    else if (items.length === 0) await call.print(call.say('noApps'));
    else {
      await call.printRows([
        ['AppID', call.say('name'), call.say('origin'), call.say('policy'), 'AppSign', call.say('secrets')],
        ...items.map((app) => [
          String(app.appId),
          app.name,
          app.origin,
          app.forced ? call.cell('forced', call.say('forced')) : call.say('notForced'),
          appSignCell(call, app),
          String(app.secrets.filter(({ state }) => state !== 'retired').length),
        ]),
      ]);
    }
    return 0;
  },
};
