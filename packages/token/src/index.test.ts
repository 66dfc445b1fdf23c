import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as api from './index.ts';
import * as testing from './testing.ts';

const SOURCE = new URL('./', import.meta.url);
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });
const product = files.filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('testing'),
);
const textOf = (file: string): string => readFileSync(new URL(file, SOURCE), 'utf8');

it('[TK18] the public doors offer exactly these names', () => {
  expect(Object.keys(api).sort()).toEqual([
    'OPEN_REFUSAL_CODES',
    'TokenArgumentError',
    'createKeyring',
    'createTokenKey',
    'formatOf',
    'generateToken03',
    'generateToken04',
    'generateToken04Gcm',
    'mintToken',
    'openToken',
    'openTokenWithDetail',
    'parsePayload',
    'peekToken',
    'privilegePayload',
    'tokenDigest',
  ]);
  expect(Object.keys(testing).sort()).toEqual(['openCounted', 'sealFixed', 'sealJson']);
});

it('[TK18] it has no dependency, and imports nothing but Node and itself', () => {
  const manifest = JSON.parse(textOf('../package.json')) as Record<string, unknown>;
  expect(manifest['dependencies']).toBeUndefined();
  for (const file of product) {
    const imports = [...textOf(file).matchAll(/from '([^']+)'/g)].map((match) => match[1] as string);
    const foreign = imports.filter((name) => !name.startsWith('./') && !name.startsWith('node:'));
    expect(foreign, file).toEqual([]);
  }
});

it('[TK15] only the drop-ins read a clock, and nothing reads the environment or prints', () => {
  const reading = product.filter((file) => /Date\.now|new Date|performance/.test(textOf(file)));
  expect(reading.sort()).toEqual(['generate-token03.ts', 'generate-token04-gcm.ts', 'generate-token04.ts']);
  expect(product.filter((file) => /process\.|console\./.test(textOf(file)))).toEqual([]);
});

it('[TK18] importing it prints nothing, leaves nothing running and adds no global', () => {
  const door = fileURLToPath(new URL('index.ts', SOURCE));
  const script = `
    const before = Object.keys(globalThis).length;
    await import(${JSON.stringify(door)});
    process.stdout.write(JSON.stringify([Object.keys(globalThis).length - before]));`;
  const args = ['--conditions=source', '--input-type=module', '-e', script];
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('[0]');
});
