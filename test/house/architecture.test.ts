import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkImports, modulesWithoutLevel, specifiersOf } from './import-rules.ts';
import { findFiles, readFiles, root } from './tree.ts';

const sources = readFiles(root, /^packages\/[^/]+\/src\/.*\.ts$/);
const manifests = findFiles(root, /^packages\/[^/]+\/package\.json$/);
const dependencies = Object.fromEntries(
  manifests.map((path) => {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8'));
    return [path.split('/')[1] ?? '', Object.keys(manifest.dependencies ?? {})];
  }),
);

/** Why one import, planted in a file of that path, is refused; '' if it is allowed. */
function verdict(path: string, line: string): string {
  const problems = checkImports([{ path: `packages/${path}`, text: line }], { server: ['ws'], token: [] });
  return problems.map((problem) => problem.why).join('; ');
}

describe('the one order of imports', () => {
  it('holds in every source of the repo', () => {
    expect(checkImports(sources, dependencies)).toEqual([]);
  });

  it('has a level for every module of the server', () => {
    expect(modulesWithoutLevel(sources.map((file) => file.path))).toEqual([]);
    expect(modulesWithoutLevel(['packages/server/src/billing/index.ts'])).toEqual(['billing']);
  });

  it.each([
    ['token/src/a.ts', "import { x } from '@roomkey/protocol';", 'token may not import protocol'],
    ['protocol/src/a.ts', "export type { X } from '@roomkey/token';", 'protocol may not import token'],
    ['client/src/a.ts', "import { mintToken } from '@roomkey/token';", 'client may not import token'],
    ['token/src/a.test.ts', "import { x } from '@roomkey/server';", 'token may not import server'],
    ['cli/src/a.ts', "import { x } from '@roomkey/server/testing';", 'only tests use the testing door'],
    ['token/src/a.ts', "import { x } from 'ws';", 'ws is not a dependency of token'],
    ['server/src/signal/a.ts', "import { x } from 'jose';", 'jose is not a dependency of server'],
    ['server/src/sessions/a.ts', "import { x } from '#access';", 'access stands above sessions'],
    ['server/src/sessions/a.ts', "import type { X } from '#rooms';", 'rooms stands above sessions'],
    ['server/src/rooms/a.ts', "export { x } from '#planes';", 'rooms and planes stand on one level'],
    ['server/src/signal/a.ts', "const x = await import('#api');", 'signal and api stand on one level'],
    ['server/src/access/a.ts', "import { x } from '#testing';", 'only tests import testing'],
    ['server/src/access/a.ts', "import { x } from '#config';", 'only create-access-server and main'],
    ['server/src/config/a.ts', "import { x } from '#policy';", 'config may import kernel only'],
    ['server/src/access/a.ts', "import { x } from '#rooms/ring';", 'through its index only'],
    ['server/src/access/a.ts', "import { x } from '#billing';", 'module billing has no level'],
    ['server/src/access/a.ts', "import { x } from '../rooms/ring.ts';", 'imported as #rooms, not by path'],
    ['server/src/access/a.ts', "import { x } from '../main.ts';", 'imported as #name, not by path'],
    [
      'server/src/access/a.ts',
      "import { x } from '../testing/fake-clock.ts';",
      'imported as #testing, not by path',
    ],
    ['server/src/a.ts', "import { x } from '../../token/src/index.ts';", 'leaves the package'],
    ['server/src/access/a.ts', "import {\n  x,\n  y,\n} from '#signal';", 'signal stands above access'],
  ])('refuses in %s: %s', (path, line, why) => {
    expect(verdict(path, line)).toContain(why);
  });

  it.each([
    ['server/src/access/a.ts', "import { x } from '#sessions';"],
    ['server/src/access/a.ts', "import { x } from '@roomkey/token';\nimport 'node:fs';"],
    ['server/src/create-access-server.ts', "import { x } from '#signal';\nimport { y } from '#config';"],
    ['server/src/sessions/a.test.ts', "import { FakeClock } from '#testing';"],
    ['server/src/sessions/a.test.ts', "import { FakeClock } from '../testing/fake-clock.ts';"],
    ['server/src/testing/start-test-server.ts', "import { x } from '../create-access-server.ts';"],
    ['server/src/planes/media-livekit/dial.ts', "import { x } from '../index.ts';"],
    ['server/src/signal/a.ts', "import { WebSocketServer } from 'ws';"],
    ['cli/src/a.ts', "import { createAccessServer } from '@roomkey/server';"],
    ['token/src/a.ts', "import { createHash } from 'node:crypto';\nimport { b } from './b.ts';"],
  ])('allows in %s: %s', (path, line) => {
    expect(verdict(path, line)).toBe('');
  });

  it('reads specifiers whatever the form, and none out of comments or strings', () => {
    const source = [
      "import a from './a.ts';",
      "import type { B } from './b.ts';",
      "export {\n  c,\n} from './c.ts';",
      "export * from './d.ts';",
      "import './e.ts';",
      "type F = import('./f.ts').F;",
      "new Worker(new URL('./g.ts', import.meta.url));",
      " * import h from './h.ts';",
      "// import i from './i.ts';",
      "const text = 'taken from';",
    ];
    const found = [...specifiersOf(source.join('\n'))].sort();
    expect(found).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `./${name}.ts`));
  });
});

describe('the shape of packages and modules', () => {
  it('has no package without sources', () => {
    for (const manifest of manifests) {
      const folder = manifest.replace('package.json', 'src/index.ts');
      expect(
        sources.map((file) => file.path),
        `${manifest} needs an index`,
      ).toContain(folder);
    }
  });

  it('opens every module of the server with what it owns and never does', () => {
    const paths = new Set(sources.map((file) => file.path));
    const folders = new Set(
      [...paths].flatMap((path) => /^packages\/server\/src\/[^/]+\//.exec(path)?.[0] ?? []),
    );
    for (const folder of folders) {
      const index = sources.find((file) => file.path === `${folder}index.ts`);
      expect(index, `${folder} needs an index.ts`).toBeDefined();
      const opening = /^\/\*\*[\s\S]*?\*\//.exec(index?.text ?? '')?.[0].split('\n').length ?? 0;
      expect(opening, `${folder}index.ts opens with 5 to 15 lines of comment`).toBeGreaterThanOrEqual(5);
      expect(opening, `${folder}index.ts opens with 5 to 15 lines of comment`).toBeLessThanOrEqual(17);
    }
  });

  it('names every export: no `export *` in sources', () => {
    const starred = sources.filter((file) => /^export \*/m.test(file.text)).map((file) => file.path);
    expect(starred).toEqual([]);
  });
});
