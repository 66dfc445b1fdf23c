import { readFile } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { signalPath } from '@roomkey/protocol';
import type { CommandCall } from '../command-call.ts';
import type { CommandSpec, OptionSpec } from '../command-spec.ts';
import {
  type DemoFiles,
  demoAppId,
  ensureApiKey,
  ensureDemoApp,
  removeEndpoint,
  writeEndpoint,
} from '../data-files.ts';
import { withProgress } from '../progress.ts';
import type { RunningServer, TypedConfiguration, TypedFlags } from '../server-door.ts';
import type { Cell } from '../table.ts';

/** What may be typed about the configuration of a server. */
export const configurationOptions: readonly OptionSpec[] = [
  { flags: '--port <port>', text: 'portOption' },
  { flags: '--host <address>', text: 'hostOption' },
  { flags: '--data <dir>', text: 'dataOption' },
  { flags: '--config <file>', text: 'configFileOption' },
  { flags: '--production', text: 'productionOption' },
];

/** `serve`: the server alone, until it is told to stop. */
export const serve: CommandSpec = {
  name: 'serve',
  text: 'serve',
  options: configurationOptions,
  run: (call) => runServer(call, false),
};

/** `up`: the server with one demo app, for one machine. */
export const up: CommandSpec = {
  name: 'up',
  text: 'up',
  options: configurationOptions,
  run: (call) => runServer(call, true),
};

/** The configuration as typed on this command line. */
export function typedConfiguration(call: CommandCall, demo: boolean): TypedConfiguration {
  const { folder, workFolder, env } = call.terminal;
  const dataDir = call.text('data');
  const host = call.text('host');
  const port = call.number('port', 0, 65_535);
  const file = call.text('config') ?? env['ROOMKEY_CONFIG'];
  const flags: TypedFlags = {
    ...(dataDir === undefined ? {} : { dataDir: resolve(folder, dataDir) }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(call.flag('production') ? { production: true } : {}),
    ...(demo ? { demo: true } : {}),
  };
  return { file: file === undefined ? undefined : resolve(folder, file), workFolder, env, flags };
}

async function runServer(call: CommandCall, demo: boolean): Promise<0 | 1> {
  const typed = typedConfiguration(call, demo);
  const door = await call.terminal.openServerDoor();
  // Listening before the start: a wish that comes while the server starts is not lost.
  const wishes = collectStopWishes(call);
  try {
    const server = await withProgress(
      call,
      () => call.say('starting'),
      () => door.start(typed),
    );
    await tellRunning(call, server, demo);
    await stopOnWish(call, server, wishes);
    return 0;
  } finally {
    wishes.forget();
  }
}

async function tellRunning(call: CommandCall, server: RunningServer, demo: boolean): Promise<void> {
  try {
    const apiKeyPath = await ensureApiKey(server);
    const demoFiles = demo ? await ensureDemoApp(server) : undefined;
    await writeEndpoint(server, call.terminal.nowMs());
    await show(call, { server, apiKeyPath, demoFiles });
  } catch (error) {
    await server.stop();
    throw error;
  }
}

interface Wishes {
  /** Resolves at the n-th wish, counted from 1. */
  reached(count: number): Promise<void>;
  forget(): void;
}

function collectStopWishes(call: CommandCall): Wishes {
  const steps = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let count = 0;
  const forget = call.terminal.onStopWish(() => {
    steps[count]?.resolve();
    count += 1;
  });
  return { reached: async (wanted) => await steps[wanted - 1]?.promise, forget };
}

// The first wish drains, the second stops at once (OP1).
async function stopOnWish(call: CommandCall, server: RunningServer, wishes: Wishes): Promise<void> {
  await wishes.reached(1);
  if (!call.json) await call.note(call.say('draining'));
  try {
    const stopped = wishes.reached(2).then(() => server.stop());
    await Promise.race([server.drain(), stopped]);
  } finally {
    await removeEndpoint(server.dataFolder);
  }
}

interface Running {
  readonly server: RunningServer;
  readonly apiKeyPath: string;
  readonly demoFiles: DemoFiles | undefined;
}

async function show(call: CommandCall, { server, apiKeyPath, demoFiles }: Running): Promise<void> {
  const { url, dataFolder } = server;
  const descriptors = await fileDescriptorLimit();
  if (call.json) {
    const demo = demoFiles === undefined ? null : { appId: demoAppId, ...demoFiles };
    await call.printJson({
      url,
      pid: process.pid,
      dataFolder,
      apiKeyFile: apiKeyPath,
      fileDescriptors: descriptors ?? null,
      demo,
    });
    return;
  }
  const shown = (path: string): string => shortPath(path, call.terminal.workFolder);
  const demoRows: (string | Cell)[][] =
    demoFiles === undefined
      ? []
      : [
          [call.say('demoApp'), String(demoAppId)],
          ['  AppSign', call.cell('appSign', shown(demoFiles.appSignFile)), '0600'],
          ['  ServerSecret', call.cell('good', shown(demoFiles.secretFile)), '0600'],
        ];
  await call.print(call.say('running'));
  await call.printRows([
    [call.say('signal'), `${url.replace(/^http/, 'ws')}${signalPath}`],
    ['HTTP API', `${url}/api/v1`],
    [call.say('readiness'), `${url}/readyz`],
    [call.say('dataFolder'), shown(dataFolder)],
    [call.say('apiKey'), shown(apiKeyPath), '0600'],
    ...demoRows,
    ...(descriptors === undefined
      ? []
      : [
          [
            call.say('fileDescriptors'),
            call.say('roomForConnections', { limit: descriptors, count: connectionsFor(descriptors) }),
          ],
        ]),
  ]);
  if (demoFiles === undefined) return;
  if (!demoFiles.complete) await call.print(call.say('demoFilesGone'));
  const login = `try login --app ${demoAppId} --room room1 --user demo --app-sign-file ${shown(demoFiles.appSignFile)}`;
  await call.print(
    '',
    call.say('tryInSecondTerminal'),
    `  ${call.command(login)}`,
    `  ${call.command(`token mint --app ${demoAppId} --user demo --temporary --secret-file ${shown(demoFiles.secretFile)}`)}`,
    `  ${call.command(`policy show --app ${demoAppId}`)}`,
    `  ${call.command(`sessions list --app ${demoAppId}`)}`,
    '',
    call.say('stopHint'),
  );
}

function shortPath(path: string, from: string): string {
  const short = relative(from, path);
  return short.startsWith('..') || isAbsolute(short) || short === '' ? path : short;
}

/** Descriptors that are not connections: database, workers, listeners, standard streams. */
const otherDescriptors = 200;

function connectionsFor(descriptors: number): number {
  return Math.max(0, descriptors - otherDescriptors);
}

/** How many files this process may have open; undefined where the system does not say (OP4). */
async function fileDescriptorLimit(): Promise<number | undefined> {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    // Only Linux has this file.
    return undefined;
  }
}
