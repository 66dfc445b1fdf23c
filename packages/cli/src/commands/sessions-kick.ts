import { confirm } from '../ask.ts';
import type { CommandSpec } from '../command-spec.ts';
import { usageFailure } from '../failure.ts';
import { connectOwnerApi } from '../owner-api.ts';
import { sentence } from '../sentence.ts';
import { appOption, maxAppId, serverOptions } from '../server-options.ts';
import { readSelection, selectionOptions } from './session-selection.ts';
import { type SessionsAnswer, showSessions } from './sessions-list.ts';

/** What the API answers to a kick: the sessions ended. */
interface KickAnswer {
  readonly ended: { readonly count: number };
}

const shownSessions = 20;

/** `sessions kick`: ends the sessions selected, after showing them. */
export const sessionsKick: CommandSpec = {
  name: 'sessions kick',
  text: 'sessionsKick',
  options: [
    appOption,
    ...selectionOptions,
    { flags: '--reason <text>', text: 'reasonOption' },
    { flags: '--yes', text: 'yesOption' },
    { flags: '--confirm <count>', text: 'confirmOption' },
    ...serverOptions,
  ],
  async run(call) {
    const appId = call.needNumber('app', 1, maxAppId);
    const selection = readSelection(call);
    if (Object.keys(selection).length === 0) throw usageFailure(sentence('selectionNeeded'));
    const api = await connectOwnerApi(call);
    const path = ['apps', appId, 'sessions'];
    const query = { ...selection, limit: shownSessions };
    const { body } = await api.request<SessionsAnswer>('GET', path, { query });
    if (!call.json) await showSessions(call, body);
    if (body.total > 0) await confirm(call, body.total);
    const why = call.text('reason');
    const request = { ...selection, ...(why === undefined ? {} : { why }) };
    const ended = await api.request<KickAnswer>('POST', [...path, 'kick'], { body: request });
    if (call.json) await call.printJson(ended.body);
    else await call.print(call.say('kicked', { count: ended.body.ended.count }));
    return 0;
  },
};
