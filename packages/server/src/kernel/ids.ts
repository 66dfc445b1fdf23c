import { createHash, randomBytes } from 'node:crypto';

/** A random id of 128 bits as 22 characters of base64url: for sessions, connections, diagnoses, rows. */
export function createId(): string {
  return randomBytes(16).toString('base64url');
}

/** A random secret text of 256 bits as 43 characters of base64url: for resume tickets and API keys. */
export function createSecretText(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 of a text in hex: how tickets and keys are stored. */
export function hashText(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
