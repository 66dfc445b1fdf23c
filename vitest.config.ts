import { defineConfig } from 'vitest/config';

// Tests run from source (the `source` condition), without a build. `isolate: false` keeps a
// thousand small files at two seconds; it also means: no module-level mutable state.
const resolve = { conditions: ['source'] };
const ssr = { resolve: { conditions: ['source'] } };

const suite = (name: string, include: string[], slow = false) => ({
  resolve,
  ssr,
  test: {
    name,
    include,
    isolate: slow,
    testTimeout: slow ? 60_000 : 20_000,
    hookTimeout: slow ? 60_000 : 20_000,
    execArgv: ['--conditions=source'],
  },
});

export default defineConfig({
  test: {
    projects: [
      suite('token', ['packages/token/src/**/*.test.ts']),
      suite('protocol', ['packages/protocol/src/**/*.test.ts']),
      suite('server', ['packages/server/src/**/*.test.ts']),
      suite('cli', ['packages/cli/src/**/*.test.ts']),
      suite('house', ['test/house/**/*.test.ts']),
      suite('proven', ['test/proven/**/*.test.ts'], true),
    ],
  },
});
