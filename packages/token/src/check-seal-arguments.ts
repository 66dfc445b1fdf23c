import { MAX_SEAL_CHARACTERS, MAX_SEAL_ROOM_BYTES, MAX_SEAL_USER_BYTES, MAX_UNIX_SECONDS } from './limits.ts';
import { isCleanId, utf8Length } from './text-rules.ts';
import { type ArgumentProblem, TokenArgumentError } from './token-argument-error.ts';
import type { UnixSeconds } from './token-claims.ts';
import { findSecretProblem, isAppId, TokenKey } from './token-key.ts';

/** The arguments of any sealing call, as they came: nothing about their types is known yet. */
export interface SealArguments {
  readonly appId: unknown;
  /** A server secret or a TokenKey. */
  readonly key: unknown;
  readonly userId: unknown;
  readonly seconds: unknown;
  readonly nowSeconds: UnixSeconds;
  /** Present for token03. */
  readonly room?: { readonly roomId: unknown; readonly privilege: unknown };
  /** Present for token04. */
  readonly payload?: unknown;
  /** Longest lifetime, where there is one. */
  readonly maxSeconds?: number;
}

const PRIVILEGE_MESSAGE =
  'privilege key must include canLoginRoom and canPublishStream; the value must be boolean';

/**
 * Checks every argument before any crypto, and lists all problems in the order in which the vendor's Node
 * generator would meet them: app, room, user, secret, privilege, time; then the payload (TK7).
 *
 * @throws {TokenArgumentError} when there is any.
 */
export function checkSealArguments(args: SealArguments): void {
  const { room } = args;
  throwProblems([
    isAppId(args.appId) ? undefined : problem(1, 'appId', 'appID invalid'),
    room === undefined || isSealedId(room.roomId, MAX_SEAL_ROOM_BYTES)
      ? undefined
      : problem(2, 'roomId', 'roomID invalid'),
    isSealedId(args.userId, MAX_SEAL_USER_BYTES) ? undefined : problem(3, 'userId', 'userId invalid'),
    findKeyProblem(args),
    room === undefined || isPrivilege(room.privilege)
      ? undefined
      : problem(4, 'privilege', PRIVILEGE_MESSAGE),
    findTimeProblem(args),
    findPayloadProblem(args.payload),
  ]);
}

/** @throws {TokenArgumentError} when the token would not fit the native SDK's buffer, saying by how much (TK7). */
export function checkSealLength(characters: number): void {
  const excess = characters - MAX_SEAL_CHARACTERS;
  if (excess <= 0) return;
  const message = `token is ${excess} characters too long: ${characters} of ${MAX_SEAL_CHARACTERS}`;
  throwProblems([problem(-1, 'length', message)]);
}

/** @throws {TokenArgumentError} the refusal of a key that has sealed 2^32 GCM tokens (TK6). */
export function refuseSpentKey(): never {
  throw new TokenArgumentError(
    problem(-1, 'sealCount', 'key has sealed its last token: rotate the server secret'),
  );
}

function throwProblems(found: readonly (ArgumentProblem | undefined)[]): void {
  const [first, ...others] = found.filter((one) => one !== undefined);
  if (first !== undefined) throw new TokenArgumentError(first, ...others);
}

function problem(code: number, name: ArgumentProblem['name'], message: string): ArgumentProblem {
  return { code, name, message };
}

function isSealedId(id: unknown, maxBytes: number): boolean {
  return typeof id === 'string' && id !== '' && isCleanId(id) && utf8Length(id) <= maxBytes;
}

function findKeyProblem({ key, appId }: SealArguments): ArgumentProblem | undefined {
  if (!(key instanceof TokenKey)) return findSecretProblem(key);
  const own = key.appId === undefined || key.appId === appId;
  return own ? undefined : problem(5, 'secret', 'the key belongs to another app');
}

function isPrivilege(privilege: unknown): boolean {
  if (typeof privilege !== 'object' || privilege === null) return false;
  const { canLoginRoom, canPublishStream } = privilege as Record<string, unknown>;
  return typeof canLoginRoom === 'boolean' && typeof canPublishStream === 'boolean';
}

function findTimeProblem({ seconds, nowSeconds, maxSeconds }: SealArguments): ArgumentProblem | undefined {
  const whole = typeof seconds === 'number' && Number.isInteger(seconds) && seconds >= 1;
  if (!whole || nowSeconds + seconds > MAX_UNIX_SECONDS) {
    return problem(6, 'time', 'effectiveTimeInSeconds invalid');
  }
  if (maxSeconds === undefined || seconds <= maxSeconds) return undefined;
  return problem(6, 'time', `lifetime is more than ${maxSeconds} seconds`);
}

function findPayloadProblem(payload: unknown): ArgumentProblem | undefined {
  if (payload === undefined || payload === null || typeof payload === 'string') return undefined;
  return problem(-1, 'payload', 'payload must be a string');
}
