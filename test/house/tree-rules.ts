import type { TreeFile } from './tree.ts';

// Assembled from parts, so that this file passes its own check.
const joined = (...parts: readonly string[]): string => parts.join('');
const unfinished = new RegExp(
  [
    `\\b(?:${joined('TO', 'DO')}|${joined('FIX', 'ME')}|${joined('XX', 'X')}|${joined('HA', 'CK')})\\b`,
    `\\b[Nn]ot ${joined('imple', 'mented')}\\b`,
    `\\b(?:${joined('place', 'holder')}|${joined('st', 'ub')})s?\\b`,
  ].join('|'),
);
const machinePath = new RegExp(`(?:^|[\\s"'\`(=:])/(?:${joined('ho', 'me')}|root|Users|work)/[\\w.-]+`);
const packageHost = new RegExp(
  `\\b(?:${joined('regis', 'try')}\\.[a-z0-9-]+\\.|${joined('npm', 'mirror')}|${joined('arti', 'factory')})`,
);
const focused =
  /\b(?:it|test|describe)(?:\.\w+)*\.(?:only|skip|todo|fails)(?:\(|\.each)|\b(?:xit|xdescribe|fit|fdescribe)\(/;
const vagueNames = ['utils', 'helpers', 'common', 'types', 'misc', 'util', 'helper'];

/** Where the lines of a file match; as `path:line: text`. */
function linesThat(file: TreeFile, pattern: RegExp): readonly string[] {
  return file.text
    .split('\n')
    .flatMap((line, index) =>
      pattern.test(line) ? [`${file.path}:${index + 1}: ${line.trim().slice(0, 90)}`] : [],
    );
}

/** Words of unfinished work in sources. */
export const unfinishedLines = (files: readonly TreeFile[]): readonly string[] =>
  files.flatMap((file) => linesThat(file, unfinished));

/** Paths of one machine, and hosts packages were fetched from. */
export const machineLines = (files: readonly TreeFile[]): readonly string[] =>
  files.flatMap((file) => [...linesThat(file, machinePath), ...linesThat(file, packageHost)]);

/** Tests that are switched off, or that switch the others off. */
export const focusedLines = (files: readonly TreeFile[]): readonly string[] =>
  files.flatMap((file) => linesThat(file, focused));

/** Source files whose name is not kebab-case, or says nothing. */
export function badNames(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => {
    const name = path.split('/').at(-1) ?? '';
    const stem = name.split('.')[0] ?? '';
    return !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)+$/.test(name) || vagueNames.includes(stem);
  });
}

/** Entries of a lock file that carry an address; they would bind a clone to one host. */
export const addressesIn = (lock: string): number =>
  [...lock.matchAll(/"resolved": "(?:https?|git)/g)].length;

/** One installed package, from the lock file and its own manifest. */
export interface InstalledPackage {
  readonly name: string;
  /** What its manifest states: SPDX text, or '' if none. */
  readonly licence: string;
  /** Only built or tested with, not run by users. */
  readonly isDev: boolean;
}

const free = ['MIT', 'MIT-0', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', 'BlueOak-1.0.0'];
const freeChoices = ['CC0-1.0', 'Unlicense', 'Zlib', 'Python-2.0'];
/** Tools under other licences that never ship: name and licence, decided one by one. */
const toolsAllowed: Readonly<Record<string, string>> = { lightningcss: 'MPL-2.0' };

const isFree = (licence: string): boolean => {
  const bare = licence.replace(/^\(|\)$/g, '');
  if (bare.includes(' OR ')) return bare.split(' OR ').some(isFree);
  if (bare.includes(' AND ')) return bare.split(' AND ').every(isFree);
  return free.includes(bare);
};

/** Packages whose licence is not on the list, as `name: licence`. */
export function licenceProblems(packages: readonly InstalledPackage[]): readonly string[] {
  return packages
    .filter(({ name, licence, isDev }) => {
      if (isFree(licence) || (isDev && freeChoices.includes(licence))) return false;
      const tool = Object.keys(toolsAllowed).find((each) => name === each || name.startsWith(`${each}-`));
      return !(isDev && tool !== undefined && toolsAllowed[tool] === licence);
    })
    .map(({ name, licence }) => `${name}: ${licence === '' ? 'none stated' : licence}`);
}
