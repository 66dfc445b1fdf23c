import { dirname, join, normalize } from 'node:path';
import type { TreeFile } from './tree.ts';

/** One import that the order of packages or modules does not allow. */
export interface ImportProblem {
  readonly path: string;
  readonly specifier: string;
  readonly why: string;
}

/** What each package may import of the others. */
const packagesBelow: Readonly<Record<string, readonly string[]>> = {
  token: [],
  protocol: [],
  client: ['protocol'],
  server: ['token', 'protocol'],
  cli: ['token', 'protocol', 'server', 'client'],
};

/** The modules of the server, lowest level first; modules of one level never import each other. */
const levels: readonly (readonly string[])[] = [
  ['kernel'],
  ['storage', 'cluster'],
  ['apps'],
  ['policy'],
  ['admission'],
  ['sessions'],
  ['rooms', 'planes', 'migration', 'audit'],
  ['access'],
  ['signal', 'api'],
];
const levelOf = (module: string): number => levels.findIndex((level) => level.includes(module));

/** Module specifiers of a source: imports, type imports, re-exports and `import()`; comments left out. */
export function specifiersOf(source: string): readonly string[] {
  const code = source
    .split('\n')
    .filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line))
    .join('\n');
  const patterns = [
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\s*\(\s*['"`]([^'"`]+)['"`]/g,
    /\b(?:vi\.(?:mock|doMock)|require)\(\s*['"]([^'"]+)['"]/g,
    /\bnew URL\(\s*['"](\.[^'"]+\.m?[jt]s)['"]\s*,\s*import\.meta\.url/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ''));
}

interface Place {
  readonly package: string;
  /** The server's module, or '' for a file directly in src. */
  readonly module: string;
  readonly isTest: boolean;
}

function placeOf(path: string): Place | undefined {
  const match = /^packages\/([^/]+)\/src\/(?:([^/]+)\/)?[^/]/.exec(path);
  if (match === null) return undefined;
  const isTest = path.endsWith('.test.ts') || path.includes('/testing/') || /-contract\.ts$/.test(path);
  return { package: match[1] ?? '', module: match[2] ?? '', isTest };
}

function whyNotPackage(from: Place, specifier: string): string | undefined {
  const [, target = '', door = ''] = specifier.split('/');
  const below = packagesBelow[from.package];
  if (below === undefined) return `package ${from.package} has no place in the order of imports`;
  if (target === from.package) return 'a package does not import itself by name';
  if (door === 'testing' && !from.isTest) return 'only tests use the testing door';
  if (below.includes(target)) return undefined;
  // Tests cross packages, but nothing of the server reaches below it.
  return from.isTest && target !== 'server' ? undefined : `${from.package} may not import ${target}`;
}

function whyNotModule(from: Place, target: string): string | undefined {
  if (from.package !== 'server') return 'only the server has modules';
  if (target.includes('/')) return 'a module is used through its index only';
  const isSide = target === 'testing' || target === 'config';
  if (!isSide && levelOf(target) < 0) return `module ${target} has no level`;
  if (target === from.module) return 'a module does not import itself by name';
  if (from.isTest) return undefined;
  if (target === 'testing') return 'only tests import testing';
  if (from.module === '') return undefined;
  if (target === 'config') return 'only create-access-server and main import config';
  if (from.module === 'config') return target === 'kernel' ? undefined : 'config may import kernel only';
  const [own, other] = [levelOf(from.module), levelOf(target)];
  if (own < 0) return `module ${from.module} has no level`;
  if (own === other) return `${from.module} and ${target} stand on one level`;
  return own > other ? undefined : `${target} stands above ${from.module}`;
}

function whyNotRelative(from: Place, path: string, specifier: string): string | undefined {
  const to = placeOf(normalize(join(dirname(path), specifier)));
  if (to === undefined || to.package !== from.package) return 'a relative path leaves the package';
  if (from.package !== 'server' || to.module === from.module) return undefined;
  // A test that needs one helper does not load the whole server; the test server is made of the server itself.
  if (from.isTest && to.module === 'testing') return undefined;
  if (from.module === 'testing' && to.module === '') return undefined;
  return `another module is imported as #${to.module || 'name'}, not by path`;
}

/** What is wrong with one import of one file, if anything is. */
function whyNot(path: string, specifier: string, declared: readonly string[]): string | undefined {
  const from = placeOf(path);
  if (from === undefined || specifier.startsWith('node:')) return undefined;
  if (specifier.startsWith('@roomkey/')) return whyNotPackage(from, specifier);
  if (specifier.startsWith('#')) return whyNotModule(from, specifier.slice(1));
  if (specifier.startsWith('.')) return whyNotRelative(from, path, specifier);
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  return from.isTest || declared.includes(name)
    ? undefined
    : `${name} is not a dependency of ${from.package}`;
}

/**
 * Checks every import of sources under packages/<name>/src against the one order of imports.
 * `dependencies` maps a package's folder to the names its manifest declares.
 */
export function checkImports(
  files: readonly TreeFile[],
  dependencies: Readonly<Record<string, readonly string[]>>,
): readonly ImportProblem[] {
  return files.flatMap(({ path, text }) =>
    specifiersOf(text).flatMap((specifier) => {
      const declared = dependencies[placeOf(path)?.package ?? ''] ?? [];
      const why = whyNot(path, specifier, declared);
      return why === undefined ? [] : [{ path, specifier, why }];
    }),
  );
}

/** Modules of the server that are there but have no level, so that a new one is given its place first. */
export function modulesWithoutLevel(paths: readonly string[]): readonly string[] {
  const modules = paths
    .map(placeOf)
    .filter((place) => place?.package === 'server')
    .map((place) => place?.module ?? '');
  const known = ['', 'config', 'testing', ...levels.flat()];
  return [...new Set(modules)].filter((module) => !known.includes(module));
}
