import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  type AccessServer,
  type Config,
  createAccessServer,
  DataDirInUse,
  describeConfig,
  describeConfigProblem,
  MasterKeyUnusable,
  type ParsedConfig,
  parseConfig,
  RoomkeyError,
  StartRefused,
  takeMasterKeyText,
} from '@roomkey/server';
import { refuseSecondServer } from './data-files.ts';
import { errorSentence } from './error-sentence.ts';
import { CliFailure, usageFailure } from './failure.ts';
import { sentence } from './sentence.ts';
import type { RunningServer, ServerDoor, TypedConfiguration } from './server-door.ts';

/** The server package behind the commands `up`, `serve` and `config`. */
export const serverDoor: ServerDoor = {
  async readConfiguration(typed) {
    const parsed = await parse(typed);
    if (!parsed.ok) return { ok: false, problems: parsed.problems.map(describeConfigProblem) };
    const hasMasterKey = (typed.env['ROOMKEY_MASTER_KEY'] ?? '') !== '';
    const rows = describeConfig(parsed, hasMasterKey).map(({ path, value, origin }) => {
      return {
        path,
        value: origin === 'not set' || path === 'ROOMKEY_MASTER_KEY' ? value : readJson(value),
        source: origin,
      };
    });
    return { ok: true, rows };
  },
  async start(typed) {
    const parsed = await parse(typed);
    if (!parsed.ok) {
      const details = parsed.problems.map(describeConfigProblem);
      throw new CliFailure(sentence('configurationRefused'), { exitCode: 2, name: 'usage', details });
    }
    const { config } = parsed;
    await refuseSecondServer(resolve(config.dataDir));
    // The one place that changes the environment of this process: the master key must not stay in it (SC3).
    const masterKeyText = takeMasterKeyText(process.env);
    try {
      const server = await createAccessServer({
        config: typed.flags.demo === true ? quiet(parsed) : config,
        ...(masterKeyText === undefined ? {} : { masterKey: { from: 'environment', text: masterKeyText } }),
        willHaveDemoApp: typed.flags.demo === true,
      });
      return runningServer(server, resolve(config.dataDir));
    } catch (error) {
      throw startFailure(error, config);
    }
  },
};

function readJson(text: string): unknown {
  return text === '' ? text : (JSON.parse(text) as unknown);
}

// `up` talks to a person: lines of a log that say that all is well would stand between its own.
function quiet({ config, origins }: Extract<ParsedConfig, { ok: true }>): Config {
  return origins.get('logLevel') === 'default' ? { ...config, logLevel: 'warn' } : config;
}

async function parse(typed: TypedConfiguration): Promise<ParsedConfig> {
  const { dataDir, host, port, production } = typed.flags;
  const fileText = await readConfigFile(typed);
  return parseConfig({
    ...(fileText === undefined ? {} : { fileText }),
    environment: typed.env,
    flags: { 'data-dir': dataDir, host, port, production },
  });
}

async function readConfigFile({ file, workFolder }: TypedConfiguration): Promise<string | undefined> {
  const path = file ?? join(workFolder, 'roomkey.config.json');
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    if (file === undefined && reason === 'ENOENT') return undefined;
    throw usageFailure(sentence('fileUnreadable', { file: path, reason }));
  }
}

function runningServer(server: AccessServer, dataFolder: string): RunningServer {
  const by = { name: 'cli' };
  return {
    url: server.url,
    dataFolder,
    hasApp: (appId) => server.rules.find(appId) !== undefined,
    async importApp(app) {
      await server.rules.importApp(app, by);
    },
    async createApiKey(name) {
      const scopes = ['read', 'diagnose', 'sessions', 'policy', 'secrets', 'mint'] as const;
      return (await server.keys.create({ name, scopes, appIds: null }, by)).text;
    },
    drain: () => server.drain(),
    stop: () => server.stop(),
  };
}

function startFailure(error: unknown, { host, port, dataDir }: Config): unknown {
  if (error instanceof StartRefused) {
    const details = error.problems.map(({ problem, fix }) => `${problem} ${fix}`);
    return new CliFailure(sentence('startRefused'), { exitCode: 1, name: 'startRefused', details });
  }
  if (error instanceof DataDirInUse) {
    const facts = { exitCode: 1, name: 'alreadyRunning', next: sentence('alreadyRunningNext') } as const;
    return new CliFailure(sentence('dataFolderInUse', { folder: dataDir }), facts);
  }
  if (error instanceof MasterKeyUnusable) {
    const details = [error.message];
    return new CliFailure(sentence('startFailed'), { exitCode: 1, name: 'masterKeyUnusable', details });
  }
  if (error instanceof RoomkeyError) {
    const { code, errorName: name, details } = error;
    return new CliFailure(errorSentence(name), { exitCode: 1, name, code, details });
  }
  const reason = (error as NodeJS.ErrnoException).code;
  if (reason === 'EADDRINUSE' || reason === 'EACCES' || reason === 'EADDRNOTAVAIL') {
    return new CliFailure(sentence('cannotListen', { host, port, reason }), {
      exitCode: 1,
      name: 'cannotListen',
      next: sentence('cannotListenNext'),
    });
  }
  if (reason === 'ENOENT' || reason === 'EROFS' || reason === 'ENOSPC' || reason === 'ENOTDIR') {
    return new CliFailure(sentence('dataFolderUnusable', { folder: dataDir, reason }), {
      exitCode: 1,
      name: 'dataFolder',
    });
  }
  return error;
}
