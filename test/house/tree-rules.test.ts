import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFiles, readFiles, root } from './tree.ts';
import {
  addressesIn,
  badNames,
  focusedLines,
  type InstalledPackage,
  licenceProblems,
  machineLines,
  unfinishedLines,
} from './tree-rules.ts';

const code = readFiles(root, /^(?:packages|tools|ci|\.ci|bench|test)\/.*(?:\.(?:ts|mjs)|\/run)$/);
const texts = readFiles(root, /\.(?:ts|mjs|md|json|txt|yml)$|(?:^|\/)(?:LICENSE|NOTICE|run)$/);
const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
const planted = (text: string) => [{ path: 'a.ts', text }];

describe('sources are finished work', () => {
  it('holds no word of unfinished work', () => {
    expect(unfinishedLines(code)).toEqual([]);
    for (const bad of [
      ['// TO', 'DO: x'],
      ['// FIX', 'ME'],
      ['throw Error("not imple', 'mented")'],
    ]) {
      expect(unfinishedLines(planted(bad.join('')))).toHaveLength(1);
    }
    expect(unfinishedLines(planted('// a stubborn lock; todos'))).toEqual([]);
  });

  it('holds no path of one machine and no host packages come from', () => {
    expect(machineLines(texts)).toEqual([]);
    for (const bad of [
      ["read('/ho", "me/ann/x')"],
      ['https://regis', 'try.example.org/x'],
    ]) {
      expect(machineLines(planted(bad.join('')))).toHaveLength(1);
    }
    expect(machineLines(planted("get('/api/v1/apps'); // homework/x, and/or"))).toEqual([]);
  });

  it('keeps addresses out of the lock file', () => {
    expect(addressesIn(lock)).toBe(0);
    expect(addressesIn('"resolved": "https://x/y.tgz"')).toBe(1);
  });

  it('switches no test off and none on alone', () => {
    expect(focusedLines(code)).toEqual([]);
    for (const bad of [
      ['it.on', "ly('x')"],
      ['describe.sk', "ip('x')"],
      ['it.concurrent.to', "do('x')"],
    ]) {
      expect(focusedLines(planted(bad.join('')))).toHaveLength(1);
    }
    expect(focusedLines(planted("it.skipIf(process.platform === 'win32')('x', run)"))).toEqual([]);
  });

  it('names files in kebab-case, by what they hold', () => {
    const paths = findFiles(root, /^(?:packages\/[^/]+\/src|tools|ci|bench|test)\/.*\.(?:ts|mjs)$/);
    expect(badNames(paths)).toEqual([]);
    expect(badNames(['src/decideLogin.ts', 'src/utils.ts', 'src/types.ts', 'src/a_b.ts'])).toHaveLength(4);
    expect(badNames(['src/decide-login.test.ts', 'stages/10-format.mjs'])).toEqual([]);
  });
});

describe('licences of what is installed', () => {
  interface LockEntry {
    readonly dev?: boolean;
    readonly link?: boolean;
  }
  const entries = Object.entries(JSON.parse(lock).packages as Record<string, LockEntry>);
  const installed = entries
    .filter(([path, entry]) => path.includes('node_modules/') && entry.link !== true)
    .filter(([path]) => existsSync(join(root, path, 'package.json')))
    .map(([path, entry]): InstalledPackage => {
      const manifest = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
      const licence = manifest.license?.type ?? manifest.license ?? manifest.licenses?.[0]?.type ?? '';
      return { name: manifest.name ?? path, licence, isDev: entry.dev === true };
    });

  it('allows what is on the list, and nothing else', () => {
    expect(installed.length).toBeGreaterThan(50);
    expect(licenceProblems(installed)).toEqual([]);
  });

  it('refuses a strong licence, an unstated one, and a tool that would ship', () => {
    const one = (licence: string, isDev = false, name = 'x') => licenceProblems([{ name, licence, isDev }]);
    for (const bad of ['GPL-3.0-only', 'AGPL-3.0', 'SSPL-1.0', '', 'MPL-2.0', 'UNLICENSED']) {
      expect(one(bad)).toHaveLength(1);
    }
    expect(one('MPL-2.0', false, 'lightningcss')).toHaveLength(1);
    expect(one('MPL-2.0', true, 'lightningcss')).toEqual([]);
    expect(one('MIT AND GPL-3.0-only')).toHaveLength(1);
    for (const good of ['MIT', 'MIT OR Apache-2.0', '(MIT OR CC0-1.0)', 'MIT AND ISC']) {
      expect(one(good)).toEqual([]);
    }
  });
});

describe('titles of tests', () => {
  it('name a rule in most files; the files that name none are told', () => {
    const tests = code.filter((file) => /^packages\/.*\.test\.ts$/.test(file.path));
    const bare = tests.filter((file) => !/['"`]\[[A-Z]{2,3}\d/.test(file.text)).map((file) => file.path);
    // Some files test plain mechanics that no rule speaks of: told, and bounded.
    if (bare.length > 0) console.warn(`test files in which no title names a rule:\n  ${bare.join('\n  ')}`);
    expect(bare.length).toBeLessThanOrEqual(tests.length / 2);
  });
});
