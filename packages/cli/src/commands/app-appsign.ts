import { changeOptions, makeChange } from '../change.ts';
import type { CommandCall } from '../command-call.ts';
import type { CommandSpec } from '../command-spec.ts';
import { connectOwnerApi } from '../owner-api.ts';
import { appOption, maxAppId, serverOptions } from '../server-options.ts';

const options = [appOption, ...changeOptions, ...serverOptions];

/** `app appsign suspend`: no login by AppSign until it is resumed (AD12). */
export const appSignSuspend: CommandSpec = {
  name: 'app appsign suspend',
  text: 'appSignSuspend',
  options,
  run: (call) => setAppSign(call, 'suspended'),
};

/** `app appsign resume`: undoes `suspend`. */
export const appSignResume: CommandSpec = {
  name: 'app appsign resume',
  text: 'appSignResume',
  options,
  run: (call) => setAppSign(call, 'active'),
};

/** `app appsign destroy`: cannot be undone, so it is always asked about. */
export const appSignDestroy: CommandSpec = {
  name: 'app appsign destroy',
  text: 'appSignDestroy',
  options,
  run: (call) => setAppSign(call, 'destroyed'),
};

async function setAppSign(call: CommandCall, state: 'active' | 'suspended' | 'destroyed'): Promise<0 | 1> {
  const appId = call.needNumber('app', 1, maxAppId);
  const api = await connectOwnerApi(call);
  const why = call.text('reason');
  const receipt = await makeChange(call, api, {
    method: 'PUT',
    path: ['apps', appId, 'appsign'],
    body: { state, ...(why === undefined ? {} : { why }) },
    alwaysAsk: state === 'destroyed',
  });
  if (receipt !== undefined && !call.json && state === 'suspended') {
    await call.print(call.say('undoBy', { command: call.command(`app appsign resume --app ${appId}`) }));
  }
  return 0;
}
