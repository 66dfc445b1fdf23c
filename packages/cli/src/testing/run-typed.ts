import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { runRoomkey } from '../run-roomkey.ts';
import type { ServerDoor } from '../server-door.ts';
import type { Terminal } from '../terminal.ts';

/** What a command line answered. */
export interface Answer {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  /** Every line of standard output as JSON. */
  json(): readonly Record<string, unknown>[];
}

/** What a test sets of the world around a command. */
export interface World {
  readonly input?: string | AsyncIterable<string | Buffer>;
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly colour?: boolean;
  readonly nowMs?: number;
  readonly door?: ServerDoor;
  /** Called with every piece of standard output. */
  readonly watchOut?: (piece: string) => void;
  /** Given the way to wish that the command stop. */
  readonly stopWith?: (stop: () => void) => void;
}

/** Runs a command line in this process and collects what it writes. */
export async function runTyped(argv: readonly string[], world: World = {}): Promise<Answer> {
  const out = collector(world.watchOut);
  const err = collector();
  const folder = world.folder ?? tmpdir();
  const terminal: Terminal = {
    stdin: Readable.from(
      world.input === undefined ? [] : typeof world.input === 'string' ? [world.input] : world.input,
    ),
    stdout: out.stream,
    stderr: err.stream,
    env: world.env ?? {},
    folder,
    workFolder: folder,
    colour: world.colour ?? false,
    interactive: false,
    progressLine: false,
    nowMs: () => world.nowMs ?? 1_795_488_930_000,
    async openServerDoor() {
      if (world.door === undefined) throw new TypeError('this test gives no server door');
      return world.door;
    },
    onStopWish(listener) {
      world.stopWith?.(listener);
      return () => {};
    },
  };
  const exitCode = await runRoomkey(argv, terminal);
  return {
    exitCode,
    out: out.text(),
    err: err.text(),
    json: () =>
      out
        .text()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** A new folder for one test, in the system's temporary place. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'roomkey-cli-'));
}

function collector(watch?: (piece: string) => void): { readonly stream: Writable; text(): string } {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write(piece: Buffer, _encoding, done) {
      pieces.push(piece);
      watch?.(piece.toString('utf8'));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(pieces).toString('utf8') };
}
