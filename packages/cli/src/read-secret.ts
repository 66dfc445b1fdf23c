import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { CommandCall } from './command-call.ts';
import { usageFailure } from './failure.ts';
import { sentence } from './sentence.ts';

/** The bytes of a server secret (TK2). */
export const serverSecretBytes = 32;

/** Longest file that is read for a secret: a wrong file name must not fill the memory. */
const maxFileBytes = 4096;

const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * A server secret out of a file; `-` is standard input. One newline at its end is not part of it, and that is said.
 *
 * @throws {CliFailure} of usage when it cannot be read or is not 32 bytes. No text holds a byte of it.
 */
export async function readServerSecret(call: CommandCall, file: string): Promise<Buffer> {
  const bytes = await readSmallFile(call, file);
  const secret = bytes.length === serverSecretBytes ? bytes : withoutNewline(bytes);
  if (secret.length !== serverSecretBytes) {
    throw usageFailure(
      sentence('secretLength', { file, bytes: secret.length }),
      sentence('secretLengthNext'),
    );
  }
  if (secret.length !== bytes.length) await call.note(call.say('secretNewline', { file }));
  else if (bytes.at(-1) === newline) await call.note(call.say('secretEndsInNewline', { file }));
  return secret;
}

/** A server secret out of the environment variable ROOMKEY_SECRET, or undefined when that is not set. */
export function secretFromEnvironment(call: CommandCall): Buffer | undefined {
  const text = call.terminal.env['ROOMKEY_SECRET'];
  if (text === undefined || text === '') return undefined;
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length === serverSecretBytes) return bytes;
  throw usageFailure(
    sentence('secretLength', { file: 'ROOMKEY_SECRET', bytes: bytes.length }),
    sentence('secretLengthNext'),
  );
}

/**
 * A one-line text that must not be an argument (AppSign, token) out of a file; `-` is standard input.
 *
 * @throws {CliFailure} of usage when it cannot be read.
 */
export async function readSecretText(call: CommandCall, file: string): Promise<string> {
  return (await readSmallFile(call, file)).toString('utf8').trim();
}

async function readSmallFile(call: CommandCall, file: string): Promise<Buffer> {
  try {
    const bytes =
      file === '-'
        ? await readStart(call.terminal.stdin)
        : await readFileStart(resolve(call.terminal.folder, file));
    if (bytes.length <= maxFileBytes) return bytes;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw usageFailure(sentence('fileUnreadable', { file, reason }));
  }
  throw usageFailure(sentence('fileTooLarge', { file, bytes: maxFileBytes }));
}

async function readFileStart(path: string): Promise<Buffer> {
  await using file = await open(path, 'r');
  return await readStart(file.createReadStream({ end: maxFileBytes, autoClose: false }));
}

async function readStart(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of stream as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(piece as string);
    pieces.push(bytes);
    length += bytes.length;
    if (length > maxFileBytes) break;
  }
  return Buffer.concat(pieces);
}

function withoutNewline(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== newline) return bytes;
  return bytes.subarray(0, bytes.at(-2) === carriageReturn ? -2 : -1);
}
