import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { CommandCall } from './command-call.ts';
import { CliFailure, usageFailure } from './failure.ts';
import { readSecretText } from './read-secret.ts';
import { sentence } from './sentence.ts';

/** Where a running server is written down in its data directory. */
export const endpointFile = 'endpoint.json';

/** Where the API key of the command line lies in the data directory (0600). */
export const apiKeyFile = 'api-key';

/** What `endpoint.json` says. It is written once logins are served and removed at the end. */
export interface Endpoint {
  /** `http://127.0.0.1:7080`, without a path. */
  readonly url: string;
  readonly pid: number;
  /** Unix milliseconds. */
  readonly startedAt: number;
}

/** A server and the key to call it with. */
export interface FoundServer {
  readonly url: string;
  readonly apiKey: string;
}

/** The data directory of a call: `--data`, else `.roomkey` where the process stands. */
export function dataFolderOf(call: CommandCall): string {
  const typed = call.text('data') ?? call.terminal.env['ROOMKEY_DATA_DIR'];
  const { folder, workFolder } = call.terminal;
  return typed === undefined ? join(workFolder, '.roomkey') : resolve(folder, typed);
}

/**
 * The address of the running server: `--server`, ROOMKEY_URL, else `endpoint.json` in the data directory (CLI2a).
 *
 * @throws {CliFailure} 1002030 when nothing is running there.
 */
export async function findServerUrl(call: CommandCall): Promise<string> {
  const typed = call.text('server') ?? call.terminal.env['ROOMKEY_URL'];
  if (typed !== undefined) return parseServerUrl(typed);
  const folder = dataFolderOf(call);
  const endpoint = await readEndpoint(folder);
  if (endpoint !== undefined) return parseServerUrl(endpoint.url);
  throw notRunning(folder);
}

/**
 * The running server and the API key for it: `--api-key-file`, ROOMKEY_API_KEY, else `api-key` in the data directory.
 *
 * @throws {CliFailure} 1002030 when nothing is running; of usage when the key cannot be read.
 */
export async function findServer(call: CommandCall): Promise<FoundServer> {
  const url = await findServerUrl(call);
  return { url, apiKey: await readApiKey(call) };
}

async function readApiKey(call: CommandCall): Promise<string> {
  const fromEnvironment = call.terminal.env['ROOMKEY_API_KEY'] ?? '';
  const typed = call.text('apiKeyFile');
  if (typed === undefined && fromEnvironment !== '') return fromEnvironment;
  const key = await readSecretText(call, typed ?? join(dataFolderOf(call), apiKeyFile));
  // A header cannot hold anything else, and fetch would quote the value in its error.
  if (/^[\u0021-\u007e]+$/.test(key)) return key;
  throw usageFailure(sentence('apiKeyForm'));
}

/** What `endpoint.json` of a data directory says; undefined when there is none that can be read. */
export async function readEndpoint(folder: string): Promise<Endpoint | undefined> {
  try {
    const said: unknown = JSON.parse(await readFile(join(folder, endpointFile), 'utf8'));
    return isEndpoint(said) ? said : undefined;
  } catch {
    // Not there, or half of it: nothing is running either way.
    return undefined;
  }
}

function isEndpoint(said: unknown): said is Endpoint {
  const { url, pid } = (typeof said === 'object' && said !== null ? said : {}) as Partial<Endpoint>;
  return typeof url === 'string' && URL.canParse(url) && Number.isInteger(pid) && Number(pid) > 0;
}

/** `HOST:PORT`, `http(s)://…` or `ws(s)://…` as an http(s) address without a path. */
export function parseServerUrl(typed: string): string {
  const withScheme = /^[a-z]+:\/\//i.test(typed) ? typed.replace(/^ws/i, 'http') : `http://${typed}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw usageFailure(sentence('serverAddressForm'));
  }
  return url.origin;
}

/** Whether a host is this machine: elsewhere keys and proofs go over https only. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Nothing is running on this data directory (CLI2a). */
export function notRunning(folder: string): CliFailure {
  return new CliFailure(sentence('notRunning', { folder }), {
    exitCode: 1,
    name: 'connectFailed',
    code: 1002030,
    next: sentence('notRunningNext'),
  });
}
