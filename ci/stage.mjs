import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repo's root folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where stages keep what they install: the user's cache folder, never the repo. */
export function cacheFolder(name) {
  const base = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const folder = join(base, 'roomkey', name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** What a stage works with: commands that run in the root with their output shown. */
export function createStage() {
  /** Runs a command; resolves to its exit code. */
  const run = (command, args, { cwd = root, env = {} } = {}) =>
    new Promise((resolve) => {
      const child = spawn(command, args, {
        cwd,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      child.on('error', (error) => {
        console.error(`${command}: ${error.message}`);
        resolve(127);
      });
      child.on('close', (code) => resolve(code ?? 1));
    });

  /** Runs one gate: a command that is right or wrong as a whole. */
  const gate = async (command, args, options) =>
    (await run(command, args, options)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };

  /** Runs Vitest projects and counts their tests, unhandled errors and modules that would not load. */
  const vitest = async (...projects) => {
    const folder = mkdtempSync(join(tmpdir(), 'roomkey-ci-'));
    const file = join(folder, 'count.json');
    const chosen = projects.flatMap((project) => ['--project', project]);
    const code = await run(
      'vitest',
      ['run', ...chosen, '--reporter=default', `--reporter=${join(root, 'ci', 'count-reporter.mjs')}`],
      {
        env: { ROOMKEY_COUNT_FILE: file },
      },
    );
    try {
      const count = JSON.parse(readFileSync(file, 'utf8'));
      return { passed: count.passed, failed: count.failed > 0 || code === 0 ? count.failed : 1 };
    } catch {
      // No count: Vitest itself did not get to its end.
      return { passed: 0, failed: 1 };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  return { run, gate, vitest };
}

/** Adds up results. */
export const sumResults = (...results) => ({
  passed: results.reduce((sum, each) => sum + each.passed, 0),
  failed: results.reduce((sum, each) => sum + each.failed, 0),
});
