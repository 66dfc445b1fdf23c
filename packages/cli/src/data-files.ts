import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CliFailure } from './failure.ts';
import { apiKeyFile, type Endpoint, endpointFile, readEndpoint } from './find-server.ts';
import { sentence } from './sentence.ts';
import type { RunningServer } from './server-door.ts';

/** The app that `up` makes: as an imported one, unforced, so that either credential enters. */
export const demoAppId = 1_000_000_001;

/** How long a server that runs may take to say so. */
const answerWithinMs = 2_000;

/** Where the secrets of the demo app lie. */
export interface DemoFiles {
  readonly secretFile: string;
  readonly appSignFile: string;
  /** False when the app was there but a file of it is not: its secrets cannot be shown again. */
  readonly complete: boolean;
}

/** Writes a file that only its owner can read (0600), whole or not at all. */
export async function writeOwnFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
  await rename(draft, path);
}

/** Says in the data directory where the server is, for the other commands (CLI2a). */
export async function writeEndpoint(server: RunningServer, nowMs: number): Promise<void> {
  const endpoint: Endpoint = { url: server.url, pid: process.pid, startedAt: nowMs };
  await writeOwnFile(join(server.dataFolder, endpointFile), `${JSON.stringify(endpoint)}\n`);
}

/**
 * Refuses to start beside a server that already runs on this data directory: each would go on deciding by rules that
 * the other has changed.
 *
 * @throws {CliFailure} `alreadyRunning` when the process that `endpoint.json` names lives and answers.
 */
export async function refuseSecondServer(folder: string): Promise<void> {
  const endpoint = await readEndpoint(folder);
  if (endpoint === undefined || !isAlive(endpoint.pid) || !(await answers(endpoint.url))) return;
  const { url, pid } = endpoint;
  throw new CliFailure(sentence('alreadyRunning', { folder, url, pid }), {
    exitCode: 1,
    name: 'alreadyRunning',
    next: sentence('alreadyRunningNext'),
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process: it lives.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(answerWithinMs) });
    await response.body?.cancel();
    return true;
  } catch {
    // Nobody there, or nobody in time: either way nothing that serves.
    return false;
  }
}

/** Takes that back, unless another server has written its own meanwhile. */
export async function removeEndpoint(folder: string): Promise<void> {
  const path = join(folder, endpointFile);
  const text = await readIfThere(path);
  if (text?.includes(`"pid":${process.pid},`) === true) await rm(path, { force: true });
}

/** Makes sure that the key in the data directory opens this server; makes one when there is none or it does not. */
export async function ensureApiKey(server: RunningServer): Promise<string> {
  const path = join(server.dataFolder, apiKeyFile);
  const kept = (await readIfThere(path))?.trim();
  if (kept === undefined || !(await opens(server, kept))) {
    await writeOwnFile(path, `${await server.createApiKey('cli')}\n`);
  }
  return path;
}

async function opens(server: RunningServer, apiKey: string): Promise<boolean> {
  if (!/^[\u0021-\u007e]+$/.test(apiKey)) return false;
  const response = await fetch(new URL('/api/v1/apps?limit=1', server.url), {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  await response.body?.cancel();
  return response.status !== 401;
}

/** Makes sure that the demo app is there, its secrets in files of their own. They are written before the app is made. */
export async function ensureDemoApp(server: RunningServer): Promise<DemoFiles> {
  const secretFile = join(server.dataFolder, 'demo-app-secret');
  const appSignFile = join(server.dataFolder, 'demo-app-sign');
  if (server.hasApp(demoAppId)) {
    const texts = [await readIfThere(secretFile), await readIfThere(appSignFile)];
    return { secretFile, appSignFile, complete: texts.every((text) => text !== undefined) };
  }
  await mkdir(server.dataFolder, { recursive: true, mode: 0o700 });
  const secret = randomBytes(16).toString('hex');
  const appSign = randomBytes(32).toString('hex');
  await writeOwnFile(secretFile, secret);
  await writeOwnFile(appSignFile, appSign);
  await server.importApp({ appId: demoAppId, name: 'demo', appSign, secrets: [secret] });
  return { secretFile, appSignFile, complete: true };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
