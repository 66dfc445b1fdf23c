import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type AccessServer,
  type AccessServerOptions,
  createAccessServer,
  describeConfig,
  describeConfigProblem,
  MasterKeyUnusable,
  type ParsedConfig,
  parseConfig,
  RoomkeyError,
  StartRefused,
  takeMasterKeyText,
} from '@roomkey/server';
import { CliFailure } from './failure.ts';
import { sentence } from './sentence.ts';
import type { RunningServer, ServerDoor, TypedConfiguration } from './server-door.ts';

const configFile = 'roomkey.config.json';
const everyScope = ['read', 'diagnose', 'sessions', 'policy', 'secrets', 'mint'] as const;

/** The server as `up`, `serve` and `config` use it: the one file of the command line that imports it. */
export const serverDoor: ServerDoor = {
  async readConfiguration(typed) {
    const parsed = await readConfiguration(typed);
    if (!parsed.ok) return { ok: false, problems: parsed.problems.map(describeConfigProblem) };
    const hasMasterKey = (typed.env['ROOMKEY_MASTER_KEY'] ?? '') !== '';
    const rows = describeConfig(parsed, hasMasterKey).map(({ path, value, origin }) => ({
      path,
      value,
      source: origin,
    }));
    return { ok: true, rows };
  },
  async start(typed) {
    const parsed = await readConfiguration(typed);
    if (!parsed.ok) {
      throw new CliFailure(sentence('startFailed'), {
        exitCode: 2,
        name: 'usage',
        details: parsed.problems.map(describeConfigProblem),
      });
    }
    const { config } = parsed;
    // The key leaves the environment of this process, so that no child finds it there (SC3).
    const text = takeMasterKeyText(process.env);
    const options: AccessServerOptions = {
      config,
      willHaveDemoApp: typed.flags.demo === true,
      ...(text === undefined ? {} : { masterKey: { from: 'environment', text } }),
    };
    return runningOf(await startServer(options), resolve(config.dataDir));
  },
};

async function startServer(options: AccessServerOptions): Promise<AccessServer> {
  try {
    return await createAccessServer(options);
  } catch (failure) {
    throw new CliFailure(sentence('startFailed'), {
      exitCode: 1,
      name: 'startFailed',
      details: detailsOf(failure),
    });
  }
}

function detailsOf(failure: unknown): readonly string[] {
  if (failure instanceof StartRefused) return failure.problems.map(({ problem, fix }) => `${problem} ${fix}`);
  if (failure instanceof MasterKeyUnusable) return [failure.message];
  if (failure instanceof RoomkeyError) return [`${failure.code} ${failure.errorName}`, ...failure.details];
  if (failure instanceof Error && 'code' in failure) return [`${String(failure.code)}: ${failure.message}`];
  throw failure;
}

async function readConfiguration({
  file,
  workFolder,
  env,
  flags,
}: TypedConfiguration): Promise<ParsedConfig> {
  const { demo, dataDir, ...rest } = flags;
  const fileText = await readConfigFile(file ?? join(workFolder, configFile), file !== undefined);
  return parseConfig({
    ...(fileText === undefined ? {} : { fileText }),
    environment: env,
    flags: { ...rest, ...(dataDir === undefined ? {} : { 'data-dir': dataDir }) },
  });
}

async function readConfigFile(path: string, isNamed: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (failure) {
    if (!isNamed && (failure as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CliFailure(sentence('startFailed'), {
      exitCode: 2,
      name: 'usage',
      details: [(failure as Error).message],
    });
  }
}

function runningOf(server: AccessServer, dataFolder: string): RunningServer {
  const by = { name: 'cli' };
  return {
    url: server.url,
    dataFolder,
    hasApp: (appId) => server.rules.find(appId) !== undefined,
    async importApp(app) {
      await server.rules.importApp({ ...app, secrets: [...app.secrets] }, by);
    },
    async createApiKey(name) {
      const { text } = await server.keys.create({ name, scopes: [...everyScope], appIds: null }, by);
      return text;
    },
    drain: () => server.drain(),
    stop: () => server.stop(),
  };
}
