import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ParseError, parse as parseJsonc } from 'jsonc-parser';
import type { PolicyAnswer } from '../api-answers.ts';
import { changeOptions, makeChange } from '../change.ts';
import type { CommandCall } from '../command-call.ts';
import type { CommandSpec } from '../command-spec.ts';
import { CliFailure, usageFailure } from '../failure.ts';
import { connectOwnerApi } from '../owner-api.ts';
import { readSecretText } from '../read-secret.ts';
import { sentence } from '../sentence.ts';
import { appOption, maxAppId, serverOptions } from '../server-options.ts';
import { type PolicyFields, parsePolicyPairs, unknownFields } from './policy-fields.ts';

/**
 * `policy set`: changes fields of the policy on the version that was read just before, so that two owners never
 * overwrite each other; running sessions that are hit are shown beforehand.
 */
export const policySet: CommandSpec = {
  name: 'policy set',
  text: 'policySet',
  arguments: [{ name: '[fields...]', text: 'policyPairs' }],
  options: [
    appOption,
    { flags: '--file <file>', text: 'policyFileOption' },
    ...changeOptions,
    ...serverOptions,
  ],
  async run(call) {
    const appId = call.needNumber('app', 1, maxAppId);
    const fields = { ...(await readFields(call)), ...parsePolicyPairs(call.args) };
    if (Object.keys(fields).length === 0) throw usageFailure(sentence('policyNothing'));
    const api = await connectOwnerApi(call);
    const path = ['apps', appId, 'policy'];
    const { body, etag } = await api.request<PolicyAnswer>('GET', path);
    const details = unknownFields(fields, Object.keys(body.policy));
    if (details.length > 0) {
      throw new CliFailure(sentence('policyUnknown'), { exitCode: 2, name: 'usage', details });
    }
    const why = call.text('reason');
    const policy = { ...body.policy, ...fields };
    const request = { policy, ...(why === undefined ? {} : { why }) };
    await makeChange(call, api, { method: 'PUT', path, body: request, ifMatch: etag, alwaysAsk: false });
    return 0;
  },
};

async function readFields(call: CommandCall): Promise<PolicyFields> {
  const file = call.text('file');
  if (file === undefined) return {};
  const text = file === '-' ? await readSecretText(call, file) : await readText(call, file);
  const errors: ParseError[] = [];
  const fields: unknown = parseJsonc(text, errors, { allowTrailingComma: true });
  const isObject = typeof fields === 'object' && fields !== null && !Array.isArray(fields);
  if (errors.length > 0 || !isObject) throw usageFailure(sentence('policyFileForm', { file }));
  return fields as PolicyFields;
}

async function readText(call: CommandCall, file: string): Promise<string> {
  try {
    return await readFile(resolve(call.terminal.folder, file), 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw usageFailure(sentence('fileUnreadable', { file, reason }));
  }
}
