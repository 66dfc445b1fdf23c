import type { SecretAnswer } from '../api-answers.ts';
import { changeOptions, makeChange } from '../change.ts';
import type { CommandCall } from '../command-call.ts';
import type { CommandSpec } from '../command-spec.ts';
import { CliFailure } from '../failure.ts';
import { connectOwnerApi, type OwnerApi } from '../owner-api.ts';
import { sentence } from '../sentence.ts';
import { appOption, maxAppId, serverOptions } from '../server-options.ts';

const secretArgument = { name: '<secretId>', text: 'secretIdArgument' } as const;

/** `app secret promote`: one step on the way staged → verifying → primary (AD12). */
export const appSecretPromote: CommandSpec = {
  name: 'app secret promote',
  text: 'appSecretPromote',
  arguments: [secretArgument],
  options: [appOption, ...changeOptions, ...serverOptions],
  run: (call) => step(call, { staged: 'verifying', verifying: 'primary' }),
};

/** `app secret retire`: any but the primary, which becomes retiring when another one is promoted (AD12). */
export const appSecretRetire: CommandSpec = {
  name: 'app secret retire',
  text: 'appSecretRetire',
  arguments: [secretArgument],
  options: [appOption, ...changeOptions, ...serverOptions],
  run: (call) => step(call, { staged: 'retired', verifying: 'retired', retiring: 'retired' }),
};

async function step(call: CommandCall, next: Readonly<Record<string, string>>): Promise<0 | 1> {
  const appId = call.needNumber('app', 1, maxAppId);
  const secretId = call.args[0] ?? '';
  const api = await connectOwnerApi(call);
  const { state } = await findSecret(api, appId, secretId);
  const to = next[state];
  if (to === undefined) {
    const key = state === 'primary' ? 'secretIsPrimary' : 'secretNoStep';
    throw new CliFailure(sentence(key, { id: secretId, state }), {
      exitCode: 1,
      name: 'wrongState',
      code: 901015,
    });
  }
  if (!call.json) await call.print(call.say('secretStep', { id: secretId, from: state, to }));
  const why = call.text('reason');
  await makeChange(call, api, {
    method: 'PATCH',
    path: ['apps', appId, 'secrets', secretId],
    body: { state: to, ...(why === undefined ? {} : { why }) },
    alwaysAsk: to === 'retired',
  });
  return 0;
}

async function findSecret(api: OwnerApi, appId: number, secretId: string): Promise<SecretAnswer> {
  const { body } = await api.request<{ readonly secrets: readonly SecretAnswer[] }>('GET', ['apps', appId]);
  const found = body.secrets.find((secret) => secret.secretId === secretId);
  if (found !== undefined) return found;
  throw new CliFailure(sentence('secretUnknown', { id: secretId }), {
    exitCode: 1,
    name: 'notFound',
    code: 901003,
  });
}
