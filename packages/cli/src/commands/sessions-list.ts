import type { SessionAnswer } from '../api-answers.ts';
import { sessionCells } from '../change.ts';
import type { CommandCall } from '../command-call.ts';
import type { CommandSpec } from '../command-spec.ts';
import { connectOwnerApi } from '../owner-api.ts';
import { appOption, maxAppId, serverOptions } from '../server-options.ts';
import { readSelection, selectionOptions } from './session-selection.ts';

const defaultSessions = 100;

/** Sessions of an app as the API answers them: `total` counts all that match. */
export interface SessionsAnswer {
  readonly total: number;
  readonly items: readonly SessionAnswer[];
}

/** `sessions list`: who is in which room, how admitted, until when. */
export const sessionsList: CommandSpec = {
  name: 'sessions list',
  text: 'sessionsList',
  options: [
    appOption,
    ...selectionOptions,
    { flags: '--limit <count>', text: 'limitOption' },
    ...serverOptions,
  ],
  async run(call) {
    const appId = call.needNumber('app', 1, maxAppId);
    const limit = call.number('limit', 1, 1_000) ?? defaultSessions;
    const api = await connectOwnerApi(call);
    const query = { ...readSelection(call), limit };
    const { body } = await api.request<SessionsAnswer>('GET', ['apps', appId, 'sessions'], { query });
    if (call.json) await call.printJson(body);
    else await showSessions(call, body);
    return 0;
  },
};

/** Shows sessions as a table, with how many there are in all. */
export async function showSessions(call: CommandCall, { total, items }: SessionsAnswer): Promise<void> {
  if (total === 0) {
    await call.print(call.say('noSessions'));
    return;
  }
  await call.printRows([
    ['user', 'room', 'state', 'method', 'platform', 'leaseEnds', 'session'].map((key) =>
      call.say(key as 'user' | 'room' | 'state' | 'method' | 'platform' | 'leaseEnds' | 'session'),
    ),
    ...items.map((session) => sessionCells(call, session)),
  ]);
  if (total > items.length) await call.print(call.say('andMore', { count: total - items.length }));
}
