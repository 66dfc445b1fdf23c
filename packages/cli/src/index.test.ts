import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as cli from './index.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const node = (...args: readonly string[]): string =>
  execFileSync(process.execPath, ['--conditions=source', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  }).toString();

describe('the package', () => {
  it('[CLI3] exports a short list', () => {
    expect(Object.keys(cli)).toEqual(['commandNames', 'runRoomkey']);
  });

  it('[CLI3] does nothing when imported', () => {
    const index = new URL('./index.ts', import.meta.url).href;
    expect(node('--input-type=module', '-e', `await import(${JSON.stringify(index)})`)).toBe('');
  });

  it('[CLI3] works offline for tokens: nothing on the way to them loads the server', () => {
    const preload = `data:text/javascript,${encodeURIComponent(`
      import { registerHooks } from 'node:module';
      registerHooks({ resolve(specifier, context, next) {
        if (/^(?:@roomkey.server|fastify|kysely|pino)/.test(specifier)) throw new TypeError('loads ' + specifier);
        return next(specifier, context);
      } });`)}`;
    const argv = ['--import', preload, main, 'token', 'mint', '--help'];
    expect(node(...argv)).toContain('--temporary');
    // The control: the hook is there and throws.
    expect(() => node('--import', preload, '--input-type=module', '-e', "await import('pino')")).toThrow(
      'loads pino',
    );
  });

  it('[CLI3] ends quietly when its reader has seen enough', () => {
    const line = `"${process.execPath}" --conditions=source "${main}" --help | head -1`;
    expect(execFileSync('sh', ['-c', line]).toString()).toContain('roomkey');
  });
});
