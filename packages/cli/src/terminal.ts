import { once } from 'node:events';
import { sep } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { ServerDoor } from './server-door.ts';

/** Everything a command touches of the world around it; tests give their own. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the person stands: paths that were typed are taken from here. */
  readonly folder: string;
  /** Where the process stands: the default data directory lies here. */
  readonly workFolder: string;
  /** Whether colour may be used: only when standard output is a terminal and NO_COLOR is not set (CLI3). */
  readonly colour: boolean;
  /** Whether somebody sits there who can answer a question. */
  readonly interactive: boolean;
  /** Whether standard error is a terminal: there progress moves on one line. */
  readonly progressLine: boolean;
  /** Unix milliseconds. */
  nowMs(): number;
  /** Calls back at every wish that this process stop: TERM, INT, HUP, or the starter gone. Until the returned call. */
  onStopWish(listener: () => void): () => void;
  /** Loads the server: only `up`, `serve` and `config` do. */
  openServerDoor(): Promise<ServerDoor>;
}

// `disconnect`: the bootstrap of a clone holds a channel to us, and is gone.
const stopWishes = ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect'] as const;

/** The terminal of this process; `openServerDoor` comes from the entry, so that nothing here imports the server. */
export function createTerminal(
  process: NodeJS.Process,
  openServerDoor: Terminal['openServerDoor'],
): Terminal {
  const { stdin, stdout, stderr, env } = process;
  return {
    stdin,
    stdout,
    stderr,
    env,
    folder: typedFrom(process.cwd(), env['INIT_CWD']),
    workFolder: process.cwd(),
    colour: stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    progressLine: stderr.isTTY === true,
    nowMs: () => Date.now(),
    openServerDoor,
    onStopWish(listener) {
      for (const wish of stopWishes) process.on(wish, listener);
      return () => {
        for (const wish of stopWishes) process.off(wish, listener);
      };
    },
  };
}

// npm moves a script up to its package and says where the person stood. Only a folder below is believed: the
// variable is inherited by everything npm ever started.
function typedFrom(workFolder: string, initial: string | undefined): string {
  return initial?.startsWith(workFolder + sep) === true ? initial : workFolder;
}

/** Writes, and waits while the reader is slow, so that output never piles up in memory. */
export async function writeAll(stream: Writable, text: string): Promise<void> {
  if (stream.destroyed || stream.write(text)) return;
  await once(stream, 'drain');
}
