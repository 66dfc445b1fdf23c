import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly told: {
    readonly url: string;
    readonly apiKeyFile: string;
    readonly demo: { readonly appId: number; readonly appSignFile: string; readonly secretFile: string };
  };
}

/** Starts as a person does: the README's command without npm, which the test run itself came through. */
async function startUp(dataDir: string): Promise<Running> {
  const args = [
    'tools/bootstrap.mjs',
    'packages/cli/src/main.ts',
    'up',
    '--port',
    '0',
    '--data',
    dataDir,
    '--json',
  ];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  return { child, told: JSON.parse(line) };
}

async function roomkey(...args: string[]): Promise<{ readonly code: number | null; readonly out: string }> {
  const child = spawn(process.execPath, ['tools/bootstrap.mjs', 'packages/cli/src/main.ts', ...args], {
    cwd: root,
  });
  let out = '';
  child.stdout.on('data', (piece) => {
    out += piece;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out };
}

async function stop({ child }: Running): Promise<number | null> {
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

describe('the first run', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'roomkey-up-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('[CLI2a] up serves logins, tells where its secrets lie (0600), is found by other commands, and drains on TERM', async () => {
    const running = await startUp(dataDir);
    const { url, apiKeyFile, demo } = running.told;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    for (const file of [apiKeyFile, demo.appSignFile, demo.secretFile, join(dataDir, 'master-key')]) {
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    }
    const login = [
      'try',
      'login',
      '--app',
      String(demo.appId),
      '--room',
      'room1',
      '--user',
      'demo',
      '--data',
      dataDir,
      '--stay',
      '0',
      '--json',
    ];
    expect((await roomkey(...login, '--app-sign-file', demo.appSignFile)).code).toBe(0);
    const shown = await roomkey('policy', 'show', '--app', String(demo.appId), '--data', dataDir, '--json');
    expect(JSON.parse(shown.out)).toMatchObject({ policy: { forced: false } });

    const forced = await roomkey(
      'policy',
      'set',
      'forced=true',
      '--app',
      String(demo.appId),
      '--data',
      dataDir,
      '--json',
      '--yes',
    );
    expect(forced.code).toBe(0);
    const refused = await roomkey(...login, '--app-sign-file', demo.appSignFile);
    expect(refused.code).toBe(1);
    const diagnosis = /"diagnosis":\s*"([^"]+)"/.exec(refused.out)?.[1] ?? '';
    const why = await roomkey('why', diagnosis, '--data', dataDir, '--json');
    expect(JSON.parse(why.out)).toMatchObject({ appId: demo.appId, diagnosis: { error: 'noToken' } });
    expect(await stop(running)).toBe(0);
  });

  it('[ST4] a second start finds the app, its policy and its key again', async () => {
    const first = await startUp(dataDir);
    const appId = String(first.told.demo.appId);
    await roomkey('policy', 'set', 'forced=true', '--app', appId, '--data', dataDir, '--yes');
    const key = await readFile(first.told.apiKeyFile, 'utf8');
    await stop(first);
    const second = await startUp(dataDir);
    const shown = await roomkey('policy', 'show', '--app', appId, '--data', dataDir, '--json');
    expect(JSON.parse(shown.out)).toMatchObject({ policy: { forced: true }, policyVersion: 2 });
    expect(await readFile(second.told.apiKeyFile, 'utf8')).toBe(key);
    await stop(second);
  });
});
