import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { demoAppId, refuseSecondServer } from '../data-files.ts';
import { CliFailure } from '../failure.ts';
import { sentence } from '../sentence.ts';
import type { ImportedApp, RunningServer, ServerDoor, TypedConfiguration } from '../server-door.ts';
import { startFakeApi } from '../testing/fake-api.ts';
import { makeFolder, runTyped } from '../testing/run-typed.ts';

interface FakeServer extends ServerDoor {
  readonly typed: TypedConfiguration[];
  readonly apps: Map<number, ImportedApp>;
  readonly steps: string[];
  finishDrain(): void;
}

function fakeServer(folder: string, url: string, apiKey: string): FakeServer {
  const drained = Promise.withResolvers<void>();
  const apps = new Map<number, ImportedApp>();
  const steps: string[] = [];
  const typed: TypedConfiguration[] = [];
  const server: RunningServer = {
    url,
    dataFolder: folder,
    hasApp: (appId) => apps.has(appId),
    async importApp(app) {
      apps.set(app.appId, app);
    },
    async createApiKey() {
      steps.push('key');
      return apiKey;
    },
    async drain() {
      steps.push(existsSync(join(folder, 'endpoint.json')) ? 'drain' : 'drain too late');
      await drained.promise;
    },
    async stop() {
      steps.push('stop');
    },
  };
  return {
    typed,
    apps,
    steps,
    finishDrain: () => drained.resolve(),
    async start(given) {
      typed.push(given);
      return server;
    },
    async readConfiguration(given) {
      typed.push(given);
      return given.flags.port === 1
        ? { ok: false, problems: ['port: 1 is not allowed', 'hots: did you mean host?'] }
        : { ok: true, rows: [{ path: 'port', value: 7080, source: 'default' }] };
    },
  };
}

