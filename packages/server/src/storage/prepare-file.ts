import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { RoomkeyError } from '#kernel';

/**
 * Makes the folder (0700) and the file (0600), so that SQLite's own files take the same rights.
 *
 * @throws {RoomkeyError} `readOnly`, `storageFull` or `internal`.
 */
export function prepareFile(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    accessSync(dirname(file), constants.W_OK);
  } catch (cause) {
    throw new RoomkeyError(nameOf(cause), { cause });
  }
}

function nameOf(failure: unknown): 'readOnly' | 'storageFull' | 'internal' {
  const code = failure instanceof Error && 'code' in failure ? failure.code : undefined;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'readOnly';
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'storageFull' : 'internal';
}
