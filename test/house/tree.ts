import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repo's root folder. */
export const root: string = join(import.meta.dirname, '..', '..');

const outside = new Set(['node_modules', 'dist', 'coverage', '.git', '.roomkey']);

/** One text file of a tree: its path with `/` between folders, and its content. */
export interface TreeFile {
  readonly path: string;
  readonly text: string;
}

/** Paths of all files under `from` that match, without what is installed, built or git's own; sorted. */
export function findFiles(from: string, wanted: RegExp): readonly string[] {
  const walk = (folder: string): string[] =>
    readdirSync(join(from, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return outside.has(entry.name) ? [] : walk(path);
      return entry.isFile() && wanted.test(path) ? [path] : [];
    });
  return walk('').sort();
}

/** The same files with their content. */
export function readFiles(from: string, wanted: RegExp): readonly TreeFile[] {
  return findFiles(from, wanted).map((path) => ({ path, text: readFileSync(join(from, path), 'utf8') }));
}