/** A terminal whose owner stops the command as soon as the server says that it runs. */
function stopping(times: number, door: FakeServer) {
  return {
    door,
    stopWith: (stop: () => void) => {
      for (let at = 0; at < times; at += 1) queueMicrotask(stop);
    },
  };
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('up and serve', () => {
  it('[CLI2a] up writes address, key, secret and AppSign to files of mode 0600 and makes an imported demo app', async () => {
    await using api = await startFakeApi({ 'GET /apps': () => ({ body: { items: [], nextCursor: null } }) });
    const folder = makeFolder();
    const door = fakeServer(folder, api.url, api.apiKey);
    door.finishDrain();
    const answer = await runTyped(['up', '--port', '8787', '--data', folder], stopping(1, door));
    expect([answer.exitCode, answer.err]).toEqual([0, expect.stringContaining('Draining')]);
    for (const name of ['api-key', 'demo-app-secret', 'demo-app-sign']) {
      expect(modeOf(join(folder, name)), name).toBe(0o600);
      expect(answer.out).toMatch(new RegExp(`/${name} +0600`));
    }
    expect(readFileSync(join(folder, 'api-key'), 'utf8').trim()).toBe(api.apiKey);
    const app = door.apps.get(demoAppId);
    expect(app?.secrets).toEqual([readFileSync(join(folder, 'demo-app-secret'), 'utf8')]);
    expect(app?.appSign).toBe(readFileSync(join(folder, 'demo-app-sign'), 'utf8'));
    expect(app?.secrets[0]).toHaveLength(32);
    expect(app?.appSign).toMatch(/^[0-9a-f]{64}$/);
    expect(answer.out).not.toContain(app?.appSign);
    expect(answer.out).not.toContain(app?.secrets[0]);
    expect(answer.out).not.toContain(api.apiKey);
    expect(answer.out).toContain(`${api.url.replace('http', 'ws')}/v1/signal`);
    expect(answer.out).toContain(`roomkey try login --app ${demoAppId}`);
    expect(door.typed[0]?.flags).toEqual({ port: 8787, dataDir: folder, demo: true });
    expect(door.steps).toEqual(['key', 'drain']);
    expect(existsSync(join(folder, 'endpoint.json'))).toBe(false);
  });

  it('[CLI2a] a second start keeps key and demo app; a key that no longer opens is replaced', async () => {
    await using api = await startFakeApi({ 'GET /apps': () => ({ body: { items: [], nextCursor: null } }) });
    const folder = makeFolder();
    const door = fakeServer(folder, api.url, api.apiKey);
    door.finishDrain();
    await runTyped(['up', '--data', folder], stopping(1, door));
    const secret = readFileSync(join(folder, 'demo-app-secret'), 'utf8');
    await runTyped(['up', '--data', folder], stopping(1, door));
    expect(readFileSync(join(folder, 'demo-app-secret'), 'utf8')).toBe(secret);
    expect(door.steps).toEqual(['key', 'drain', 'drain']);
    writeFileSync(join(folder, 'api-key'), 'rk_of_another_database');
    await runTyped(['serve', '--data', folder], stopping(1, door));
    expect(door.steps).toEqual(['key', 'drain', 'drain', 'key', 'drain']);
  });

  it('[CLI3] serve makes no demo app and tells programs in one line where everything is', async () => {
    await using api = await startFakeApi({ 'GET /apps': () => ({ body: { items: [], nextCursor: null } }) });
    const folder = makeFolder();
    const door = fakeServer(folder, api.url, api.apiKey);
    door.finishDrain();
    const answer = await runTyped(['serve', '--data', folder, '--json'], stopping(1, door));
    expect(answer.json()).toMatchObject([
      { url: api.url, dataFolder: folder, apiKeyFile: join(folder, 'api-key'), demo: null },
    ]);
    expect(door.apps.size).toBe(0);
  });

  it('[CLI3] the first wish to stop drains, the second stops at once', async () => {
    await using api = await startFakeApi({ 'GET /apps': () => ({ body: { items: [], nextCursor: null } }) });
    const folder = makeFolder();
    const door = fakeServer(folder, api.url, api.apiKey);
    const answer = await runTyped(['serve', '--data', folder], stopping(2, door));
    expect(answer.exitCode).toBe(0);
    expect(door.steps).toEqual(['key', 'drain', 'stop']);
    expect(existsSync(join(folder, 'endpoint.json'))).toBe(false);
  });

  it('[CF2] a start that is refused says why, with every problem', async () => {
    const refusing: ServerDoor = {
      ...fakeServer('', '', ''),
      async start() {
        throw new CliFailure(sentence('configurationRefused'), {
          exitCode: 2,
          name: 'usage',
          details: ['port: taken', 'host: odd'],
        });
      },
    };
    const answer = await runTyped(['serve'], { door: refusing });
    expect(answer.exitCode).toBe(2);
    expect(answer.err).toContain('  port: taken\n  host: odd');
  });
});

describe('a second server', () => {
  it('[CLI2a] is refused while the first one answers, and let start over what a dead one left', async () => {
    const api = await startFakeApi({});
    await expect(refuseSecondServer(api.folder)).rejects.toThrow('alreadyRunning');
    await expect(refuseSecondServer(makeFolder())).resolves.toBeUndefined();
    await api[Symbol.asyncDispose]();
    await expect(refuseSecondServer(api.folder)).resolves.toBeUndefined();
  });
});

describe('config', () => {
  it('[CF1] prints each value with where it came from', async () => {
    const door = fakeServer('', '', '');
    const answer = await runTyped(['config', '--config', 'a.json'], { door, folder: '/typed/here' });
    expect([answer.exitCode, answer.out]).toEqual([0, 'setting  value  source\nport     7080   default\n']);
    expect(door.typed[0]?.file).toBe('/typed/here/a.json');
    const json = await runTyped(['config', '--json'], { door });
    expect(json.json()).toEqual([{ values: [{ path: 'port', value: 7080, source: 'default' }] }]);
  });

  it('[CF2] prints every problem at once and ends with 2', async () => {
    const answer = await runTyped(['config', '--port', '1'], { door: fakeServer('', '', '') });
    expect(answer.exitCode).toBe(2);
    expect(answer.err).toContain('  port: 1 is not allowed\n  hots: did you mean host?');
  });
});
